"""Who works here, and one's own account."""

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from tactful.channels.actions import end_mailboxes_of
from tactful.foundation.models import User
from tactful.foundation.staff import actions, queries
from tactful.foundation.staff.actions import PersonError
from tactful.web.access import Sorry, StaffRequest, done, owner_only, staff_page, writes
from tactful.web.build.settings import account_page, helper_steps, people_page, person_acts
from tactful.web.forms.people import AccountForm, PersonForm
from tactful.web.visit import begin_visit


@staff_page("settings")
@owner_only
def people(request: StaffRequest) -> HttpResponseBase:
    if request.method == "POST":
        return _add(request)
    return render(request, "web/settings/people.html", {"page": people_page(PersonForm(), request.visit)})


@writes
@sensitive_variables("password")
def _add(request: StaffRequest) -> HttpResponseBase:
    """The one-time password stands on the answer itself and nowhere else, so there is no redirect."""
    form = PersonForm(request.POST)
    if form.is_valid():
        new = form.person(request.visit.house.language)
        try:
            user, password = actions.add_person(new, acting_user=request.user.id, now=request.visit.now)
        except PersonError as trouble:
            form.add_error("email", str(trouble))
        else:
            return _told_once(request, user, password)
    page = people_page(form, request.visit)
    return render(request, "web/settings/people.html", {"page": page}, status=422)


@staff_page("settings")
@owner_only
def person(request: StaffRequest, pk: int) -> HttpResponseBase:
    user = _person(pk)
    form = PersonForm(
        request.POST if request.method == "POST" else None,
        initial=PersonForm.initial_of(user, request.visit.now),
    )
    if request.method == "POST" and form.is_valid():
        return _change(request, user, form)
    context: dict[str, object] = {"person": user, "form": form, "acts": tuple(person_acts(user))}
    if user.is_helper:
        context |= {"steps": helper_steps(user), "until": user.ends_at}
    return render(request, "web/settings/person.html", context, status=422 if form.is_bound else 200)


@writes
def _change(request: StaffRequest, user: User, form: PersonForm) -> HttpResponseBase:
    given = form.person(user.language)
    _tried(actions.change_person, request, user.id, given)
    return done(request, _("It is kept."), reverse("web:settings_people"))


@staff_page("settings")
@owner_only
@writes
@sensitive_variables("password")
def new_password(request: StaffRequest, pk: int) -> HttpResponseBase:
    user = _person(pk)
    user, password = actions.give_new_password(user.id, acting_user=request.user.id, now=request.visit.now)
    return _told_once(request, user, password)


@staff_page("settings")
@owner_only
@writes
def departure(request: StaffRequest, pk: int) -> HttpResponseBase:
    _tried(actions.deactivate, request, _person(pk).id)
    end_mailboxes_of(pk, acting_user=request.user.id, now=request.visit.now)
    return done(
        request, _("They can no longer sign in. What they did keeps their name."), "web:settings_people"
    )


@staff_page("settings")
@owner_only
@writes
def comeback(request: StaffRequest, pk: int) -> HttpResponseBase:
    _tried(actions.reactivate, request, _person(pk).id)
    return done(request, _("They can sign in again."), "web:settings_people")


@staff_page("settings")
def account(request: StaffRequest) -> HttpResponseBase:
    """Open to everybody, readers as well: it is their own."""
    user = request.user
    form = AccountForm(
        request.POST if request.method == "POST" else None, initial=AccountForm.initial_of(user)
    )
    if request.method == "POST" and form.is_valid():
        actions.change_profile(user.id, form.profile(), now=request.visit.now)
        return done(request, _("It is kept."), "web:account")
    page = account_page(form, queries.sign_in_of(user))
    return render(request, "web/settings/account.html", {"page": page}, status=422 if form.is_bound else 200)


def _told_once(request: StaffRequest, user: User, password: str) -> HttpResponseBase:
    request.visit = begin_visit(request.user)
    context = {"page": people_page(PersonForm(), request.visit), "fresh": user, "password": password}
    return render(request, "web/settings/people.html", context)


def _tried(action: object, request: StaffRequest, *args: object) -> None:
    """An act of an owner on a person; why not, as a sentence."""
    try:
        action(*args, acting_user=request.user.id, now=request.visit.now)  # type: ignore[operator]
    except PersonError as trouble:
        raise Sorry(str(trouble)) from trouble


def _person(pk: int) -> User:
    user = queries.person(pk)
    if user is None:
        raise Http404
    return user
