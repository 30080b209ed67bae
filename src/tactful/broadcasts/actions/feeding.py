"""What the worker does: freeze the audience, feed it to delivery chunk by chunk, and see the end.

Each call is one transaction. Whoever is killed in it has done nothing of it, so everybody is queued once.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from tactful.broadcasts.actions.drafting import back_by_machine
from tactful.broadcasts.actions.going import House
from tactful.broadcasts.actions.moving import move, tell
from tactful.broadcasts.actions.running import CAUSE, pause
from tactful.broadcasts.hot import people
from tactful.broadcasts.models import Broadcast
from tactful.broadcasts.queries import account_of, fingerprint_of, plan_of, touchpoint_of, tree_of
from tactful.broadcasts.rules.fields import variables
from tactful.broadcasts.rules.language import chosen
from tactful.broadcasts.rules.pace import free_after, slots
from tactful.broadcasts.rules.slugs import slug_of
from tactful.broadcasts.rules.when import GRACE, due_in, stood_still
from tactful.broadcasts.types import Plan, State, When
from tactful.delivery import actions as delivery
from tactful.delivery import queries as outbox
from tactful.delivery.rules.words import version_hash
from tactful.delivery.types import NewMessage
from tactful.foundation.queries import business_at
from tactful.gate.types import Author
from tactful.kernel.zones import UnknownZone
from tactful.segments import queries as segments
from tactful.touchpoints.types import TouchpointView

CHUNK = 1_000
AT_WORK = 5_000
"""So many messages of a broadcast wait in the outbox at most: each gets its moment when there is room, and so
none is late because the provider is slow."""
LOOKED = timedelta(minutes=1)


@transaction.atomic
def begin_due(*, house: House) -> Broadcast | None:
    """Freezes the audience of the broadcast whose moment came first. One that was changed since its yes goes
    back to its writer; one whose moment passed while nothing ran waits for a person. None: nothing is due."""
    now = house.moment.now
    due = Broadcast.objects.filter(state=State.SCHEDULED, begins_at__lte=now).order_by("begins_at", "id")
    row = due.select_for_update(skip_locked=True).first()
    if row is None or row.begins_at is None:
        return None
    if bytes(row.approved_hash or b"") != fingerprint_of(row, house.allowed):
        back_by_machine(row, "segment", now)
        return row
    late = stood_still(row.begins_at, now)
    move(row, State.SENDING)
    row.began_at = row.fed_at = now
    row.size = _freeze(row, house)
    row.save()
    tell("begun", row, None, now, size=row.size)
    if late:
        pause(broadcast_id=row.id, acting_user=None, now=now, why="stood_still")
    return row


def _freeze(row: Broadcast, house: House) -> int:
    plan, moment = plan_of(row), house.moment
    tree = tree_of(plan, house.allowed)
    if tree is None:
        raise AssertionError("A broadcast without an audience cannot have been approved.")
    audience = segments.audience(tree, house.allowed, moment, segments.library(house.allowed))
    dues = {zone: _due(zone, plan, moment.now, moment.zone) for zone in _zones(plan)}
    weights = [each.weight for each in plan.variants]
    with segments.whole_tables():
        elsewhere = _due(moment.zone, plan, moment.now, moment.zone)
        return people.freeze(audience, people.Frozen(row.id, row.seed, weights, elsewhere, dues))


def _zones(plan: Plan) -> list[str]:
    return people.zones() if plan.schedule.when is When.LOCAL else []


def _due(zone: str, plan: Plan, begins: datetime, house_zone: str) -> datetime:
    """A client whose zone we do not know lives where we do; at night the gate holds it all the same."""
    try:
        return due_in(zone or house_zone, plan.schedule, begins)
    except UnknownZone:
        return due_in(house_zone, plan.schedule, begins)


@transaction.atomic
def feed_next(*, now: datetime) -> int:
    """One chunk of the broadcast that was looked after longest ago. Answers how many went to delivery."""
    rows = Broadcast.objects.filter(state=State.SENDING).order_by(F("fed_at").asc(nulls_first=True), "id")
    for row in rows.select_for_update(skip_locked=True):
        if _stands(row, now):
            continue
        if fed := _feed(row, now):
            return fed
    return 0


def _stands(row: Broadcast, now: datetime) -> bool:
    """After a time in which nothing ran, a person looks first."""
    if row.fed_at is None or not stood_still(row.fed_at, now):
        return False
    _, overdue = people.left(row.id, now - GRACE)
    if overdue:
        pause(broadcast_id=row.id, acting_user=None, now=now, why="stood_still")
    return overdue


def _feed(row: Broadcast, now: datetime) -> int:
    plan = plan_of(row)
    room = AT_WORK - outbox.waiting_of_cause(CAUSE, row.id, AT_WORK)
    moments = slots(plan.per_hour, row.free_at, now, min(CHUNK, room))
    taken = people.take(row.id, now, len(moments)) if moments else []
    if taken or row.fed_at is None or now - row.fed_at > LOOKED:
        row.fed_at = now
        _queue(row, plan, taken, moments, now)
        row.save(update_fields=["fed_at", "free_at"])
    return len(taken)


def _queue(
    row: Broadcast,
    plan: Plan,
    taken: list[tuple[int, int, str | None]],
    moments: list[datetime],
    now: datetime,
) -> None:
    gone = [contact for contact, _, language in taken if language is None]
    here = [(contact, variant, language) for contact, variant, language in taken if language is not None]
    if gone:
        people.gone(row.id, gone)
    if not here:
        return
    touchpoint = touchpoint_of(plan)
    if touchpoint is None:
        raise AssertionError("The place on the line has gone while its broadcast was on its way.")
    house = business_at(now).language
    own = [{code: variables(words) for code, words in each.words.items()} for each in plan.variants]
    messages = [
        _message(
            row, own, touchpoint, (contact, variant, chosen(known, house, row.versions[variant])), due_at
        )
        for (contact, variant, known), due_at in zip(here, moments, strict=False)
    ]
    ids = delivery.enqueue(messages, now=now)
    found = {m.contact_id: ident for m, ident in zip(messages, ids, strict=True) if ident is not None}
    if people.queued(row.id, found) != len(taken) - len(gone):
        raise AssertionError("A client of the audience would have been queued twice.")
    row.free_at = free_after(plan.per_hour, moments[len(here) - 1])


def _message(
    row: Broadcast,
    own: Sequence[Mapping[str, Mapping[str, str]]],
    touchpoint: TouchpointView,
    person: tuple[int, int, str],
    due_at: datetime,
) -> NewMessage:
    """``own``: the variables of each variant, by language. ``person``: contact, variant, and the language in
    which they get it."""
    contact, variant, language = person
    version: int = row.versions[variant][language]
    return NewMessage(
        contact_id=contact,
        dedupe_key=f"{CAUSE}:{row.id}:{contact}",
        message_class=touchpoint.message_class,
        purpose=touchpoint.message_class.purpose,
        due_at=due_at,
        cause_kind=CAUSE,
        cause_id=row.id,
        author=Author.PERSON_BULK,
        line=touchpoint.line,
        touchpoint_id=touchpoint.id,
        touchpoint_rev=touchpoint.revision_id,
        template=slug_of(row.id, variant),
        language=language,
        variables=own[variant][language],
        may_merge=True,
        approved_by=row.approved_by,
        approved_hash=version_hash(version),
    )


@transaction.atomic
def finish_done(*, now: datetime) -> int:
    """Broadcasts of which nobody waits any more. Answers how many came to their end."""
    ended = 0
    for row in Broadcast.objects.filter(state=State.SENDING).select_for_update(skip_locked=True):
        waiting, _ = people.left(row.id, now)
        if waiting or outbox.is_under_way(CAUSE, row.id):
            continue
        move(row, State.FINISHED)
        row.ended_at = now
        row.save()
        counts = {str(standing): count for standing, count in account_of(row).counts.items()}
        tell("finished", row, None, now, counts=counts)
        ended += 1
    return ended
