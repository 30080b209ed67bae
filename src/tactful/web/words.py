"""Names that several staff pages share: phases, kinds of message, roles, talks."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tactful.touchpoints.types import MessageClass
from tactful.web.types import Text

PHASES: Final[Mapping[str, Text]] = {
    "finding": _("Finding us"),
    "starting": _("Starting up"),
    "working": _("Working together"),
    "happens": _("When something happens"),
    "year_end": _("Year end"),
    "staying": _("Staying, leaving"),
}
CLASSES: Final[Mapping[str, Text]] = {
    MessageClass.AWAITED.value: _("Awaited by the client"),
    MessageClass.DEADLINE.value: pgettext_lazy("kind of message", "Deadline"),
    MessageClass.REMINDER.value: pgettext_lazy("kind of message", "Reminder"),
    MessageClass.RELATIONSHIP.value: _("Keeping in touch"),
    MessageClass.MARKETING.value: _("News and offers"),
}
TALKS: Final[Mapping[str, Text]] = {
    "conversation": _("A conversation was open"),
    "question": _("A question had no answer"),
    "handoff": _("A person had taken over"),
    "complaint": _("A complaint was open"),
    "promise": _("We had promised something"),
    "negative": _("The client was unhappy"),
    "sensitive": _("The client had told us something sensitive"),
}


def capital(text: str) -> str:
    """With a capital at its beginning, and the rest as it is."""
    return text[:1].upper() + text[1:]
