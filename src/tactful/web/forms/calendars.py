"""Adding a calendar, and saying whose an appointment is."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tactful.calendars.actions import NewFeed
from tactful.calendars.types import CalendarKind

KINDS = [
    (CalendarKind.ICS.value, _("An address that ends in .ics (Google, Outlook, most others)")),
    (CalendarKind.CALDAV.value, _("CalDAV, with user name and app password (Nextcloud, iCloud, Fastmail)")),
]


class CalendarForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Such as “Kari's appointments”."))
    kind = forms.ChoiceField(label=_("How it can be read"), choices=KINDS)
    url = forms.CharField(
        label=_("Address"),
        max_length=1000,
        help_text=_(
            "In Google: Settings of the calendar, “Secret address in iCal format”. In Outlook: Shared "
            "calendars, Publish, the ICS link. It is kept encrypted and not shown again."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    user = forms.CharField(
        label=_("User name"), max_length=200, required=False, help_text=_("Only for CalDAV.")
    )
    password = forms.CharField(
        label=_("App password"),
        max_length=300,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Only for CalDAV. Make one for Tactful alone, so that you can take it back."),
    )

    def wanted(self) -> NewFeed:
        given = self.cleaned_data
        return NewFeed(
            given["name"], CalendarKind(given["kind"]), given["url"], given["user"], given["password"]
        )


class WhoseForm(forms.Form):
    """``contact``: the id of a client who was offered; ``client``: a mail address, phone number or full name
    that was typed; neither: it is nobody's."""

    contact = forms.CharField(max_length=20, required=False)
    client = forms.CharField(max_length=320, required=False)
