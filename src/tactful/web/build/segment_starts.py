"""Six segments to begin with: what a salon or an accountant asks for first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from tactful.web.types import Text


@dataclass(frozen=True, slots=True)
class Start:
    name: Text
    use: Text
    where: Mapping[str, Any]


_MAY_HEAR: Final = {"consent": "marketing", "channel": "mail"}
_CAME_BY_THEMSELVES: Final = {
    "event": "contact.created",
    "in_last_days": 30,
    "where": [{"property": "import", "known": False}],
}
"""Whoever a list has brought in may have been here for years: only its own date says that they are new."""
_BOUGHT: Final = "Order Completed"

STARTS: Final[Mapping[str, Start]] = {
    "new": Start(
        _("New clients"),
        _("Greet them, and ask what they need."),
        {
            "any": [
                {"attribute": "client_since", "in_last_days": 30},
                {"all": [_CAME_BY_THEMSELVES, {"attribute": "client_since", "known": False}]},
            ]
        },
    ),
    "regulars": Start(
        _("Regulars"),
        _("The people whom you thank first."),
        {"event": _BOUGHT, "times": {"at_least": 3}, "in_last_days": 365},
    ),
    "away": Start(
        _("Not here for a while"),
        _("They came, and then they did not come back. Nobody talks with them just now."),
        {
            "all": [
                {"event": _BOUGHT},
                {"event": _BOUGHT, "times": {"at_most": 0}, "in_last_days": 90},
                {"not": {"conversation": "open"}},
            ]
        },
    ),
    "birthday": Start(
        _("Birthday soon"),
        _("For a greeting, to those who want to hear from you."),
        {"all": [{"attribute": "birthday", "comes_round_within_days": 14}, _MAY_HEAR]},
    ),
    "offers": Start(
        _("May hear about offers"),
        _("Everybody to whom you may send news, without those who have an open complaint."),
        {"all": [_MAY_HEAR, {"not": {"conversation": "complaint"}}]},
    ),
    "unreachable": Start(
        _("Without a mail address"),
        _("Reminders do not reach them. Ask for an address when you meet."),
        {"not": {"address": "mail"}},
    ),
}
