"""Those whom we do not know yet, and the way of their history to a client's line."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tactful.events.types import LANES
from tactful.foundation import pg
from tactful.foundation.copying import copy_columns
from tactful.foundation.ids import new_ids

Named = tuple[str, str]  # kind, value

_FIND = """SELECT v.kind, v.value, v.id FROM unnest(%s::text[], %s::text[]) AS asked (kind, value)
JOIN visitor v ON v.kind = asked.kind AND v.value = asked.value"""
_ADD = """INSERT INTO visitor (id, kind, value, first_seen)
SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[])
ON CONFLICT (kind, value) DO NOTHING"""
_MOVE = f"""
WITH gone AS (
    DELETE FROM visitor_event e
    USING unnest(%(visitors)s::bigint[], %(contacts)s::bigint[], %(uptos)s::timestamptz[])
        AS way (visitor_id, contact_id, upto)
    WHERE e.visitor_id = way.visitor_id AND (NOT e.unverified OR e.ts <= way.upto)
    RETURNING e.*, way.contact_id)
INSERT INTO event (id, lane, contact_id, name, ts, recorded_at, source, data)
SELECT id, contact_id %% {LANES}, contact_id, name, ts, %(now)s, source, data FROM gone
RETURNING contact_id"""


@dataclass(frozen=True, slots=True)
class Way:
    """The history of a visitor goes to a contact; what nobody vouches for only up to ``upto``."""

    visitor_id: int
    contact_id: int
    upto: datetime


def find(named: Collection[Named]) -> dict[Named, int]:
    if not named:
        return {}
    rows = pg.many(_FIND, [pg.texts(kind for kind, _ in named), pg.texts(value for _, value in named)])
    return {(kind, value): ident for kind, value, ident in rows}


def find_or_add(named: Mapping[Named, datetime]) -> dict[Named, int]:
    """``named``: with the moment at which each was first seen, should it be new."""
    found = find(named.keys())
    fresh = sorted(key for key in named if key not in found)
    if fresh:
        ids = new_ids(len(fresh))
        pg.run(
            _ADD,
            [
                pg.numbers(ids),
                pg.texts(kind for kind, _ in fresh),
                pg.texts(value for _, value in fresh),
                pg.moments(named[key] for key in fresh),
            ],
        )
        found |= zip(fresh, ids, strict=True)
    return found


@dataclass(frozen=True, slots=True)
class NewEvent:
    """``owner``: a contact or a visitor. ``data``: JSON."""

    owner: int
    name: str
    ts: datetime
    source: str
    data: bytes
    unverified: bool = False


def append(events: Sequence[NewEvent], now: datetime) -> None:
    if events:
        copy_columns(
            "visitor_event",
            [
                ("id", "bigint", new_ids(len(events))),
                ("visitor_id", "bigint", [event.owner for event in events]),
                ("name", "text", [event.name for event in events]),
                ("ts", "timestamptz", [event.ts for event in events]),
                ("recorded_at", "timestamptz", [now] * len(events)),
                ("source", "text", [event.source for event in events]),
                ("data", "json", [event.data for event in events]),
                ("unverified", "boolean", [event.unverified for event in events]),
            ],
        )


def move(ways: Iterable[Way], now: datetime) -> int:
    """Answers how many events have moved."""
    given = sorted(ways, key=lambda way: way.visitor_id)
    if not given:
        return 0
    return pg.run(
        _MOVE,
        {
            "visitors": pg.numbers(way.visitor_id for way in given),
            "contacts": pg.numbers(way.contact_id for way in given),
            "uptos": pg.moments(way.upto for way in given),
            "now": now,
        },
    )
