"""People of the house, and one's own account."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

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
