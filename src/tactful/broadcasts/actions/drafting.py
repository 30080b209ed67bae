"""Writing a broadcast. Whatever is changed in one that was approved takes the approval back."""

from datetime import datetime
from secrets import randbits

from django.db import transaction
from django.utils.translation import gettext as _

from tactful.broadcasts.actions.moving import locked, move, tell
from tactful.broadcasts.models import Broadcast
from tactful.broadcasts.queries import being_written
from tactful.broadcasts.rules.states import EDITABLE
from tactful.broadcasts.types import BroadcastRefused, Plan, State

LONGEST_NAME = 120


@transaction.atomic
def create(*, plan: Plan, acting_user: int | None, now: datetime) -> Broadcast:
    """A draft; it may be as unfinished as one likes. ``acting_user`` None: a program wrote it."""
    row = Broadcast.objects.create(
        name=_name(plan),
        state=State.DRAFT,
        plan=plan.as_json(),
        seed=randbits(62),
        created_at=now,
        created_by=acting_user,
        changed_at=now,
        writers=[] if acting_user is None else [acting_user],
    )
    tell("created", row, acting_user, now, plan=row.plan)
    return row


@transaction.atomic
def edit(*, broadcast_id: int, plan: Plan, acting_user: int | None, now: datetime) -> Broadcast:
    """Raises ``BroadcastRefused`` once it is on its way, and to a program (``acting_user`` None) whenever it
    is not a draft of programs alone. The same plan again changes nothing."""
    row = editable(broadcast_id)
    if acting_user is None:
        of_programs(row)
    if row.plan == plan.as_json():
        return row
    if row.state != State.DRAFT:
        _back_to_draft(row)
    row.name, row.plan, row.changed_at, row.back_why = _name(plan), plan.as_json(), now, ""
    row.writers = sorted({*row.writers} | ({acting_user} if acting_user is not None else set()))
    row.save()
    tell("edited", row, acting_user, now, plan=row.plan)
    return row


def of_programs(row: Broadcast) -> None:
    """Raises ``BroadcastRefused`` if a person has it in hand. Asked under its lock."""
    if row.created_by is not None or row.writers or being_written(row):
        raise BroadcastRefused(
            _("A person has this broadcast in hand. A program changes only what programs wrote.")
        )
    if row.state != State.DRAFT:
        raise BroadcastRefused(_("Only a draft can be changed or proposed by a program."))


def editable(broadcast_id: int) -> Broadcast:
    """The row, locked. Raises ``BroadcastRefused`` once it is on its way."""
    row = locked(broadcast_id)
    if row.state not in EDITABLE:
        move(row, State.DRAFT)  # says why not
    return row


@transaction.atomic
def take_back(*, broadcast_id: int, acting_user: int, now: datetime) -> Broadcast:
    """Out of the queue or away from its reader, back to the desk: nothing has left. A reader who is none of
    its writers declines it with this."""
    row = locked(broadcast_id)
    _back_to_draft(row)
    row.back_why = "" if acting_user in row.writers else "declined"
    row.save()
    tell("taken_back", row, acting_user, now)
    return row


def back_by_machine(row: Broadcast, why: str, now: datetime) -> None:
    """What was approved is not what would go out. Inside a transaction, the row locked."""
    _back_to_draft(row)
    row.back_why = why
    row.save()
    tell("taken_back", row, None, now, why=why)


def _back_to_draft(row: Broadcast) -> None:
    move(row, State.DRAFT)
    row.asked_at = row.asked_by = row.approved_at = row.approved_by = row.approved_hash = row.begins_at = None


def _name(plan: Plan) -> str:
    name = plan.name.strip()
    if len(name) > LONGEST_NAME or "\0" in name:
        raise BroadcastRefused(_("Give the broadcast a name of at most 120 letters."))
    return name
