"""What was asked of people on a journey: what can still be taken back, and what did not reach everybody."""

from collections.abc import Callable, Mapping
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.journeys import queries
from tactful.journeys.queries import PeopleAct
from tactful.web.pages.journeys import ActRow
from tactful.web.templatetags.tactful import number
from tactful.web.types import Act
from tactful.web.visit import Visit

SOON: Final[Mapping[str, Callable[[int], str]]] = {
    "move": lambda n: ngettext(
        "%(n)s client is sent on in half a minute.", "%(n)s clients are sent on in half a minute.", n
    ),
    "skip": lambda n: ngettext(
        "%(n)s client is sent past this step in half a minute.",
        "%(n)s clients are sent past this step in half a minute.",
        n,
    ),
    "take_out": lambda n: ngettext(
        "%(n)s client is taken out in half a minute.", "%(n)s clients are taken out in half a minute.", n
    ),
    "pause": lambda n: ngettext(
        "%(n)s client rests and hears nothing from this journey.",
        "%(n)s clients rest and hear nothing from this journey.",
        n,
    ),
    "version": lambda n: ngettext(
        "%(n)s client changes over in half a minute, and walks the earlier version until then.",
        "%(n)s clients change over in half a minute, and walk the earlier version until then.",
        n,
    ),
}


def act_sentence(act: PeopleAct) -> str:
    """As it stands until it is carried out."""
    return SOON[act.what](act.meant) % {"n": number(act.meant)}


def act_rows(journey_id: int, slug: str, visit: Visit) -> tuple[ActRow, ...]:
    return tuple(_row(act, slug, visit) for act in queries.recent_acts(journey_id, visit.now))


def _row(act: PeopleAct, slug: str, visit: Visit) -> ActRow:
    words = {"n": number(act.reached or 0), "all": number(act.meant)}
    if act.is_under_way:
        return ActRow(_("They change over now: %(n)s of %(all)s so far.") % words)
    if act.done_at is None:
        undo = Act(_("Undo"), reverse("web:journey_take_back", args=[slug, act.id]))
        who = visit.person(act.by)
        return ActRow(act_sentence(act), who.name if who else "", undo if visit.user.may_write else None)
    return ActRow((_stayed() if act.what == "version" else _not_reached()) % words)


def _not_reached() -> str:
    return _(
        "Only %(n)s of %(all)s were reached. The others go on from where they stood: the journey is off, the "
        "step is not in their version, or something that it asks cannot be read now."
    )


def _stayed() -> str:
    return _(
        "%(n)s of %(all)s have changed over. The others stay on their version: they rest or have gone on, "
        "the journey is off, or something that it asks cannot be read now."
    )
