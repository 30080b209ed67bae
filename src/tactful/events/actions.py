"""Writing facts down, in the transaction that makes them true."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from tactful.events import feed
from tactful.events.hot import tallies
from tactful.events.types import LANES, NewFact
from tactful.foundation.copying import Behind, copy_columns
from tactful.foundation.ids import new_ids

NOTIFY_CHANNEL = "tactful"
TALLIED_AT_ONCE = 20_000  # events
MOVED_AT_ONCE = 500  # contacts
NAMES_AT_ONCE = 20  # of at most 80 characters: PostgreSQL takes payloads below 8,000 bytes


def record(facts: Sequence[NewFact], *, now: datetime, source: str = "tactful") -> list[int]:
    """Append facts to the log and wake whoever listens. Answers with their ids."""
    if not facts:
        return []
    ids, contacts = new_ids(len(facts)), [fact.contact_id for fact in facts]
    copy_columns(
        "event",
        [
            ("id", "bigint", ids),
            ("lane", "smallint", [(contact or 0) % LANES for contact in contacts]),
            ("contact_id", "bigint", contacts),
            ("name", "text", [fact.name for fact in facts]),
            ("ts", "timestamptz", [fact.ts or now for fact in facts]),
            ("recorded_at", "timestamptz", [now] * len(facts)),
            ("source", "text", [source] * len(facts)),
            ("data", "jsonb", [fact.data for fact in facts]),
        ],
    )
    notify({fact.name for fact in facts})
    return ids


def record_alike(name: str, contacts: Sequence[int], data: Sequence[bytes], *, now: datetime) -> None:
    """Append facts of one name about one contact each, with their data as JSON, and wake who listens."""
    if not contacts:
        return
    count = len(contacts)
    copy_columns(
        "event",
        [
            ("id", "bigint", new_ids(count)),
            ("lane", "smallint", [contact % LANES for contact in contacts]),
            ("contact_id", "bigint", contacts),
            ("name", "text", [name] * count),
            ("ts", "timestamptz", [now] * count),
            ("recorded_at", "timestamptz", [now] * count),
            ("source", "text", ["tactful"] * count),
            ("data", "json", data),
        ],
    )
    notify({name})


def record_behind(
    behind: Behind,
    names: Sequence[str],
    contacts: Sequence[int],
    data: Mapping[str, object],
    *,
    now: datetime,
) -> None:
    """Append facts about one contact each, all with the same data. Nobody is woken: when all has arrived,
    ``notify`` does that."""
    count = len(contacts)
    behind.copy(
        "event",
        [
            ("id", "bigint", new_ids(count)),
            ("lane", "smallint", [contact % LANES for contact in contacts]),
            ("contact_id", "bigint", contacts),
            ("name", "text", names),
            ("ts", "timestamptz", [now] * count),
            ("recorded_at", "timestamptz", [now] * count),
            ("source", "text", ["tactful"] * count),
            ("data", "jsonb", [data] * count),
        ],
    )


@dataclass(frozen=True, slots=True)
class Told:
    """A fact from outside whose data are JSON already. ``source``: who told it."""

    name: str
    contact_id: int
    ts: datetime
    source: str
    data: bytes


def append(told: Sequence[Told], *, now: datetime) -> None:
    """Facts from outside, thousands at once. Their names are the sender's, so nobody is woken by name."""
    if not told:
        return
    contacts = [fact.contact_id for fact in told]
    copy_columns(
        "event",
        [
            ("id", "bigint", new_ids(len(told))),
            ("lane", "smallint", [contact % LANES for contact in contacts]),
            ("contact_id", "bigint", contacts),
            ("name", "text", [fact.name for fact in told]),
            ("ts", "timestamptz", [fact.ts for fact in told]),
            ("recorded_at", "timestamptz", [now] * len(told)),
            ("source", "text", [fact.source for fact in told]),
            ("data", "json", [fact.data for fact in told]),
        ],
    )


@transaction.atomic
def tally_lane(lane: int, now: datetime) -> bool:
    """Take the next events of a lane into the tally. False: none, or another process is at it."""
    return tallies.count_lane(lane, TALLIED_AT_ONCE, now)


@transaction.atomic
def tally_moved(now: datetime) -> bool:
    """Count contacts anew whose events were moved or removed. False: there are none."""
    return tallies.count_moved(MOVED_AT_ONCE, now) > 0


def tally_new(now: datetime) -> int:
    """Bring the tally up to date, transaction by transaction. Answers how many had something to do."""
    fresh = feed.with_news((tallies.CONSUMER,))
    return sum(tally_lane(lane, now) for _, lane in fresh) + tally_moved(now)


def notify(names: set[str]) -> None:
    """Tell open pages and the worker which kinds of facts have come; names only, no content."""
    ordered = sorted(names)
    with connection.cursor() as cursor:
        for start in range(0, len(ordered), NAMES_AT_ONCE):
            payload = json.dumps(ordered[start : start + NAMES_AT_ONCE], ensure_ascii=False)
            cursor.execute("SELECT pg_notify(%s, %s)", [NOTIFY_CHANNEL, payload])
