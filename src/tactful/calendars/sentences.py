"""Why a calendar cannot be read, in words for its owner."""

from django.utils.translation import gettext_lazy

_SENTENCES = {
    "html": gettext_lazy("A web page came instead of a calendar. Copy the secret address in iCal format."),
    "no_calendar": gettext_lazy("What came is no calendar. Copy the address again."),
    "no_caldav": gettext_lazy(
        "This server does not speak CalDAV here. Copy the address of the calendar itself."
    ),
    "cut": gettext_lazy("Only a part of the calendar came. It is tried again."),
    "large": gettext_lazy("The calendar is larger than 8 MB. Publish one without the past years."),
    "many": gettext_lazy("The calendar holds too much. Publish one without the past years."),
    "nobody": gettext_lazy("The server does not answer. It is tried again every ten minutes."),
    "denied": gettext_lazy(
        "The server does not let us in. Make a new app password, and add the calendar anew."
    ),
    "private": gettext_lazy("The address leads to this machine or its network, which is not allowed."),
    "gone": gettext_lazy("There is no calendar at this address any more. Copy it again."),
    "trouble": gettext_lazy("The server has trouble of its own. It is tried again every ten minutes."),
    "rule": gettext_lazy("It repeats in a way that cannot be followed."),
}


def sentence(code: str) -> str:
    return str(_SENTENCES.get(code, _SENTENCES["trouble"]))
