"""What an owner decides about the form for news."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tactful.wiring.opting_in import MOST_PER_HOUR, WORDS, Door

LINES = forms.Textarea(attrs={"rows": 2})  # whoever signs for these words reads all of them


class DoorForm(forms.Form):
    open = forms.BooleanField(
        label=_("Clients may ask for news on our own site"),
        required=False,
        help_text=_("Whoever fills in the form gets one mail that asks if it was them, and no more."),
    )
    nb = forms.CharField(
        label=_("What they say yes to, in Norwegian"), max_length=500, required=False, widget=LINES
    )
    en = forms.CharField(
        label=_("What they say yes to, in English"), max_length=500, required=False, widget=LINES
    )
    per_hour = forms.IntegerField(
        label=_("At most so many mails in an hour"),
        min_value=1,
        max_value=MOST_PER_HOUR,
        help_text=_("For each site. It keeps strangers from having us write to many others."),
    )

    @staticmethod
    def initial_of(door: Door, business: str) -> dict[str, Any]:
        words = {code: door.words(code) or text.format(business=business) for code, text in WORDS.items()}
        return {"open": door.is_open, "per_hour": door.per_hour, **words}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("open") and not (given.get("nb", "").strip() or given.get("en", "").strip()):
            self.add_error("nb", _("Write what they say yes to, in at least one language."))
        return given

    def door(self) -> Door:
        given = self.cleaned_data
        words = tuple((code, " ".join(given[code].split())) for code in WORDS)
        return Door(given["open"], words, given["per_hour"])
