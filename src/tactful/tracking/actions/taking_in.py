"""From stored requests to the fact log, profiles and histories: many at a time, no query for each.

One transaction holds a batch of requests and all that follows from it, so a kill leaves either the stored
requests or their effects.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from tactful.contacts.actions import refused
from tactful.contacts.queries.erasing import TRACKED, Place, places_of, shut
from tactful.events.actions import Told, append, notify
from tactful.foundation.pg import will_pass
from tactful.tracking.hot import claims, places, received, visitors
from tactful.tracking.hot.visitors import NewEvent
from tactful.tracking.rules.bodies import data_of
from tactful.tracking.rules.calls import read
from tactful.tracking.rules.marks import mark
from tactful.tracking.types import CallType, Heard, Received, Refusal

from .profiling import contacts_of, refresh, write_traits
from .settling import NEVER, OTHER_END, settle
from .sources import sources_by_id

logger = logging.getLogger(__name__)

REMEMBERED = timedelta(days=90)
AT_ONCE = 60
NEWS = "tracking.received"
SOURCE = "tracking"


def take_in(now: datetime, limit: int = AT_ONCE) -> int:
    """The oldest stored requests; answers how many. Another process may be at it: then 0.

    Where one of them fails, the oldest is taken in call by call: one bad call loses only itself.
    """
    try:
        return _take(now, limit)
    except Exception as error:
        if will_pass(error):
            raise
        logger.exception("Stored calls could not be taken in together; the oldest are tried one by one.")
        return _take_singly(now)


@transaction.atomic
def _take(now: datetime, limit: int) -> int:
    requests = received.claim(limit)
    if not requests:
        return 0
    heard, refused = _read(requests)
    heard = _without_the_erased(heard, now)
    take_calls(_first_time(heard, now), now)
    _finish(requests, [*refused, *_told_of(heard)], now)
    return len(requests)


@transaction.atomic
def _take_singly(now: datetime) -> int:
    requests = received.claim(1)
    refused: list[Refusal] = []
    for request in requests:
        try:
            heard, refused = _read([request])
            heard = _without_the_erased(heard, now)
        except Exception:
            logger.exception("The stored request %s cannot be read. It is left out.", request.id)
            heard, refused = [], [Refusal(request.source_id, "unreadable", str(request.id))]
        for call in _first_time(heard, now):
            if not _alone(call, now):
                refused.append(Refusal(request.source_id, "unreadable", f"{call.type} {call.name}".strip()))
    _finish(requests, refused, now)
    return len(requests)


def _alone(call: Heard, now: datetime) -> bool:
    try:
        with transaction.atomic():
            take_calls([call], now)
    except Exception as error:
        if will_pass(error):
            raise
        logger.exception("A call “%s” cannot be taken in. It is left out.", call.name or call.type)
        return False
    return True


def _finish(requests: Sequence[Received], refused: Sequence[Refusal], now: datetime) -> None:
    if requests:
        received.note_refusals(refused, now)
        received.note_used({request.source_id for request in requests}, now)
        received.done(requests)
        notify({NEWS})


def _read(requests: Sequence[Received]) -> tuple[list[Heard], list[Refusal]]:
    sources = sources_by_id({request.source_id for request in requests})
    heard: list[Heard] = []
    refused: list[Refusal] = []
    for request in requests:
        calls, left_out = read(request, sources[request.source_id])
        heard += calls
        refused += left_out
    return heard, refused


def _without_the_erased(heard: Sequence[Heard], now: datetime) -> list[Heard]:
    """Nothing of them is taken in, not even under an id that is theirs alone."""
    gone = shut({place for call in heard for place in _places(call)})
    left = [call for call in heard if not gone or not gone.intersection(_places(call))]
    refused("tracking", len(heard) - len(left), now=now)
    return left


def _places(call: Heard) -> list[Place]:
    ids = {call.user, call.said, call.anon, call.previous} - {""}
    found = [place for address in call.addresses for place in places_of(address.kind, address.value)]
    return [*found, *((TRACKED, ident) for ident in sorted(ids))]


def _first_time(heard: Sequence[Heard], now: datetime) -> list[Heard]:
    """Without those whose message id its source has sent before; one without an id is always new."""
    once: dict[tuple[str, str], Heard] = {}
    nameless: list[Heard] = []
    for call in heard:
        if call.message_id:
            once.setdefault((str(call.source.id), call.message_id), call)
        else:
            nameless.append(call)
    fresh = received.new_ones(sorted(once), now)
    if len(fresh) < len(once):
        return [call for key, call in once.items() if key in fresh] + nameless
    return [*once.values(), *nameless]


def _told_of(heard: Sequence[Heard]) -> list[Refusal]:
    return [
        Refusal(call.source.id, note, f"{call.type} {call.name}".strip())
        for call in heard
        for note in call.notes
    ]


@transaction.atomic
def forget_seen(*, now: datetime) -> int:
    """Message ids that nobody repeats any more. Answers how many."""
    return received.forget_before(now - REMEMBERED)


@transaction.atomic
def take_calls(heard: Sequence[Heard], now: datetime) -> None:
    """Calls that nobody has taken in before: who is who, what is said of them, what happened."""
    for call in heard:
        if call.addresses and not call.user and call.verified:
            call.user = call.anon  # a server may know the address of somebody who has no user id yet
    moved = settle([call for call in heard if call.addresses or _links(call)], now)
    users = write_traits([call for call in heard if call.traits])
    refresh(moved | contacts_of(users) if moved or users else set(), now)
    _write_events([call for call in heard if call.name], now)


def _links(call: Heard) -> bool:
    return call.type is CallType.ALIAS or (call.type is CallType.IDENTIFY and bool(call.user and call.anon))


def _write_events(heard: Sequence[Heard], now: datetime) -> None:
    if not heard:
        return
    known = _Standing.of(heard)
    told: list[Told] = []
    others: list[tuple[visitors.Named, Heard]] = []
    for call in heard:
        contact = known.contact(call)
        if contact is None:
            others.append((_visitor(call), call))
        else:
            told.append(Told(call.name, contact, call.ts, SOURCE, _data(call)))
    append(told, now=now)
    _write_histories(others, now)


def _data(call: Heard) -> bytes:
    return data_of(call.properties, mark(call))


def _visitor(call: Heard) -> visitors.Named:
    if call.user:
        return "user", call.user
    return ("anon", call.anon) if call.anon else ("said", call.said)


def _write_histories(others: Sequence[tuple[visitors.Named, Heard]], now: datetime) -> None:
    if not others:
        return
    first: dict[visitors.Named, datetime] = {}
    for named, call in others:
        first[named] = min(first.get(named, call.ts), call.ts)
    ids = visitors.find_or_add(first)
    visitors.append(
        [
            NewEvent(ids[named], call.name, call.ts, SOURCE, _data(call), not call.verified)
            for named, call in others
        ],
        now,
    )


@dataclass(slots=True)
class _Standing:
    """The contacts of the ids that these calls name."""

    homes: Mapping[str, int]
    ends: Mapping[str, str]
    uptos: dict[str, datetime] = field(default_factory=dict)

    @classmethod
    def of(cls, heard: Sequence[Heard]) -> "_Standing":
        idents = {call.user or call.anon for call in heard}
        homes = claims.homes(idents)
        unknown = {ident for ident in idents if ident and ident not in homes}
        roots = places.roots(unknown)
        ends = {ident: root[1:] for ident, root in roots.items() if root.startswith(OTHER_END)}
        standing = cls({**homes, **claims.homes(set(ends.values()))}, ends)
        standing.read_vouchers({call.anon for call in heard if not call.verified and call.anon in ends})
        return standing

    def read_vouchers(self, idents: set[str]) -> None:
        for link in claims.links_of(idents):
            self.uptos[link.ident] = max(self.uptos.get(link.ident, NEVER), link.upto)

    def contact(self, call: Heard) -> int | None:
        """What came with a browser key goes to a contact only as far as a server has vouched for it."""
        ident = call.user or call.anon
        if not call.verified and call.ts > self.uptos.get(ident, NEVER):
            return None
        return self.homes.get(self.ends.get(ident, ident))
