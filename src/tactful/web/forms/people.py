"""People of the house, and one's own account."""

from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tactful.foundation.models import Role, User
from tactful.foundation.staff.actions import HELPER_DAYS, MOST_HELPER_DAYS, Person, Profile
from tactful.web.forms.settings import LANGUAGES

THEMES = [("", _("As the device has it")), ("light", _("Light")), ("dark", _("Dark"))]


class PersonForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("Mail address"), max_length=254, help_text=_("They sign in with it."))
    title = forms.CharField(label=_("What they do"), max_length=120, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.STAFF)
    days = forms.IntegerField(
        label=_("For how many days"),
        min_value=1,
        max_value=MOST_HELPER_DAYS,
        initial=HELPER_DAYS,
        required=False,
        help_text=_("For a helper only. Then it ends by itself."),
    )

    def person(self, language: str) -> Person:
        given = self.cleaned_data
        role, days = Role(given["role"]), given["days"] or HELPER_DAYS
        return Person(given["name"], given["email"], role, given["title"], language, days)

    @staticmethod
    def initial_of(user: User, now: datetime) -> dict[str, Any]:
        left = max(1, ceil((user.ends_at - now) / timedelta(days=1))) if user.ends_at else HELPER_DAYS
        kept = {name: getattr(user, name) for name in PersonForm.base_fields if name != "days"}
        return kept | {"days": left}


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
