"""What is asked of many people on a journey at once, and can be taken back for half a minute.

What a journey has sent cannot be called back, so nothing is undone afterwards. Those who are meant rest at
once, as by a person; when the half minute is over the act is carried out. Taken back, they go on as if they
had rested for as long.

Who changes over to another version goes on walking the old one until then: nothing of the new one has been
sent, and nobody need rest for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from tactful.foundation.actions import record_audit
from tactful.foundation.ids import new_id
from tactful.journeys import driver
from tactful.journeys.hot import rows as hot
from tactful.journeys.models import PeopleAct
from tactful.journeys.rules.batch import Load
from tactful.journeys.transferring import Passage, standing, transfer_some

WINDOW: Final = timedelta(seconds=30)
KEPT: Final = timedelta(hours=1)
AT_ONCE = 20  # acts
THOUSANDS: Final = 20
"""At one turn, so that everything else that is asked of people is not kept waiting."""
MOVE, SKIP, TAKE_OUT, PAUSE, VERSION = "move", "skip", "take_out", "pause", "version"
VERBS: Final[Mapping[str, str]] = {
    MOVE: "enrolment.moved",
    SKIP: "enrolment.skipped",
    TAKE_OUT: "enrolment.taken_out",
    PAUSE: "enrolment.paused",
}
TAKEN_BACK: Final = "enrolment.left_as_it_was"


@dataclass(frozen=True, slots=True)
class Asked:
    """``what``: move, skip, take_out, pause. ``step``: where to, of a move."""

    journey_id: int
    enrolment_ids: Sequence[int]
    what: str
    step: str = ""


@transaction.atomic
def ask_of_people(asked: Asked, *, reason: str, acting_user: int, now: datetime) -> PeopleAct | None:
    """They rest from now on, and in ``WINDOW`` it is carried out; None if none of them is inside any more."""
    inside = {row.id for row in hot.running(asked.enrolment_ids)}
    rested = sorted(inside - {row.id for row in hot.paused(inside)})
    if not inside:
        return None
    driver.pause(rested, now)
    act = PeopleAct.objects.create(
        id=new_id(),
        journey_id=asked.journey_id,
        what=asked.what,
        step=asked.step,
        enrolments=sorted(inside),
        rested=rested,
        by=acting_user,
        asked_at=now,
        due_at=now + WINDOW,
    )
    _audit(VERBS[asked.what], act, acting_user, now, {"reason": reason, "step": asked.step or None})
    return act


@transaction.atomic
def ask_to_change_over(passage: Passage, *, reason: str, acting_user: int, now: datetime) -> PeopleAct | None:
    """In ``WINDOW`` they are taken over, by where they stand then; None if nobody stands where the map leads
    from. Raises ``LookupError`` for a step that the new version has not."""
    meant = standing(passage)
    if not meant:
        return None
    told = {"from": passage.from_version, "to": passage.to_version, "steps": dict(passage.steps)}
    act = PeopleAct.objects.create(
        id=new_id(),
        journey_id=passage.journey_id,
        what=VERSION,
        enrolments=[],
        rested=[],
        passage={**told, "meant": meant},
        by=acting_user,
        asked_at=now,
        due_at=now + WINDOW,
    )
    _audit_journey("journey.people_meant", act, acting_user, now, {"reason": reason, **told, "meant": meant})
    return act


@transaction.atomic
def take_back(act_id: int, *, load: Load, acting_user: int, now: datetime) -> bool:
    """Everybody stays where they were. False: it has been carried out, or taken back already."""
    act = PeopleAct.objects.select_for_update().filter(id=act_id, done_at=None, undone_at=None).first()
    if act is None or act.is_under_way:
        return False
    driver.resume(act.rested, load, now)
    act.undone_at = now
    act.save(update_fields=["undone_at"])
    _audit(TAKEN_BACK, act, acting_user, now, {})
    if act.what == VERSION:
        _audit_journey("journey.people_left_as_they_were", act, acting_user, now, {})
    return True


@transaction.atomic
def carry_out_asked(load: Load, now: datetime) -> int:
    """What nobody has taken back. Answers how many acts; what was done an hour ago is forgotten."""
    PeopleAct.objects.filter(due_at__lt=now - KEPT).exclude(done_at=None, undone_at=None).delete()
    waiting = PeopleAct.objects.select_for_update(skip_locked=True).filter(
        done_at=None, undone_at=None, due_at__lte=now
    )
    acts = list(waiting.exclude(what=VERSION).order_by("due_at", "id")[:AT_ONCE])
    for act in acts:
        act.reached, act.done_at = _carry_out(act, load, now), now
        act.save(update_fields=["reached", "done_at"])
    return len(acts)


def take_over_asked(load: Load, now: datetime) -> int:
    """Who was to change to another version, a thousand at a time, each in a transaction of its own. Answers
    how many thousands."""
    done = 0
    while done < THOUSANDS and _take_over_some(load, now):
        done += 1
    return done


@transaction.atomic
def _take_over_some(load: Load, now: datetime) -> bool:
    waiting = PeopleAct.objects.select_for_update(skip_locked=True).filter(
        what=VERSION, done_at=None, undone_at=None, due_at__lte=now
    )
    act = waiting.order_by("due_at", "id").first()
    if act is None or act.passage is None:
        return False
    told = act.passage
    passage = Passage(act.journey_id, told["from"], told["to"], told["steps"])
    some = transfer_some(passage, told.get("after", 0), load, now)
    act.reached = (act.reached or 0) + (some.moved if some else 0)
    if some is None:
        act.done_at = now
        body: dict[str, object] = {"from": told["from"], "to": told["to"], "moved": act.reached}
        _audit_journey("journey.people_moved", act, act.by, now, body)
    else:
        told["after"] = some.last
    act.save(update_fields=["reached", "passage", "done_at"])
    return True


def _carry_out(act: PeopleAct, load: Load, now: datetime) -> int:
    """Whoever could not be moved goes on from where they stood."""
    if act.what == PAUSE:
        return len(act.enrolments)
    if act.what == TAKE_OUT:
        return driver.stop(act.enrolments, "taken_out", load, now)
    moved = driver.move(act.enrolments, act.step or None, load, now)
    driver.resume(act.rested, load, now)
    return moved


def _audit(verb: str, act: PeopleAct, actor: int, now: datetime, body: dict[str, object]) -> None:
    for ident in act.enrolments:
        record_audit(actor=actor, verb=verb, subject=f"enrolment:{ident}", now=now, body=body)


def _audit_journey(verb: str, act: PeopleAct, actor: int, now: datetime, body: dict[str, object]) -> None:
    record_audit(actor=actor, verb=verb, subject=f"journey:{act.journey_id}", now=now, body=body)
