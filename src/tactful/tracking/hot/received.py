"""Requests between the answer to their sender and their effects."""

from collections.abc import Collection, Sequence
from datetime import datetime

from tactful.foundation import pg
from tactful.foundation.copying import copy_columns
from tactful.foundation.ids import new_ids
from tactful.tracking.types import Received, Refusal

LOCK_CLASS = 7_303
MOST_BYTES = 8 * 1024 * 1024  # of one batch of work

_TRY = "SELECT pg_try_advisory_xact_lock(%s, 0)"
_NEXT = """
WITH first AS (SELECT id, source_id, received_at, kind, length(body) AS size FROM tracking_received
               ORDER BY id LIMIT %(limit)s),
     few AS (SELECT *, sum(size) OVER (ORDER BY id) - size AS before FROM first)
SELECT s.id, s.source_id, s.received_at, s.kind, r.body FROM few s JOIN tracking_received r USING (id)
WHERE s.before < %(most)s ORDER BY s.id"""
_DONE = "DELETE FROM tracking_received WHERE id = ANY(%s::bigint[])"
_NEW = """INSERT INTO event_seen (source, message_id, seen_at)
SELECT source, message_id, %(at)s
FROM unnest(%(sources)s::text[], %(ids)s::text[]) AS new (source, message_id)
ON CONFLICT DO NOTHING RETURNING source, message_id"""
_FORGET = "DELETE FROM event_seen WHERE seen_at < %s"
_REFUSE = """
INSERT INTO tracking_refusal (source_id, code, count, sample, last_at)
SELECT source_id, code, count, sample, %(at)s
FROM unnest(%(sources)s::bigint[], %(codes)s::text[], %(counts)s::bigint[], %(samples)s::text[])
    AS new (source_id, code, count, sample)
ON CONFLICT (source_id, code) DO UPDATE
SET count = tracking_refusal.count + excluded.count, sample = excluded.sample, last_at = excluded.last_at"""
_USED = "UPDATE tracking_source SET used_at = %(at)s WHERE id = ANY(%(ids)s::bigint[])"


def keep(requests: Sequence[tuple[int, str, bytes]], now: datetime) -> None:
    """Store requests: (source, kind, body)."""
    copy_columns(
        "tracking_received",
        [
            ("id", "bigint", new_ids(len(requests))),
            ("source_id", "bigint", [request[0] for request in requests]),
            ("received_at", "timestamptz", [now] * len(requests)),
            ("kind", "text", [request[1] for request in requests]),
            ("body", "bytea", [request[2] for request in requests]),
        ],
    )


def claim(limit: int) -> list[Received]:
    """The oldest requests, for this transaction; nothing if another process is at it."""
    taken = pg.one(_TRY, [LOCK_CLASS])
    if taken is None or not taken[0]:
        return []
    rows = pg.many(_NEXT, {"limit": limit, "most": MOST_BYTES})
    return [Received(row[0], row[1], row[2], row[3], bytes(row[4])) for row in rows]


def done(requests: Collection[Received]) -> None:
    pg.run(_DONE, [pg.numbers(request.id for request in requests)])


def new_ones(said: Sequence[tuple[str, str]], now: datetime) -> set[tuple[str, str]]:
    """Of (source, message id), each once and sorted, those that nobody has sent before."""
    if not said:
        return set()
    params = {"sources": pg.texts(one for one, _ in said), "ids": pg.texts(two for _, two in said), "at": now}
    return set(pg.many(_NEW, params))


def forget_before(moment: datetime) -> int:
    return pg.run(_FORGET, [moment])


def note_refusals(refused: Sequence[Refusal], now: datetime) -> None:
    counts: dict[tuple[int, str], tuple[int, str]] = {}
    for source, code, sample in refused:
        count = counts.get((source, code[:120]), (0, ""))[0]
        counts[source, code[:120]] = (count + 1, sample[:200])
    if counts:
        keys = sorted(counts)
        pg.run(
            _REFUSE,
            {
                "sources": pg.numbers(source for source, _ in keys),
                "codes": pg.texts(code for _, code in keys),
                "counts": pg.numbers(counts[key][0] for key in keys),
                "samples": pg.texts(counts[key][1] for key in keys),
                "at": now,
            },
        )


def note_used(source_ids: Collection[int], now: datetime) -> None:
    pg.run(_USED, {"ids": pg.numbers(sorted(source_ids)), "at": now})
