"""The link that lets somebody in for the first time. Before sign-in; says nothing about the house."""

from typing import Final

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from tactful.foundation.clock import business_now
from tactful.foundation.models import Invitation, User
from tactful.foundation.setting_up import queries
from tactful.foundation.setting_up.actions import accept
from tactful.foundation.staff.actions import PersonError
from tactful.web.forms.invitation import InvitationForm
from tactful.web.rules.when import known

TEMPLATE: Final = "account/invitation.html"


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    row = queries.invitation(token)
    if row is None:
        return _closed(request)
    form = InvitationForm(request.POST if request.method == "POST" else None, user=row.user)
    if request.method == "POST" and form.is_valid():
        return _come_in(request, token, form)
    return _shown(request, row, form, 422 if form.is_bound else 200)


@sensitive_variables()
def _come_in(request: HttpRequest, token: str, form: InvitationForm) -> HttpResponseBase:
    language = known(get_language() or "en")
    try:
        with transaction.atomic():
            user = accept(token, form.newcomer(language), now=business_now())
    except PersonError:
        return _closed(request)
    perform_login(request, user, redirect_url="/")
    if isinstance(request.user, User):  # a second step of sign-in may stand in between
        record_authentication(request, request.user, "password")
    return redirect("web:first_run") if request.user == user else redirect("account_login")


def _shown(request: HttpRequest, row: Invitation, form: InvitationForm, status: int) -> HttpResponse:
    context = {"form": form, "person": row.user}
    response = render(request, TEMPLATE, context, status=status)
    response["Referrer-Policy"] = "same-origin"
    return _private(response)


def _closed(request: HttpRequest) -> HttpResponse:
    return _private(render(request, TEMPLATE, {"closed": True}, status=410))


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response
