"""Systems that send webhooks: chosen, connected, watched, and what any other one means."""

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from tactful.connectors import actions, queries
from tactful.connectors.actions import ConnectionTrouble
from tactful.connectors.queries import OTHER, Connection
from tactful.web.access import Sorry, StaffRequest, done, number, owner_only, staff_page, writes
from tactful.web.build.systems import connect_form, mapping_page, system_page, systems_page
from tactful.web.forms.systems import CheckForm, ConnectForm, SecretForm

SYSTEMS = "web/settings/systems.html"
SYSTEM = "web/settings/system.html"
MAPPING = "web/settings/system_mapping.html"


@staff_page("settings")
@owner_only
def systems(request: StaffRequest) -> HttpResponseBase:
    if request.method == "POST":
        return _connect(request)
    return render(request, SYSTEMS, {"page": systems_page(connect_form())})


@writes
def _connect(request: StaffRequest) -> HttpResponseBase:
    form = ConnectForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        name = given["name"] or (_("Another system") if given["system"] == OTHER else "")
        try:
            row = actions.connect(given["system"], name, acting_user=request.user.id, now=request.visit.now)
        except ConnectionTrouble as trouble:
            form.add_error(None, str(trouble))
        else:
            return redirect("web:system", pk=row.id)
    return render(request, SYSTEMS, {"page": systems_page(form)}, status=422)


@staff_page("settings")
@owner_only
def system(request: StaffRequest, pk: int) -> HttpResponseBase:
    row = _connection(pk)
    if request.method == "POST":
        return _change(request, row)
    return render(request, SYSTEM, {"page": system_page(row)})


@writes
@sensitive_variables("form")
def _change(request: StaffRequest, row: Connection) -> HttpResponseBase:
    user, now = request.user.id, request.visit.now
    form = CheckForm(request.POST) if row.system == OTHER else SecretForm(request.POST)
    if form.is_valid():
        try:
            if isinstance(form, CheckForm):
                actions.set_check(row, form.verify(), acting_user=user, now=now)
            else:
                actions.set_secret(row, form.cleaned_data["secret"], acting_user=user, now=now)
        except ConnectionTrouble as trouble:
            form.add_error(None, str(trouble))
        else:
            return done(request, _("It is kept."), "web:settings_connections")
    page = system_page(row, form)
    return render(request, SYSTEM, {"page": page}, status=422)


@staff_page("settings")
@owner_only
def mapping(request: StaffRequest, pk: int) -> HttpResponseBase:
    row = _other(pk)
    if request.method == "POST":
        return _keep(request, row)
    return _mapping(request, row)


@writes
def _keep(request: StaffRequest, row: Connection) -> HttpResponseBase:
    page = mapping_page(row, _payload(request), queries.house_at(request.visit.now), request.POST)
    try:
        actions.set_mapping(row, page.form.document(), acting_user=request.user.id, now=request.visit.now)
    except ConnectionTrouble:
        return render(request, MAPPING, {"page": page}, status=422)  # the problem stands on it
    return done(request, _("It is kept."), "web:settings_connections")


@staff_page("settings")
@owner_only
@writes
def preview(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The same page, with what would come of what is being clicked; nothing is kept."""
    page = mapping_page(_other(pk), _payload(request), queries.house_at(request.visit.now), request.POST)
    return render(request, MAPPING, {"page": page})


@staff_page("settings")
@owner_only
@writes
def live(request: StaffRequest, pk: int) -> HttpResponseBase:
    try:
        actions.switch_on(_other(pk), acting_user=request.user.id, now=request.visit.now)
    except ConnectionTrouble as trouble:
        raise Sorry(str(trouble)) from trouble
    return done(
        request,
        _("It is switched on. What came before can be taken in one by one."),
        "web:settings_connections",
    )


@staff_page("settings")
@owner_only
@writes
def end(request: StaffRequest, pk: int) -> HttpResponseBase:
    actions.disconnect(_connection(pk), acting_user=request.user.id, now=request.visit.now)
    return done(
        request, _("It is disconnected. Its address opens nothing any more."), "web:settings_connections"
    )


@staff_page("settings")
@owner_only
@writes
def again(request: StaffRequest, pk: int) -> HttpResponseBase:
    delivery = queries.delivery(pk)
    if delivery is None:
        raise Http404
    if not actions.try_again(delivery):
        raise Sorry(_("There is nothing to try again: it is taken in, or its system is disconnected."))
    return done(request, _("It is read again within seconds."), "web:settings_connections")


def _mapping(request: StaffRequest, row: Connection) -> HttpResponseBase:
    page = mapping_page(row, _payload(request), queries.house_at(request.visit.now))
    return render(request, MAPPING, {"page": page})


def _payload(request: StaffRequest) -> int | None:
    return number(request.POST.get("payload", "") or request.GET.get("payload", ""))


def _connection(pk: int) -> Connection:
    found = queries.connection(pk)
    if found is None:
        raise Http404
    return found


def _other(pk: int) -> Connection:
    found = _connection(pk)
    if found.system != OTHER or found.stopped_at is not None:
        raise Http404
    return found
