"""Trust that grows: the trial week, then the first ten of each touchpoint shown first, then quiet running.

Both are standing holds of the gate, asked after everything else (``gate.rules.last``), so they are spells
like all that the gate asks, and the past is replayed by those that stood then. A house that has never begun
a trial is in neither.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from tactful.delivery import actions as delivery
from tactful.delivery.queries import trust as outbox
from tactful.foundation.actions import record_audit
from tactful.gate import queries as gate
from tactful.gate.actions import NewHold, place_hold, release_hold
from tactful.gate.queries import StandingHold
from tactful.gate.rules.orders import FIRST, TRIAL
from tactful.gate.types import OnRelease
from tactful.touchpoints import queries as touchpoints
from tactful.touchpoints.types import Line

TRIAL_DAYS: Final = 7
FEWEST_DAYS, MOST_DAYS = 1, 28
FIRST_ONES: Final = 10


class NotNow(ValueError):
    """What was asked does not fit where the house stands; the sentence says why."""


@transaction.atomic
def begin_trial(*, acting_user: int, now: datetime, days: int = TRIAL_DAYS) -> int:
    """From now on nothing leaves that automation wants to send, for ``days`` (1 to 28). Answers with the id
    of the trial. Raises ``NotNow`` if one runs."""
    if not FEWEST_DAYS <= days <= MOST_DAYS:
        said = _("Choose between %(fewest)d and %(most)d days.")
        raise NotNow(said % {"fewest": FEWEST_DAYS, "most": MOST_DAYS})
    if gate.trial(now) is not None:
        raise NotNow(_("A trial is running already."))
    trial = NewHold(
        scope="everything",
        topic=TRIAL,
        reason=TRIAL,
        owner_id=acting_user,
        expires_at=now + timedelta(days=days),
        on_release=OnRelease.RECOMPUTE,
    )
    ident = place_hold(trial, acting_user=acting_user, now=now)
    show_first_ones(now)
    record_audit(actor=acting_user, verb="trial.begun", subject=f"hold:{ident}", now=now, body={"days": days})
    return ident


@transaction.atomic
def end_trial(*, acting_user: int, now: datetime) -> None:
    """Before its time. What it held is thought over or dropped, never sent late. Raises ``NotNow``."""
    running = gate.trial(now)
    if running is None or not release_hold(running.id, acting_user=acting_user, now=now):
        raise NotNow(_("No trial is running."))


@transaction.atomic
def show_first_ones(now: datetime) -> int:
    """In a house that has had its trial, each touchpoint that automation speaks through for the first time
    shows its first messages to a person. Answers how many are new."""
    if not gate.trials().exists():
        return 0
    known = set(
        StandingHold.objects.filter(scope="touchpoint", topic=FIRST).values_list("scope_id", flat=True)
    )
    fresh = [
        view
        for view in touchpoints.views_of_all().values()
        if view.line is Line.STRUCTURAL and view.id not in known
    ]
    for view in fresh:
        hold = NewHold(
            scope="touchpoint", scope_id=view.id, topic=FIRST, reason=FIRST, owner_id=view.owner_id,
            on_release=OnRelease.SEND,
        )  # fmt: skip
        place_hold(hold, acting_user=None, now=now)
    return len(fresh)


@transaction.atomic
def let_go_first(message_id: int, *, acting_user: int, now: datetime) -> int:
    """A person has looked at one of the first ones: it goes. With the tenth, the others of its touchpoint go
    by themselves from then on. Answers how many are still to be shown. Raises ``NothingToDecide``."""
    touchpoint = delivery.let_go_first(message_id, acting_user=acting_user, now=now)
    hold = gate.shown_first(now).get(touchpoint)
    if hold is None:
        return 0
    left = FIRST_ONES - outbox.seen_counts([touchpoint], hold.placed_at).get(touchpoint, 0)
    if left <= 0:
        release_hold(hold.id, acting_user=acting_user, now=now)
    return max(0, left)


@transaction.atomic
def enough_shown(touchpoint_id: int, *, acting_user: int, now: datetime) -> None:
    """From now on the messages of this touchpoint go by themselves, those that wait included. Raises
    ``NotNow``."""
    hold = gate.shown_first(now).get(touchpoint_id)
    if hold is None or not release_hold(hold.id, acting_user=acting_user, now=now):
        raise NotNow(_("Its messages go by themselves already."))
