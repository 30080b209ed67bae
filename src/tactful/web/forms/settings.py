"""The business, quiet hours and caps. ``values`` gives the settings as they are stored."""

from datetime import time
from typing import Any, Final
from zoneinfo import available_timezones

from babel import Locale
from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tactful.foundation.types import Business
from tactful.gate.types import GateSettings

DEFAULTS: Final = GateSettings()
LANGUAGES = [("nb", _("Norwegian")), ("en", _("English"))]
TIME = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
NOT_A_TIME = {"invalid": _("Write a time such as 20:00.")}


NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
"""Unions, regions and test names, which the list of names has too."""


def countries() -> list[tuple[str, str]]:
    names = Locale("nb" if (get_language() or "").startswith("nb") else "en").territories
    two_letters = {
        code: name
        for code, name in names.items()
        if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES
    }
    return sorted(two_letters.items(), key=lambda item: item[1].casefold())


class BusinessForm(forms.Form):
    name = forms.CharField(
        label=_("What should clients call you?"),
        max_length=120,
        help_text=_("Shown as the sender of every message"),
    )
    address = forms.CharField(
        label=_("Postal address"),
        max_length=300,
        required=False,
        help_text=_("Stands at the foot of each mail"),
    )
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    language = forms.ChoiceField(label=_("Language of the business"), choices=LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"))
    country = forms.ChoiceField(label=_("Country"), help_text=_("Decides which days are public holidays"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(
            name for name in available_timezones() if "/" in name and not name.startswith(("Etc", "System"))
        )
        self.fields["time_zone"].choices = [(name, name.replace("_", " ")) for name in ["UTC", *zones]]  # type: ignore[attr-defined]
        self.fields["country"].choices = countries()  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(business: Business) -> dict[str, Any]:
        return {name: getattr(business, name) for name in BusinessForm.base_fields}

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class QuietForm(forms.Form):
    quiet_from = forms.TimeField(label=_("Quiet from"), widget=TIME, error_messages=NOT_A_TIME)
    quiet_to = forms.TimeField(label=_("Quiet to"), widget=TIME, error_messages=NOT_A_TIME)
    quiet_weekdays = forms.TypedMultipleChoiceField(
        label=_("Quiet all day"), choices=list(WEEKDAYS.items()), coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    quiet_holidays = forms.BooleanField(
        label=_("Public holidays too"), help_text=_("Of the country where the client lives"), required=False
    )
    sms_from = forms.TimeField(label=_("SMS from"), widget=TIME, error_messages=NOT_A_TIME)
    sms_to = forms.TimeField(label=_("SMS to"), widget=TIME, error_messages=NOT_A_TIME)

    @staticmethod
    def initial_of(business: Business) -> dict[str, Any]:
        found = _gate(business, QuietForm.base_fields)
        return found | {"quiet_weekdays": [int(day) for day in found["quiet_weekdays"]]}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("quiet_from") is not None and given.get("quiet_from") == given.get("quiet_to"):
            self.add_error(
                "quiet_to", _("Then it would be quiet all day or never. Choose two different times.")
            )
        if len(given.get("quiet_weekdays") or ()) == 7:
            self.add_error("quiet_weekdays", _("Leave at least one day on which automation may write."))
        if None not in (given.get("sms_from"), given.get("sms_to")) and given["sms_from"] >= given["sms_to"]:
            self.add_error("sms_to", _("This must be later than the time before it."))
        return given

    def values(self) -> dict[str, Any]:
        return {f"gate.{name}": _stored(value) for name, value in self.cleaned_data.items()}


def _cap(label: Any, most: int, least: int = 1) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most)


class CapsForm(forms.Form):
    contact_day = _cap(_("Messages a day to one client"), 20)
    contact_week = _cap(_("Messages a week to one client"), 50)
    household_day = _cap(_("Messages a day to one household"), 50)
    company_day = _cap(_("Messages a day to one company"), 100)
    mood_days = _cap(_("Days of quiet after bad words from a client"), 90, least=0)

    @staticmethod
    def initial_of(business: Business) -> dict[str, Any]:
        return _gate(business, CapsForm.base_fields)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if (given.get("contact_day") or 0) > (given.get("contact_week") or 1000):
            self.add_error("contact_week", _("A week cannot hold less than a day."))
        return given

    def values(self) -> dict[str, Any]:
        return {f"gate.{name}": value for name, value in self.cleaned_data.items()}


def _gate(business: Business, names: Any) -> dict[str, Any]:
    return {name: business.gate.get(name, getattr(DEFAULTS, name)) for name in names}


def _stored(value: Any) -> Any:
    return value.strftime("%H:%M") if isinstance(value, time) else value
