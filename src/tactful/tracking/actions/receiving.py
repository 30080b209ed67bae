"""Requests are stored before anybody is told that they were received."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tactful.foundation.clock import business_now
from tactful.foundation.limits import Limit, attempts
from tactful.tracking.hot import received
from tactful.tracking.types import KeyKind, Source

SECONDS = 10
LIMITS = {
    KeyKind.SERVER: Limit("tracking.server", 300_000, SECONDS),
    KeyKind.BROWSER: Limit("tracking.browser", 5_000, SECONDS),
}
"""Calls of one key in ten seconds, over all processes."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A request at the door. ``kind``: ``batch`` or the type of its one call; ``calls``: how many."""

    source: Source
    kind: str
    body: bytes
    calls: int


@transaction.atomic
def store(arrived: Sequence[Arrived]) -> list[bool]:
    """Keep requests, many in one commit; False for those of a key that sends too much."""
    calls: dict[int, int] = {}
    sources = {each.source.id: each.source for each in arrived}
    for each in arrived:
        calls[each.source.id] = calls.get(each.source.id, 0) + each.calls
    within = {
        ident: attempts(LIMITS[sources[ident].kind], str(ident), count)
        for ident, count in sorted(calls.items())
    }
    kept = [(each.source.id, each.kind, each.body) for each in arrived if within[each.source.id]]
    if kept:
        received.keep(kept, business_now())
    return [within[each.source.id] for each in arrived]


@transaction.atomic
def keep_calls(source_id: int, batch: bytes, now: datetime) -> None:
    """Keep calls that this house has made itself, as a batch of an inner source; ``take_in`` carries them
    out."""
    received.keep([(source_id, "batch", batch)], now)
