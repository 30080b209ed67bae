"""T2 and the wire: some marks, as many mails, and what came back."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from threading import Event

from django.db import IntegrityError, transaction

from tactful.channels.types import OutboundMessage, Outcome, SendResult
from tactful.delivery.batch import Item
from tactful.delivery.claim import Claimed
from tactful.delivery.departures import DepartureLog
from tactful.delivery.hot import claim as hot_claim
from tactful.delivery.hot import handoff as hot
from tactful.delivery.hot import settle as hot_settle
from tactful.delivery.render import Built, Desk, build
from tactful.delivery.rules.recovery import Fate, fate_of
from tactful.delivery.settle import settle
from tactful.delivery.types import Transport, WorkerJournal
from tactful.foundation import pg
from tactful.kernel.clock import machine_ms

FIRST_GROUP = 25
GROUPS = (5, 400)
"""Mails that are marked at once: to begin with, and the fewest and most later."""
LONGEST_MS = 100
"""A mark is the moment of sending, so the dot must follow soon: groups grow while twice as many would leave
within this, and shrink while they take longer."""
STALE_MS = 30_000
"""A mark is the moment of sending: what the gate has said longer ago than this, it is asked again."""
FLUSH_MS = 2_000
FLUSH_AT = 1_000
HALT = (Outcome.ACCOUNT, Outcome.POLICY, Outcome.RATE)

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Hand:
    """One worker's way out: who it is, its journal, and how it opens an account's transport. ``departures``:
    what a restored backup would have to know. ``pace``: how many were marked at once when a batch of that
    account ended."""

    worker_id: int
    journal: WorkerJournal
    transport: Callable[[int], Transport]
    stop: Event
    departures: DepartureLog | None = None
    pace: dict[int, int] = field(default_factory=dict)
    served: dict[int, int] = field(default_factory=dict)
    """When each account had its turn, by the machine clock: a slow one does not always go first."""


@dataclass(slots=True)
class Trip:
    """One account's share of a batch under way."""

    hand: Hand
    desk: Desk
    waiting: list[Item]
    group: int
    claimed: Claimed
    account: int
    marked: dict[int, Item] = field(default_factory=dict)
    results: list[tuple[Item, SendResult]] = field(default_factory=list)
    halted: bool = False
    flushed_ms: int = 0


def send_batch(claimed: Claimed, hand: Hand, desk: Desk) -> None:
    """Bring a claimed batch to its end. When this returns, none of it is claimed or in handoff."""
    by_account: dict[int, list[Item]] = {}
    for item in claimed.items:
        by_account.setdefault(item.account_id, []).append(item)
    for account in sorted(by_account, key=lambda each: hand.served.get(each, 0)):
        group = hand.pace.get(account, FIRST_GROUP)
        trip = Trip(hand, desk, by_account[account], group, claimed, account)
        _travel(trip)
        hand.pace[account] = trip.group
        if len(trip.waiting) < len(by_account[account]):
            hand.served[account] = machine_ms()
    hot_claim.close_batch(claimed.id)
    hand.journal.clear()


def _travel(trip: Trip) -> None:
    trip.flushed_ms = machine_ms()
    try:
        transport = trip.hand.transport(trip.account)
        for result in transport.send_many(_messages(trip), trip.hand.journal):
            _note(trip, result)
    except Exception:
        log.exception("Sending over account %s broke off; what is known is kept.", trip.account)
    _flush(trip)
    _clear_up(trip)


def _messages(trip: Trip) -> Iterator[OutboundMessage]:
    """Marked mails, group by group. The transport reads one ahead, so marks never lag behind dots."""
    while not trip.halted and not trip.hand.stop.is_set() and (group := _in_time(trip)):
        built, poisoned = build(group, trip.desk)
        trip.results += poisoned
        ready = _marked(trip, built)
        marked_ms = machine_ms()
        going = {item.id for item in group}
        trip.waiting = [item for item in trip.waiting if item.id not in going]
        yield from ready
        if built:
            trip.group = _next_group(trip.group, machine_ms() - marked_ms)


def _in_time(trip: Trip) -> list[Item]:
    """The next whose latest moment has not come. They wait until they are marked, so that one that is not
    goes back. None, when the gate has been asked too long ago: all that is left meets it again."""
    age_ms = machine_ms() - trip.claimed.at_ms
    if age_ms > STALE_MS:
        return []
    now = trip.claimed.now + timedelta(milliseconds=age_ms)
    return list(islice((item for item in trip.waiting if not _too_late(item, now)), trip.group))


def _too_late(item: Item, now: datetime) -> bool:
    latest_at = item.due.request.latest_at
    return latest_at is not None and latest_at <= now


def _next_group(group: int, took_ms: int) -> int:
    fewest, most = GROUPS
    if took_ms > LONGEST_MS:
        return max(fewest, group * LONGEST_MS // took_ms)
    return min(most, group * 2) if took_ms * 2 < LONGEST_MS else group


def _marked(trip: Trip, built: list[Built]) -> list[OutboundMessage]:
    """One that the promise's constraint refuses stops no other."""
    if not built:
        return []
    try:
        return _mark(trip, built)
    except IntegrityError as refused:
        if len(built) == 1:
            item, words = built[0].item, f"{type(refused).__name__}: {refused}"[:500]
            log.exception("Message %s may not be handed over.", item.id)
            trip.results.append((item, SendResult(item.id, item.attempt, Outcome.POISON, detail=words)))
            return []
        middle = len(built) // 2
        return _marked(trip, built[:middle]) + _marked(trip, built[middle:])


def _mark(trip: Trip, built: list[Built]) -> list[OutboundMessage]:
    with transaction.atomic():
        for ident, head in trip.desk.fresh_heads.items():
            hot.save_letterhead(ident, head)
        marked = hot.mark(_params(trip, built))
        late = [made.item.id for made in built if made.item.id not in marked]
        if late:
            hot.give_back(pg.numbers(late), trip.hand.worker_id)
            built = [made for made in built if made.item.id in marked]
    trip.desk.fresh_heads.clear()
    for made in built:
        item = made.item
        item.first_handoff_at = made.first_at
        trip.marked[item.id] = item
    if trip.hand.departures is not None and built:
        trip.hand.departures.marked([made.item for made in built], trip.desk.riders)
    return [made.message for made in built]


def _params(trip: Trip, built: Sequence[Built]) -> dict[str, object]:
    items, messages, fixed, versions, hashes, firsts = zip(*built, strict=True)
    return {
        "worker": trip.hand.worker_id,
        "house": trip.claimed.house_rev,
        "account": trip.account,
        "contacts": pg.numbers({item.contact_id for item in items}),
        "touchpoints": pg.numbers({item.due.touchpoint_id for item in items} - {None}),
        "ids": pg.numbers([item.id for item in items]),
        "attempts": pg.numbers([item.attempt for item in items]),
        "versions": pg.numbers(versions),
        "addresses": pg.texts([message.recipient for message in messages]),
        "fixed": pg.texts(fixed),
        "hashes": pg.bytes_(hashes),
        "firsts": pg.moments(firsts),
    }


def _note(trip: Trip, result: SendResult) -> None:
    item = trip.marked.pop(result.ident, None)
    if item is None:
        return
    trip.results.append((item, result))
    trip.halted = trip.halted or result.outcome in HALT
    if len(trip.results) >= FLUSH_AT or machine_ms() - trip.flushed_ms > FLUSH_MS:
        _flush(trip)


def _flush(trip: Trip) -> None:
    results, trip.results = trip.results, []
    if results:
        settle(results, trip.hand.worker_id)
        if trip.hand.departures is not None:
            trip.hand.departures.settled(results)
    trip.flushed_ms = machine_ms()


def _clear_up(trip: Trip) -> None:
    """What was claimed goes back. What was marked and has no result: the journal knows."""
    if trip.waiting:
        hot.give_back(pg.numbers(item.id for item in trip.waiting), trip.hand.worker_id)
    if trip.marked:
        settle_by_journal(list(trip.marked.values()), trip.hand)


def settle_by_journal(items: Sequence[Item], hand: Hand) -> None:
    state = hand.journal.state()
    found = [(item, fate_of(item.id, item.attempt, state)) for item in items]
    safe = [item for item, fate in found if fate.fate is Fate.NOT_HANDED_OVER]
    outcomes = [
        (item, fate.result or SendResult(item.id, item.attempt, Outcome.AMBIGUOUS))
        for item, fate in found
        if fate.fate is not Fate.NOT_HANDED_OVER
    ]
    with transaction.atomic():
        hot_settle.unmark([item.id for item in safe], [item.attempt for item in safe], hand.worker_id)
        settle(outcomes, hand.worker_id)
    if hand.departures is not None:
        never = [(item, SendResult(item.id, item.attempt, Outcome.SAFE)) for item in safe]
        hand.departures.settled([*outcomes, *never])
