"""Coming in by an invitation: a password, and for the first owner a name and an address."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tactful.foundation.models import User
from tactful.foundation.setting_up.actions import Newcomer


class InvitationForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"), max_length=120, help_text=_("Clients see it under what you write.")
    )
    email = forms.EmailField(
        label=_("Your mail address"), max_length=254, help_text=_("You sign in with it.")
    )
    password = forms.CharField(
        label=_("A password"),
        max_length=400,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, data: Any = None, *, user: User | None = None) -> None:
        super().__init__(data)
        self._user = user
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["email"].widget.attrs["autocomplete"] = "username"
        self.fields["password"].help_text = " ".join(password_validators_help_texts()[:1])
        if user is not None:
            del self.fields["name"], self.fields["email"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if password := given.get("password"):
            of = self._user or User(name=given.get("name", ""), email=given.get("email", ""))
            try:
                validate_password(password, of)
            except ValidationError as trouble:
                self.add_error("password", trouble)
        return given

    def newcomer(self, language: str) -> Newcomer:
        given = self.cleaned_data
        return Newcomer(given["password"], given.get("name", ""), given.get("email", ""), language)
