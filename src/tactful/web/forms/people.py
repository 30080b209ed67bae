"""People of the house, and one's own account."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tactful.foundation.keys.actions import KeyWish
from tactful.foundation.keys.types import Scope
from tactful.foundation.models import Role, User
from tactful.foundation.staff.actions import Person, Profile
from tactful.web.forms.settings import LANGUAGES

THEMES = [("", _("As the device has it")), ("light", _("Light")), ("dark", _("Dark"))]


class PersonForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("Mail address"), max_length=254, help_text=_("They sign in with it."))
    title = forms.CharField(label=_("What they do"), max_length=120, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.STAFF)

    def person(self, language: str) -> Person:
        given = self.cleaned_data
        return Person(given["name"], given["email"], Role(given["role"]), given["title"], language)

    @staticmethod
    def initial_of(user: User) -> dict[str, Any]:
        return {name: getattr(user, name) for name in PersonForm.base_fields}


SCOPES = [
    (Scope.READ_CONTACTS, _("Look up clients")),
    (Scope.WRITE_CONTACTS, _("Add and change clients")),
    (Scope.READ_EVENTS, _("Read what happened with a client")),
    (Scope.READ_JOURNEYS, _("See journeys and who is on them")),
    (Scope.BEGIN_JOURNEYS, _("Begin a journey that begins when told")),
    (Scope.READ_MESSAGES, _("See which messages go out, and why not")),
    (Scope.READ_CONVERSATIONS, _("Read conversations")),
    (Scope.READ_TASKS, _("See tasks")),
]
LIVES = [("90", _("Three months")), ("365", _("A year")), ("", _("Until it is revoked"))]


class KeyForm(forms.Form):
    """A key for another program."""

    name = forms.CharField(
        label=_("Which program is it for?"), max_length=80, help_text=_("Such as: web shop, accounting.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"), choices=SCOPES, widget=forms.CheckboxSelectMultiple
    )
    days = forms.ChoiceField(label=_("How long?"), choices=LIVES, required=False, initial="365")

    def wish(self) -> KeyWish:
        given = self.cleaned_data
        return KeyWish(given["name"], given["scopes"], int(given["days"]) if given["days"] else None)


class AccountForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("Clients see it under what you write.")
    )
    title = forms.CharField(label=_("What you do"), max_length=120, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    theme = forms.ChoiceField(label=_("Colours"), choices=THEMES, required=False)
    shortcuts = forms.BooleanField(
        label=_("Single keys"), required=False, help_text=_("Such as R to reply. Press ? to see them all.")
    )

    def profile(self) -> Profile:
        return Profile(**self.cleaned_data)

    @staticmethod
    def initial_of(user: User) -> dict[str, Any]:
        return {name: getattr(user, name) for name in AccountForm.base_fields}
