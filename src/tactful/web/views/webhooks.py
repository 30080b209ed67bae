"""Programs that listen: added, changed, stopped; what they were told, and telling it again."""

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from tactful.web.access import Sorry, StaffRequest, done, number, owner_only, staff_page, writes
from tactful.web.build.webhooks import listener_page, listeners_page
from tactful.web.forms.programs import EndpointForm
from tactful.webhooks import actions, queries
from tactful.webhooks.actions import EndpointTrouble
from tactful.webhooks.queries import Endpoint

LISTENERS = "web/settings/webhooks.html"


@staff_page("settings")
@owner_only
def listeners(request: StaffRequest) -> HttpResponseBase:
    if request.method == "POST":
        return _add(request)
    return render(request, LISTENERS, {"page": listeners_page(EndpointForm())})


@writes
@sensitive_variables("secret")
def _add(request: StaffRequest) -> HttpResponseBase:
    """The secret stands on the answer itself and nowhere else, so there is no redirect."""
    form = EndpointForm(request.POST)
    if form.is_valid():
        try:
            endpoint, secret = actions.add_endpoint(
                form.endpoint(), acting_user=request.user.id, now=request.visit.now
            )
        except EndpointTrouble as trouble:
            form.add_error("url", str(trouble))
        else:
            context = {"page": listeners_page(EndpointForm()), "fresh": endpoint, "secret": secret}
            return render(request, LISTENERS, context)
    return render(request, LISTENERS, {"page": listeners_page(form)}, status=422)


@staff_page("settings")
@owner_only
def listener(request: StaffRequest, pk: int) -> HttpResponseBase:
    endpoint = _endpoint(pk)
    if request.method == "POST":
        return _change(request, endpoint)
    return _show(request, endpoint, EndpointForm(initial=EndpointForm.initial_of(endpoint)))


@writes
def _change(request: StaffRequest, endpoint: Endpoint) -> HttpResponseBase:
    form = EndpointForm(request.POST)
    if not form.is_valid():
        return _show(request, endpoint, form, 422)
    try:
        actions.change_endpoint(
            endpoint.id, form.endpoint(), acting_user=request.user.id, now=request.visit.now
        )
    except EndpointTrouble as trouble:
        raise Sorry(str(trouble)) from trouble
    return done(request, _("It is kept."), reverse("web:settings_webhooks"))


@staff_page("settings")
@owner_only
@writes
@sensitive_variables("secret")
def new_secret(request: StaffRequest, pk: int) -> HttpResponseBase:
    endpoint = _endpoint(pk)
    secret = actions.rotate_secret(endpoint.id, acting_user=request.user.id, now=request.visit.now)
    context = {"page": listeners_page(EndpointForm()), "fresh": endpoint, "secret": secret, "rotated": True}
    return render(request, LISTENERS, context)


@staff_page("settings")
@owner_only
@writes
def stop(request: StaffRequest, pk: int) -> HttpResponseBase:
    actions.stop_endpoint(_endpoint(pk).id, "person", acting_user=request.user.id, now=request.visit.now)
    return done(request, _("It is told nothing more."), "web:settings_webhooks")


@staff_page("settings")
@owner_only
@writes
def again(request: StaffRequest, pk: int) -> HttpResponseBase:
    if not actions.tell_again(pk, acting_user=request.user.id, now=request.visit.now):
        raise Http404
    return done(request, _("It is told again."), "web:settings_webhooks")


def _show(
    request: StaffRequest, endpoint: Endpoint, form: EndpointForm, status: int = 200
) -> HttpResponseBase:
    before = number(request.GET.get("before", ""))
    page = listener_page(endpoint, form, request.visit.now, before)
    return render(request, "web/settings/webhook.html", {"page": page}, status=status)


def _endpoint(pk: int) -> Endpoint:
    found = queries.endpoint(pk)
    if found is None:
        raise Http404
    return found
