"""The yes: by a second person where the business asks for one, for exactly these words."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tactful.broadcasts.actions.drafting import of_programs
from tactful.broadcasts.actions.moving import locked, move, tell
from tactful.broadcasts.models import Broadcast
from tactful.broadcasts.queries import (
    being_written,
    fields,
    fingerprint_of,
    plan_of,
    second_person_asked,
    touchpoint_of,
    tree_of,
)
from tactful.broadcasts.rules.approval import may_approve
from tactful.broadcasts.rules.slugs import slug_of
from tactful.broadcasts.rules.when import begins_at
from tactful.broadcasts.rules.words import mail_source
from tactful.broadcasts.sentences import problems
from tactful.broadcasts.types import BroadcastRefused, Plan, State
from tactful.content.actions import NewTemplate, publish_template
from tactful.foundation.actions import NotAssessed, expect_assessed
from tactful.segments.types import Allowed, Moment


@dataclass(frozen=True, slots=True)
class House:
    """``allowed``: what segments may ask, of the floors above too. ``moment``: the business's now.
    ``unwanted``: so many called our mail unwanted that providers would refuse it."""

    allowed: Allowed
    moment: Moment
    unwanted: bool = False


@transaction.atomic
def ask_approval(*, broadcast_id: int, house: House, acting_user: int | None) -> Broadcast:
    """``acting_user`` None: a program asks, for what programs wrote. Raises ``BroadcastRefused`` with what is
    missing."""
    now = house.moment.now
    row = locked(broadcast_id)
    if acting_user is None:
        of_programs(row)
    move(row, State.WAITING)
    _whole(row, plan_of(row), house)
    row.asked_at, row.asked_by, row.back_why = now, acting_user, ""
    row.save()
    tell("approval_asked", row, acting_user, now)
    return row


@transaction.atomic
def approve(*, broadcast_id: int, seen: bytes, house: House, acting_user: int) -> Broadcast:
    """``seen``: the fingerprint of what the approver has read. Raises ``BroadcastRefused`` for whoever has
    written in it, and if it has changed meanwhile."""
    row = locked(broadcast_id)
    if row.state != State.WAITING:
        raise BroadcastRefused(_("Nobody waits for a yes to this broadcast. Look at it again."))
    if not may_approve(acting_user, row.writers):
        raise BroadcastRefused(_("You have written in it yourself. Ask somebody else to read it."))
    if seen != fingerprint_of(row, house.allowed):
        raise BroadcastRefused(_("It has changed since you read it. Read it once more."))
    _go(row, house, acting_user)
    tell("approved", row, acting_user, house.moment.now, begins_at=_iso(row))
    return row


@transaction.atomic
def send(*, broadcast_id: int, house: House, acting_user: int) -> Broadcast:
    """By its writer alone, where the business asks for no second person: the name under it is theirs."""
    row = locked(broadcast_id)
    if row.state != State.DRAFT:
        raise BroadcastRefused(_("This broadcast is no draft any more. Look at it again."))
    if second_person_asked(house.moment.now):
        raise BroadcastRefused(_("A second person has to read it first. Ask for their yes."))
    _go(row, house, acting_user)
    tell("scheduled", row, acting_user, house.moment.now, begins_at=_iso(row))
    return row


def _go(row: Broadcast, house: House, by: int) -> None:
    now, plan = house.moment.now, plan_of(row)
    if house.unwanted:
        said = _("Too many called our mail unwanted lately. Look at the mail account: how receivers see it.")
        raise BroadcastRefused(said)
    try:
        expect_assessed(now)
    except NotAssessed as refused:
        raise BroadcastRefused(str(refused)) from refused
    move(row, State.SCHEDULED)
    _whole(row, plan, house)
    row.approved_at, row.approved_by, row.back_why = now, by, ""
    row.approved_hash = fingerprint_of(row, house.allowed)
    row.begins_at = begins_at(plan.schedule, now, plan.delay_minutes)
    row.versions = _publish(row, plan, by, now)
    row.save()


def _whole(row: Broadcast, plan: Plan, house: House) -> None:
    found = problems(
        plan,
        tree=tree_of(plan, house.allowed),
        touchpoint=touchpoint_of(plan),
        moment=house.moment,
        fields=[key for key, _label in fields()],
        drafts=being_written(row),
    )
    if found:
        raise BroadcastRefused(" ".join(found))


def _publish(row: Broadcast, plan: Plan, by: int, now: datetime) -> list[dict[str, int]]:
    """Templates of this broadcast alone. Versions never change, so what was approved is what goes out."""
    return [
        {
            language: publish_template(
                NewTemplate(slug_of(row.id, place), row.name, row.name, mail_source(words, language)),
                acting_user=by,
                now=now,
            ).id
            for language, words in each.words.items()
            if language in each.languages
        }
        for place, each in enumerate(plan.variants)
    ]


def _iso(row: Broadcast) -> str:
    return row.begins_at.isoformat() if row.begins_at else ""
