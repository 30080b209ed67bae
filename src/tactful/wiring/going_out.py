"""What goes out today: broadcasts, what lies in the outbox, and what journeys come to before the day is over.

The very engine is asked what it would do at the moment for which each client waits, and the very gate what it
would say of each by what is known now. Both may think otherwise when the moment comes; the list says so.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from tactful.broadcasts import queries as broadcasts
from tactful.broadcasts.queries import Broadcast
from tactful.delivery.queries import Dispatch, is_going
from tactful.delivery.queries import trust as outbox
from tactful.delivery.queries.trust import EARLIEST, Place
from tactful.gate.rules.check import check
from tactful.gate.types import Reason, VerdictKind
from tactful.journeys import queries as journeys
from tactful.journeys.actions import hold_still
from tactful.journeys.queries import Coming
from tactful.kernel.zones import next_day_start
from tactful.segments import queries as segments
from tactful.segments.rules.problems import SegmentError
from tactful.touchpoints import actions
from tactful.touchpoints import queries as touchpoints
from tactful.touchpoints.actions import LineError, NewTouch
from tactful.touchpoints.types import Line, Touch
from tactful.wiring.gate_facts import gate_facts, gate_settings
from tactful.wiring.journey_facts import loader
from tactful.wiring.segments import ALLOWED, moment_at
from tactful.wiring.touches import as_row
from tactful.wiring.written import due_of

MOST: Final = 500  # journeys look no further ahead at once
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Leaving:
    """``row``: as it lies, or would lie, in the outbox. ``key``: of one that a journey will come to; "" for
    one that lies there. ``against``: what the gate would say if it went just now; None if nothing."""

    at: datetime
    row: Dispatch
    key: str = ""
    against: Reason | None = None
    touch: Touch | None = None

    @property
    def place(self) -> Place:
        return Place(self.at, 0 if self.key else self.row.pk)


@dataclass(frozen=True, slots=True)
class Wave:
    """A broadcast of today. ``at``: when the next of it goes. ``clients``: how many it is still to be
    written to; by what is known now where it has not begun."""

    at: datetime
    row: Broadcast
    clients: int


@dataclass(frozen=True, slots=True)
class Day:
    """``total``: of the whole day, broadcasts and all; ``more``: there may be more than that. ``rows``: of
    this page. ``broadcasts``: on the first page."""

    total: int
    more: bool
    rows: tuple[Leaving, ...]
    next: Place | None
    broadcasts: tuple[Wave, ...] = ()


def waves(now: datetime, end: datetime) -> tuple[Wave, ...]:
    """Broadcasts of which something goes out before ``end``, the soonest first."""
    known = segments.library(ALLOWED)
    planned = []
    for row in broadcasts.beginning_before(end):
        tree = broadcasts.tree_of(broadcasts.plan_of(row), ALLOWED)
        with suppress(SegmentError):  # it comes back to its writer when it would begin
            size = segments.count(tree, ALLOWED, moment_at(now), known) if tree else 0
            planned.append(Wave(max(now, row.begins_at or now), row, size))
    sending = broadcasts.sending()
    to_come = broadcasts.to_come(sending, end)
    running = [
        Wave(max(now, first), row, count)
        for row in sending
        for count, first in (to_come.get(row.id, (0, now)),)
        if count
    ]
    return tuple(sorted([*planned, *running], key=lambda wave: wave.at))


def count_today(now: datetime, zone: str) -> tuple[int, bool]:
    """How many, and whether there may be more."""
    end = next_day_start(now, (zone,))
    found = _coming(now, end)
    total = outbox.leaving_count(now, end, MOST) + len(found)
    return total + sum(wave.clients for wave in waves(now, end)), total >= MOST


def going_out(now: datetime, zone: str, after: Place | None, limit: int) -> Day:
    """The soonest first. ``zone``: of the business, whose day it is."""
    end = next_day_start(now, (zone,))
    coming = _coming(now, end)
    since = after or EARLIEST
    lying = outbox.leaving(now, end, since, limit + 1)
    touches = touchpoints.touches([each.key for each in coming])
    rows = [Leaving(row.not_before, row) for row in lying]
    rows += [
        Leaving(each.at, as_row(-place, each, touches.get(each.key)), each.key, None, touches.get(each.key))
        for place, each in enumerate(coming, 1)
    ]
    # Of one moment, those that lie in the outbox come last: their ids are larger than the zero of the others.
    turns = [each for each in sorted(rows, key=lambda each: each.place) if each.place > since]
    page = _whole_moment(turns, limit)
    total = outbox.leaving_count(now, end, MOST) + len(coming)
    more = len(turns) > len(page)
    many = waves(now, end)
    return Day(
        total + sum(wave.clients for wave in many),
        total >= MOST,
        _asked(page, now),
        page[-1].place if more and page else None,
        many if after is None else (),
    )


def _whole_moment(turns: list[Leaving], limit: int) -> list[Leaving]:
    """A page ends between two moments of journeys: those of one moment have one place in the list."""
    page = turns[:limit]
    for each in turns[limit:]:
        if each.place != page[-1].place:
            break
        page.append(each)
    return page


@transaction.atomic
def stop_coming(key: str, *, acting_user: int, now: datetime, zone: str) -> None:
    """One that a journey will come to today does not go. Raises ``LineError``."""
    hold_still(key)
    end = next_day_start(now, (zone,))
    each = next((found for found in _coming(now, end) if found.key == key), None)
    if each is None and is_going(key.rpartition(":")[0]):
        raise LineError(_("It was quicker than you, and is on its way. Look at the client."))
    if each is None:
        raise LineError(_("It does not go out today any more. Load the page again."))
    new = NewTouch(key, each.touchpoint.id, each.contact_id, "")
    actions.touch(new, acting_user=acting_user, now=now)


def unstop_coming(key: str, *, acting_user: int, now: datetime) -> None:
    """It goes out as it would have."""
    actions.untouch(key, acting_user=acting_user, now=now)


def _coming(now: datetime, end: datetime) -> list[Coming]:
    hours = int((end - now) / _HOUR) + 1
    views = {
        slug: replace(view, preview_hours=hours)
        for slug, view in touchpoints.views_of_all().items()
        if view.line is Line.STRUCTURAL
    }
    return [each for each in journeys.coming(views, loader(now), now) if each.at < end]


def _asked(page: Sequence[Leaving], now: datetime) -> tuple[Leaving, ...]:
    """What the gate would say of each at its moment."""
    due = [due_of(each.row) for each in page]
    facts, settings = gate_facts(due, now), gate_settings(now)
    found = []
    for each, message in zip(page, due, strict=True):
        request = message.request._replace(line=Line(each.row.line), due_at=each.at)
        verdict = check(request, facts[message.id], settings, max(each.at, now))
        clear = verdict.kind is VerdictKind.CLEAR or not verdict.reasons
        found.append(replace(each, against=None if clear else verdict.reasons[0]))
    return tuple(found)
