"""What was stored at the door becomes calls of its source; ``tracking`` does the rest."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec
from django.db import transaction
from django.db.models import F, Window
from django.db.models.functions import RowNumber

from tactful.connectors.models import Connection, Delivery, ThingName
from tactful.connectors.queries import house_at, map_of, payload_of
from tactful.connectors.rules.meaning import calls, meaning, user_of
from tactful.connectors.rules.seen import holds_any
from tactful.connectors.types import House, MappingTrouble, Meaning, Named, Problem, State
from tactful.contacts.actions import refused
from tactful.contacts.queries.erasing import TRACKED, places_said, shut
from tactful.foundation.pg import will_pass
from tactful.tracking.actions import keep_calls
from tactful.tracking.rules.bodies import cleaned
from tactful.tracking.rules.envelope import DEEPEST

logger = logging.getLogger(__name__)

AT_ONCE = 50
KEPT_FOR = timedelta(days=7)
KEPT = 20
FAILED_FOR = timedelta(days=30)
MOST_FAILED = 500


@transaction.atomic
def take_deliveries(now: datetime, limit: int = AT_ONCE) -> int:
    """The oldest that wait; answers how many. Several processes may be at it."""
    rows = list(
        Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("connection")
        .filter(state=State.WAITING)
        .order_by("id")[:limit]
    )
    if not rows:
        return 0
    house = house_at(now)
    for row in rows:
        _alone(row, house)
    for ident in sorted({row.connection_id for row in rows}):
        _forget_beyond(ident)
    return len(rows)


def _alone(row: Delivery, house: House) -> None:
    """One that cannot be taken in stops no other."""
    try:
        with transaction.atomic():
            _take(row, house)
    except Exception as error:
        if will_pass(error):
            raise
        logger.exception("The delivery %s cannot be taken in. It is kept.", row.id)
        _settle(row, State.FAILED, Problem("error"))


def _take(row: Delivery, house: House) -> None:
    payload = payload_of(row)
    if payload is None:
        return _settle(row, State.FAILED, Problem("json"))
    try:
        mapping = map_of(row.connection)
    except MappingTrouble:
        return _settle(row, State.FAILED, Problem("mapping"))
    if mapping is None:
        return _settle(row, State.FAILED, Problem("unmapped"))
    found = meaning(mapping, payload, house, row.received_at)
    if _is_erased(row, found):
        refused("webhook", 1, now=row.received_at)
        row.headers, row.body = {}, b""
        row.save(update_fields=["headers", "body"])
        return _settle(row, State.IGNORED, Problem("erased"))
    if found.problem:
        return _settle(row, State.FAILED, found.problem)
    if found.events:
        _hand_over(row, found)
    remark = found.remarks[0] if found.remarks else None
    row.events = [event.name for event in found.events]
    return _settle(row, State.DONE if found.events else State.IGNORED, remark)


def _is_erased(row: Delivery, found: Meaning) -> bool:
    traits = found.person.traits
    places = [
        place for kind in ("email", "phone") for place in places_said(kind, str(traits.get(kind) or ""))
    ]
    if found.person.handle:
        places.append((TRACKED, user_of(found, _prefix(row.connection))))
    return bool(shut(places))


def _settle(row: Delivery, state: State, problem: Problem | None) -> None:
    row.state, row.reason = state, problem.code if problem else ""
    row.params = dict(problem.params) if problem else {}
    row.save(update_fields=["state", "reason", "params", "events"])


def _hand_over(row: Delivery, found: Meaning) -> None:
    connection = row.connection
    keys = _keys(connection, [event.named for event in found.events if event.named])
    said = calls(found, _prefix(connection), row.key, keys, row.received_at)
    body = msgspec.json.encode({"batch": cleaned(said, depth=DEEPEST, keys=None)})
    keep_calls(connection.source_id, body, row.received_at)


def _prefix(connection: Connection) -> str:
    return f"{connection.system}-{connection.id % 1_000_000}:"


def _keys(connection: Connection, things: Iterable[Named]) -> dict[Named, str]:
    """What each thing is called with us: as it was called first."""
    wanted = list(dict.fromkeys(things))
    names = {name for each in wanted for name in (each.key, each.was) if name}
    rows = ThingName.objects.filter(connection=connection, alias__in=names)
    known = {(row.kind, row.alias): row.key for row in rows}
    found: dict[Named, str] = {}
    for each in wanted:
        before = known.get((each.kind, each.was), each.was) if each.was else ""
        found[each] = known.get((each.kind, each.key)) or before or each.key
        if each.was and found[each] != each.key:
            name = ThingName(connection=connection, kind=each.kind, alias=each.key, key=found[each])
            ThingName.objects.bulk_create([name], ignore_conflicts=True)
    return found


def _forget_beyond(connection_id: int) -> None:
    """The last twenty stay for the preview; what failed stays longer, to be tried again."""
    settled = Delivery.objects.filter(connection_id=connection_id).exclude(state=State.WAITING)
    failed = settled.filter(state=State.FAILED).order_by("-received_at", "-id")
    others = settled.exclude(state=State.FAILED).order_by("-received_at", "-id")
    gone = [*failed.values_list("id", flat=True)[MOST_FAILED:], *others.values_list("id", flat=True)[KEPT:]]
    Delivery.objects.filter(id__in=gone).delete()


@transaction.atomic
def forget_deliveries(*, now: datetime) -> int:
    """What is older than a week, or failed more than a month ago; and of each connection all but the last
    twenty. Answers how many."""
    settled = Delivery.objects.exclude(state=State.WAITING)
    old = settled.exclude(state=State.FAILED).filter(received_at__lt=now - KEPT_FOR)
    stale = settled.filter(state=State.FAILED, received_at__lt=now - FAILED_FOR)
    place = Window(
        RowNumber(), partition_by=[F("connection_id")], order_by=[F("received_at").desc(), F("id").desc()]
    )
    ranked = settled.exclude(state=State.FAILED).annotate(place=place).filter(place__gt=KEPT)
    gone = [*old.values_list("id", flat=True), *stale.values_list("id", flat=True)]
    gone += list(ranked.values_list("id", flat=True))
    return Delivery.objects.filter(id__in=gone).delete()[0]


@transaction.atomic
def erase(values: Iterable[str]) -> int:
    """Every delivery that holds one of these (the addresses, names and ids of a client who is erased), in
    whatever state it is. Answers how many were removed."""
    wanted = [value for value in values if value.strip()]
    gone = [
        row.id
        for row in Delivery.objects.select_for_update().order_by("id").iterator(chunk_size=50)
        if holds_any(bytes(row.body), row.headers, wanted)
    ]
    return Delivery.objects.filter(id__in=gone).delete()[0]
