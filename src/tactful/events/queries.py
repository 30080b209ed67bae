"""Reading the log by client; consumers that react read it through ``events.feed``."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from tactful.events.hot.tallies import untallied
from tactful.events.models import Event
from tactful.events.types import VOUCHED, Fact
from tactful.foundation import pg

__all__ = [
    "Stretch",
    "about",
    "count_since",
    "in_turn",
    "newest",
    "of_contact",
    "of_nobody",
    "told_by",
    "untallied",
    "whom",
]


def of_contact(contact_id: int, names: Collection[str], *, before: datetime, limit: int) -> list[Fact]:
    """The newest first, strictly before a moment."""
    rows = Event.objects.filter(contact_id=contact_id, name__in=names, ts__lt=before)
    return _facts(rows.order_by("-ts", "-id")[:limit])


def told_by(contact_id: int, sources: Collection[str], *, before: datetime, limit: int) -> list[Fact]:
    """What sources outside the house tell of a client, the newest first, strictly before a moment."""
    rows = Event.objects.filter(contact_id=contact_id, source__in=sources, ts__lt=before)
    return _facts(rows.order_by("-ts", "-id")[:limit])


def newest(
    contact_id: int, *, name: str = "", before: tuple[datetime, int] | None = None, limit: int = 50
) -> list[Fact]:
    """The newest first. ``before``: moment and id of the last fact of the page before."""
    rows = Event.objects.filter(contact_id=contact_id)
    if name:
        rows = rows.filter(name=name)
    if before:
        at, ident = before
        rows = rows.filter(ts__lte=at).filter(Q(ts__lt=at) | Q(id__lt=ident))
    return _facts(rows.order_by("-ts", "-id")[:limit])


def about(contact_id: int, prefix: str, **data: object) -> list[Fact]:
    """Facts of one client whose name begins so and whose data say so, the oldest first."""
    rows = Event.objects.filter(contact_id=contact_id, name__startswith=prefix, data__contains=data)
    return _facts(rows.order_by("ts", "id"))


def count_since(contact_id: int, name: str, since: datetime, **data: object) -> int:
    """How often something happened after a moment."""
    return Event.objects.filter(contact_id=contact_id, name=name, ts__gt=since, data__contains=data).count()


def any_since(name: str, since: datetime, **data: object) -> bool:
    """Whether such a fact is there, of anybody or of nobody."""
    return Event.objects.filter(name=name, ts__gte=since, data__contains=data).exists()


def counted_since(name: str, since: datetime, **data: object) -> int:
    """How often it happened, to anybody, from a moment on."""
    return Event.objects.filter(name=name, ts__gte=since, data__contains=data).count()


def has_happened(contact_id: int, names: Collection[str]) -> bool:
    return Event.objects.filter(contact_id=contact_id, name__in=names).exists()


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the log: facts of these names that we learned of from ``since`` up to ``until``, and that
    happened from ``earliest`` on."""

    names: Sequence[str]
    earliest: datetime
    since: datetime
    until: datetime


_WHOM = f"""SELECT DISTINCT contact_id FROM event
WHERE name = ANY(%(names)s::text[]) AND contact_id IS NOT NULL AND {VOUCHED}
    AND ts BETWEEN %(earliest)s AND %(until)s AND recorded_at BETWEEN %(since)s AND %(until)s"""

_IN_TURN = f"""SELECT e.id, e.name, e.contact_id, e.ts, e.recorded_at, e.data::text
FROM event e JOIN unnest(%(contacts)s::bigint[]) WITH ORDINALITY AS whom(contact_id, place) USING (contact_id)
WHERE e.name = ANY(%(names)s::text[]) AND e.ts BETWEEN %(earliest)s AND %(until)s
    AND e.recorded_at BETWEEN %(since)s AND %(until)s AND {VOUCHED}
ORDER BY whom.place, e.recorded_at, e.id"""

_OF_NOBODY = """SELECT id, name, contact_id, ts, recorded_at, data::text FROM event
WHERE name = ANY(%(names)s::text[]) AND contact_id IS NULL
    AND ts BETWEEN %(earliest)s AND %(until)s AND recorded_at BETWEEN %(since)s AND %(until)s
ORDER BY recorded_at, id"""


def whom(stretch: Stretch) -> list[int]:
    """The contacts to whom something of this kind happened."""
    return [ident for (ident,) in pg.many(_WHOM, _params(stretch))]


def in_turn(stretch: Stretch, contact_ids: Sequence[int]) -> Iterator[Fact]:
    """The facts of these contacts, contact by contact in the given order, each in the order of learning.

    Inside a transaction: they are streamed, so there may be millions.
    """
    rows = pg.stream(_IN_TURN, _params(stretch) | {"contacts": pg.numbers(contact_ids)})
    return (_fact(row) for row in rows)


def of_nobody(stretch: Stretch) -> list[Fact]:
    """Facts that are not about one contact, such as the end of a hold over everything."""
    return [_fact(row) for row in pg.many(_OF_NOBODY, _params(stretch))]


def _params(stretch: Stretch) -> dict[str, object]:
    moments = {"earliest": stretch.earliest, "since": stretch.since, "until": stretch.until}
    return {"names": pg.texts(stretch.names), **moments}


def _fact(row: pg.Row) -> Fact:
    return Fact(row[0], row[1], row[2], row[3], row[4], json.loads(row[5]))


def _facts(rows: QuerySet[Event]) -> list[Fact]:
    return [Fact(*row) for row in rows.values_list("id", "name", "contact_id", "ts", "recorded_at", "data")]
