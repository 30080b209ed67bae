"""A line of the trial week judged by a person: right, or wrong and why; and what follows from a wrong one.

Everything that a "wrong" brings about is one of the house's own rules, made by its own action, and is taken
back together with what was said.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from tactful.delivery import actions as delivery
from tactful.delivery.actions import Judgement, NothingToDecide
from tactful.delivery.queries import trust as outbox
from tactful.delivery.queries.trust import Rehearsed
from tactful.foundation.actions import change_settings
from tactful.foundation.queries import business_at
from tactful.gate.actions import NewHold, place_hold, release_hold
from tactful.touchpoints import actions as line
from tactful.touchpoints import queries as touchpoints
from tactful.touchpoints.types import Line
from tactful.wiring.gate_facts import settings_of

LATER: Final = timedelta(days=14)


class Why(StrEnum):
    CLIENT = "client"  # automation leaves this client alone
    LATER = "later"  # not just now: for two weeks
    HOUR = "hour"  # not at this hour: the quiet hours grow
    PERSON = "person"  # a person should write this: the touchpoint goes above the line
    WORDS = "words"  # the words are wrong: nothing follows by itself


OWNERS_ONLY: Final = frozenset({Why.HOUR, Why.PERSON})
"""They change a rule of the whole house."""


@transaction.atomic
def judge_right(message_id: int, *, acting_user: int, now: datetime) -> None:
    """Raises ``NothingToDecide``."""
    delivery.judge_rehearsed(Judgement(message_id, right=True), acting_user=acting_user, now=now)


@transaction.atomic
def judge_wrong(message_id: int, why: Why, *, acting_user: int, now: datetime) -> None:
    """This one does not go, and what follows from ``why`` holds from now. Raises ``NothingToDecide``, and
    ``LineError`` from the line."""
    row = outbox.rehearsed_one(message_id)
    if row is None or row.judged:
        raise NothingToDecide(_("Somebody has judged this one already. Load the page again."))
    made = _MAKES[why](row, acting_user, now)
    said = Judgement(message_id, right=False, why=why, made=made)
    delivery.judge_rehearsed(said, acting_user=acting_user, now=now)


@transaction.atomic
def unjudge(message_id: int, *, acting_user: int, now: datetime) -> None:
    """As if nothing had been said. What has been changed by somebody since stays as they want it. Raises
    ``NothingToDecide``."""
    made = delivery.unjudge_rehearsed(message_id, acting_user=acting_user, now=now).made
    if hold := made.get("hold"):
        release_hold(int(hold), acting_user=acting_user, now=now)
    if before := made.get("settings"):
        _restore(before, made["became"], acting_user, now)
    if touchpoint := made.get("touchpoint"):
        _lower(int(touchpoint), int(made["revision"]), acting_user, now)


def _client(row: Rehearsed, by: int, now: datetime) -> dict[str, Any]:
    return _hold(row, "trial_not_them", by, now, None)


def _later(row: Rehearsed, by: int, now: datetime) -> dict[str, Any]:
    return _hold(row, "trial_not_now", by, now, now + LATER)


def _hold(row: Rehearsed, reason: str, by: int, now: datetime, until: datetime | None) -> dict[str, Any]:
    new = NewHold("contact", reason, scope_id=row.message.contact_id, owner_id=by, expires_at=until)
    return {"hold": place_hold(new, acting_user=by, now=now)}


def _hour(row: Rehearsed, by: int, now: datetime) -> dict[str, Any]:
    business = business_at(now)
    rules = settings_of(business)
    hour = row.at.astimezone(ZoneInfo(business.time_zone)).hour
    key, was, wanted = _quieter(hour, rules.quiet_from, rules.quiet_to)
    change_settings(values={key: _clock(wanted)}, acting_user=by, now=now)
    delivery.release(names=["settings.changed"], now=now)
    return {"settings": {key: _clock(was)}, "became": {key: _clock(wanted)}}


def _quieter(hour: int, begins: time, ends: time) -> tuple[str, time, time]:
    """The quiet hours with this hour in them: longer in the morning, or earlier in the evening."""
    if hour < 12:
        return "gate.quiet_to", ends, time(hour + 1)
    return "gate.quiet_from", begins, time(hour)


def _clock(at: time) -> str:
    return at.strftime("%H:%M")


def _restore(before: Mapping[str, str], became: Mapping[str, str], by: int, now: datetime) -> None:
    rules = business_at(now).gate
    mine = {key: value for key, value in before.items() if rules.get(key[5:]) == became[key]}
    if mine:
        change_settings(values=mine, acting_user=by, now=now)
        delivery.release(names=["settings.changed"], now=now)


def _person(row: Rehearsed, by: int, now: datetime) -> dict[str, Any]:
    touchpoint = row.message.touchpoint_id
    view = touchpoints.views_by_id([touchpoint or 0]).get(touchpoint or 0)
    if view is None:
        raise NothingToDecide(_("This message stands on no touchpoint. Choose another reason."))
    if view.line is not Line.STRUCTURAL:
        return {}
    reason = _("Seen in the trial week: a person should write this.")
    revision = line.decide(
        view.id, Line.JUDGEMENT, reason, owner_id=view.owner_id or by, acting_user=by, now=now
    )
    return {"touchpoint": view.id, "revision": revision.id}


def _lower(touchpoint_id: int, revision_id: int, by: int, now: datetime) -> None:
    view = touchpoints.views_by_id([touchpoint_id]).get(touchpoint_id)
    if view is not None and view.revision_id == revision_id:
        reason = _("Taken back: automation may send this after all.")
        line.decide(view.id, Line.STRUCTURAL, reason, owner_id=view.owner_id, acting_user=by, now=now)


_MAKES: Final[Mapping[Why, Callable[[Rehearsed, int, datetime], dict[str, Any]]]] = {
    Why.CLIENT: _client,
    Why.LATER: _later,
    Why.HOUR: _hour,
    Why.PERSON: _person,
    Why.WORDS: lambda _row, _by, _now: {},
}
