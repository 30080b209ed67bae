"""All clients as one group, for whoever writes to all of them and has no group yet."""

from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from tactful.segments import queries as segments
from tactful.segments.actions import NewSegment, make_segment
from tactful.segments.rules.reading import read
from tactful.segments.types import FORMAT
from tactful.wiring.segments import ALLOWED, moment_at

EVERYBODY: Final = "*"
"""Stands for the group until it is made; no slug is written so."""
DOCUMENT: Final[dict[str, Any]] = {"format": FORMAT, "where": {"address": "mail"}}


def everybody_is_made() -> bool:
    return _made() is not None


def count_everybody(now: datetime) -> int:
    return segments.count(read(DOCUMENT, ALLOWED), ALLOWED, moment_at(now), {})


def everybody(*, acting_user: int, now: datetime) -> str:
    """The slug of the group, which is made if nobody has made it yet."""
    made = _made()
    if made is None:
        new = NewSegment(_("All clients"), DOCUMENT)
        made = make_segment(new, allowed=ALLOWED, acting_user=acting_user, moment=moment_at(now)).slug
    return made


def _made() -> str | None:
    asked = read(DOCUMENT, ALLOWED)
    return next((each.row.slug for each in segments.listed(ALLOWED) if each.tree == asked), None)
