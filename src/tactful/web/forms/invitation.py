"""Coming in by an invitation: who one is, as the first owner, and a password where there is no passkey."""

from typing import Any

from allauth.mfa.webauthn.forms import SignupWebAuthnForm
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tactful.foundation.models import User


class WhoForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"), max_length=120, help_text=_("Clients see it under what you write.")
    )
    email = forms.EmailField(
        label=_("Your mail address"), max_length=254, help_text=_("You sign in with it.")
    )

    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["email"].widget.attrs["autocomplete"] = "username"


class PasskeyForm(SignupWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """What the device has answered. allauth's own reading trips over what no device sends."""

    def clean(self) -> dict[str, Any]:
        try:
            given: dict[str, Any] = super().clean()
        except (ValueError, TypeError, LookupError, AttributeError) as trouble:
            raise ValidationError(
                _("The device gave no answer that we can read. Try once more.")
            ) from trouble
        return given


class FirstPasswordForm(forms.Form):
    password = forms.CharField(
        label=_("A password"),
        max_length=400,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        self._user = user
        self.fields["password"].help_text = " ".join(password_validators_help_texts()[:1])

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        try:
            validate_password(password, self._user)
        except ValidationError as trouble:
            raise forms.ValidationError(trouble.messages) from trouble
        return password
