"""Names that several staff pages share: phases, kinds of message, roles."""

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
