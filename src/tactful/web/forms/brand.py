"""The brand: logo, colour, signature, sender and tone, once for everything."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tactful.content.rules.contrast import colour
from tactful.content.rules.pictures import LARGEST, Picture, PictureRefused, plain_picture
from tactful.foundation.types import Business

TROUBLES: Final = {
    "too_large": _("The picture is larger than 300 kB. Save it smaller."),
    "too_wide": _("The picture is wider or higher than 2,000 pixels. Save it smaller."),
    "not_a_picture": _("This is no PNG or JPEG picture. Save the logo as one of these."),
}
TEXTS: Final = ("sender", "signature", "tone")


class BrandForm(forms.Form):
    logo = forms.FileField(
        label=_("Logo"), required=False,
        help_text=_("PNG or JPEG, at most 300 kB. It stands on mails and client pages."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )  # fmt: skip
    without_logo = forms.BooleanField(label=_("Take the logo away"), required=False)
    accent = forms.CharField(
        label=_("Colour"), required=False, max_length=7,
        help_text=_("For your name, links and buttons, such as #12566b. Empty is the colour of Tactful."),
    )  # fmt: skip
    sender = forms.CharField(
        label=_("Sender of mails"), required=False, max_length=120,
        help_text=_("Empty is the name of the business. A mail account may have a name of its own."),
    )  # fmt: skip
    signature = forms.CharField(
        label=_("Signature"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stands under the words of every automatic mail: opening hours, a phone number."),
    )  # fmt: skip
    tone = forms.CharField(
        label=_("How we speak"), required=False, max_length=1_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("A few words for whoever writes. They stand beside every place where one of you writes."),
    )  # fmt: skip
    picture: Picture | None = None

    def clean_logo(self) -> Any:
        given = self.cleaned_data.get("logo")
        if given is None:
            return None
        try:
            self.picture = plain_picture(given.read(LARGEST + 1))
        except PictureRefused as refusal:
            raise ValidationError(TROUBLES[refusal.code]) from refusal
        return given

    def clean_accent(self) -> str:
        given: str = self.cleaned_data["accent"].strip()
        found = colour(given) if given else ""
        if found is None:
            raise ValidationError(_("Write a colour such as #12566b."))
        return found

    @staticmethod
    def initial_of(business: Business) -> dict[str, Any]:
        return {name: getattr(business.brand, name) for name in ("accent", *TEXTS)}

    def values(self) -> dict[str, str]:
        """All but the logo, as settings."""
        return {f"brand.{name}": self.cleaned_data[name].strip() for name in ("accent", *TEXTS)}
