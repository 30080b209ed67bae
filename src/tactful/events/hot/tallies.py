"""How often each thing has happened to each contact: a tally beside the log. Hot path in SQL.

A consumer of the log counts, lane by lane, each event exactly once. Of some contacts the tally is not asked:
those about whom it has not read everything yet, those whose events were moved or removed since (triggers of
the database note them), and those with something still to come. ``untallied`` names them, and whoever asks
counts theirs in the log. So an answer is exact, however far the counting has come.
"""

from collections.abc import Collection
from datetime import datetime

from tactful.events import feed
from tactful.events.types import LANES, VOUCHED
from tactful.foundation import pg

CONSUMER = "tally"
MOST_UNTALLIED = 5_000
"""Of more it is quicker to count everybody in the log."""

_ADD = f"""WITH read AS MATERIALIZED (
    SELECT e.name, e.contact_id, e.ts, {VOUCHED} AS vouched FROM event e
    WHERE e.contact_id IS NOT NULL AND @WHICH@),
coming AS (
    INSERT INTO event_untallied (contact_id, until)
    SELECT contact_id, max(ts) FROM read WHERE ts > %(now)s GROUP BY contact_id)
INSERT INTO event_tally AS t (name, contact_id, n, vouched, last_at)
SELECT name, contact_id, count(*), count(*) FILTER (WHERE vouched), max(ts) FROM read
GROUP BY name, contact_id ORDER BY name, contact_id
ON CONFLICT (name, contact_id) DO UPDATE SET n = t.n + excluded.n, vouched = t.vouched + excluded.vouched,
    last_at = greatest(t.last_at, excluded.last_at)"""
_SEEN = feed.passed(CONSUMER)
_TAKE_MOVED = """DELETE FROM event_untallied WHERE until IS NULL AND contact_id IN
    (SELECT contact_id FROM event_untallied WHERE until IS NULL ORDER BY id LIMIT %s) RETURNING contact_id"""
_FORGET_COME = "DELETE FROM event_untallied WHERE until <= %s"
#: The names are few and the contacts many, so the index is asked name by name.
_NAMES = """WITH RECURSIVE known (name) AS (
    (SELECT name FROM event_tally ORDER BY name LIMIT 1)
    UNION ALL
    SELECT (SELECT t.name FROM event_tally t WHERE t.name > known.name ORDER BY t.name LIMIT 1)
    FROM known WHERE known.name IS NOT NULL)
SELECT name FROM known WHERE name IS NOT NULL"""
_DROP = "DELETE FROM event_tally WHERE name = ANY(%s::text[]) AND contact_id = ANY(%s::bigint[])"
_CURSORS = "SELECT lane, xid, event_id FROM reactor_cursor WHERE consumer = %s"
_FRESH = """(SELECT contact_id FROM event WHERE lane = {lane}
    AND (xid, id) > (%(xid{lane})s::text::xid8, %(id{lane})s) AND contact_id IS NOT NULL
    ORDER BY xid, id LIMIT %(most)s)"""
_NOTED = """(SELECT contact_id FROM event_untallied
    WHERE until IS NULL OR until > %(now)s LIMIT %(most)s)"""
_UNTALLIED = " UNION ALL ".join([*(_FRESH.format(lane=lane) for lane in range(LANES)), _NOTED])


def count_lane(lane: int, limit: int, now: datetime) -> bool:
    """Count the next events of a lane, in this transaction. False: none, or another process is at it."""
    span = feed.next_span(CONSUMER, lane, limit)
    if span is not None:
        count_span(span, now)
    return span is not None


def count_span(span: feed.Span, now: datetime) -> None:
    """The caller holds the lane."""
    pg.run(_ADD.replace("@WHICH@", feed.IN_SPAN), span.params | {"now": now})
    feed.advance_past(CONSUMER, span)


def count_moved(limit: int, now: datetime) -> int:
    """Count contacts anew whose events were moved or removed. Answers how many it were."""
    pg.run(_FORGET_COME, [now])
    if pg.one("SELECT id FROM event_untallied WHERE until IS NULL LIMIT 1") is None:
        return 0
    feed.hold_still(CONSUMER, range(LANES))
    contacts = sorted({row[0] for row in pg.many(_TAKE_MOVED, [limit])})
    count_again(contacts, now)
    return len(contacts)


def count_again(contacts: Collection[int], now: datetime) -> None:
    """All that the lanes have passed of these contacts. The caller holds the lanes still."""
    ids = pg.numbers(contacts)
    pg.run(_DROP, [pg.texts(row[0] for row in pg.many(_NAMES)), ids])
    which = f"e.contact_id = ANY(%(ids)s::bigint[]) AND {_SEEN}"
    pg.run(_ADD.replace("@WHICH@", which), {"ids": ids, "now": now})


def untallied(now: datetime) -> list[int] | None:
    """Contacts of whom the tally does not say everything that is in the log by now, or says what is still to
    come; each once. None: they are too many. What comes after this question may be in the tally or not."""
    cursors = {lane: (xid, ident) for lane, xid, ident in pg.many(_CURSORS, [CONSUMER])}
    params: dict[str, object] = {"most": MOST_UNTALLIED + 1, "now": now}
    for lane in range(LANES):
        xid, ident = cursors.get(lane, (0, 0))
        params |= {f"xid{lane}": str(xid), f"id{lane}": ident}
    rows = pg.many(_UNTALLIED, params)
    return None if len(rows) > MOST_UNTALLIED else sorted({row[0] for row in rows})
