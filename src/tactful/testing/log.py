"""What of the log of facts is still to be read."""

import time
from collections.abc import Callable, Iterable

from tactful.events.types import LANES
from tactful.foundation import pg

PATIENCE = 300.0
"""Seconds; a test of Hypothesis beside ours is one transaction from its first example to its last."""

# One look into the index for each lane: a simulated year asks this a hundred thousand times.
_UNREAD = """SELECT EXISTS (
    SELECT FROM unnest(%s::text[]) AS a(consumer) CROSS JOIN generate_series(0, %s - 1) AS l(lane)
    LEFT JOIN reactor_cursor c USING (consumer, lane)
    WHERE EXISTS (SELECT FROM event e WHERE e.lane = l.lane
        AND (e.xid, e.id) > (COALESCE(c.xid, 0)::text::xid8, COALESCE(c.event_id, 0))))"""


def unread(consumers: Iterable[str]) -> bool:
    """Whether any of them has facts before it, those included that nobody can see yet: an open transaction
    anywhere on the server, another test's or another database's, keeps the newest ones back."""
    found = pg.one(_UNREAD, [pg.texts(consumers), LANES])
    return bool(found and found[0])


def read_to_the_end(consumers: Iterable[str], read: Callable[[], object]) -> None:
    """Call ``read``, which answers whether it found something, until nothing is unread."""
    names = list(consumers)
    patience = time.monotonic() + PATIENCE
    while (found := read()) or unread(names):
        assert time.monotonic() < patience, "The log is never read to its end."
        if not found:
            time.sleep(0.01)
