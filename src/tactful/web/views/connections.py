"""Which programs and sites may send events, and what is known of clients through them."""

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from tactful.tracking import actions, queries
from tactful.tracking.actions import PropertyTrouble, SourceError
from tactful.tracking.types import KeyKind, ValueType
from tactful.web.access import StaffRequest, done, owner_only, staff_page, writes
from tactful.web.build.connections import attributes_page, connections_page
from tactful.web.forms.connections import AttributeForm, DescribeForm, KeyForm, PropertyForm

CONNECTIONS = "web/settings/connections.html"
ATTRIBUTES = "web/settings/attributes.html"


@staff_page("settings")
@owner_only
def connections(request: StaffRequest) -> HttpResponseBase:
    if request.method == "POST":
        return _add(request)
    return render(request, CONNECTIONS, {"page": connections_page(KeyForm())})


@writes
@sensitive_variables("made")
def _add(request: StaffRequest) -> HttpResponseBase:
    """The key stands on the answer itself and nowhere else, so there is no redirect."""
    form = KeyForm(request.POST)
    if form.is_valid():
        kind = KeyKind(form.cleaned_data["kind"])
        try:
            made = actions.add_source(
                form.cleaned_data["name"],
                kind,
                form.origins() if kind is KeyKind.BROWSER else (),
                acting_user=request.user.id,
                now=request.visit.now,
            )
        except SourceError as trouble:
            form.add_error("sites" if kind is KeyKind.BROWSER else "name", str(trouble))
        else:
            return render(request, CONNECTIONS, {"page": connections_page(KeyForm(), made.key, made.secret)})
    return render(request, CONNECTIONS, {"page": connections_page(form)}, status=422)


@staff_page("settings")
@owner_only
@writes
def connection_end(request: StaffRequest, pk: int) -> HttpResponseBase:
    if not queries.sources().filter(id=pk).exists():
        raise Http404
    actions.revoke_source(pk, acting_user=request.user.id, now=request.visit.now)
    return done(
        request, _("The key is revoked. Within seconds it opens nothing."), "web:settings_connections"
    )


@staff_page("settings")
@owner_only
def attributes(request: StaffRequest) -> HttpResponseBase:
    if request.method == "POST":
        return _declare(request)
    return render(request, ATTRIBUTES, {"page": attributes_page(AttributeForm(), PropertyForm())})


@writes
def _declare(request: StaffRequest) -> HttpResponseBase:
    form = AttributeForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.declare_attribute(
                given["key"],
                given["label"],
                ValueType(given["type"]),
                acting_user=request.user.id,
                now=request.visit.now,
            )
        except PropertyTrouble as trouble:
            form.add_error("key", str(trouble))
        else:
            return done(request, _("It is kept."), "web:settings_attributes")
    return render(request, ATTRIBUTES, {"page": attributes_page(form, PropertyForm())}, status=422)


@staff_page("settings")
@owner_only
@writes
def properties(request: StaffRequest) -> HttpResponseBase:
    form = PropertyForm(request.POST)
    if form.is_valid():
        try:
            actions.define_property(form.wanted(), acting_user=request.user.id, now=request.visit.now)
        except PropertyTrouble as trouble:
            form.add_error(None, str(trouble))
        else:
            return done(
                request, _("It is computed for everybody, the past included."), "web:settings_attributes"
            )
    return render(request, ATTRIBUTES, {"page": attributes_page(AttributeForm(), form)}, status=422)


@staff_page("settings")
@owner_only
@writes
def property_end(request: StaffRequest, pk: int) -> HttpResponseBase:
    if not actions.remove_property(pk, acting_user=request.user.id, now=request.visit.now):
        raise Http404
    return done(request, _("It is removed."), "web:settings_attributes")


@staff_page("settings")
@owner_only
def attribute(request: StaffRequest, pk: int) -> HttpResponseBase:
    row = queries.attributes().filter(id=pk).first()
    if row is None:
        raise Http404
    initial = {"label": row.label, "personal": row.personal, "sensitive": row.sensitive}
    form = DescribeForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        return _describe(request, pk, form)
    context = {"attribute": row, "form": form}
    return render(request, "web/settings/attribute.html", context, status=422 if form.is_bound else 200)


@writes
def _describe(request: StaffRequest, pk: int, form: DescribeForm) -> HttpResponseBase:
    actions.describe_attribute(pk, **form.cleaned_data, acting_user=request.user.id, now=request.visit.now)
    return done(request, _("It is kept."), "web:settings_attributes")
