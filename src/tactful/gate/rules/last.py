"""What stops a message that everything else would let go: the trial week, and a person who looks first.

Asked last on purpose. What either of them holds would have left at this very moment, so that a list of it is
a list of what would have gone, and everything else keeps its own reason and its own end.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from tactful.gate.rules.case import Case, place_of
from tactful.gate.rules.codes import Code, Wake
from tactful.gate.rules.finding import Finding
from tactful.gate.rules.office import task_at
from tactful.gate.rules.orders import FIRST, TRIAL
from tactful.gate.rules.pull_forward import pull_forward
from tactful.gate.rules.settle import settle
from tactful.gate.rules.standing import runs
from tactful.gate.rules.table import Plan
from tactful.gate.types import (
    UNKNOWN,
    Author,
    Check,
    GateRequest,
    OnRelease,
    Reason,
    StandingHoldFact,
    Verdict,
    VerdictKind,
)
from tactful.touchpoints.types import MessageClass

GOES_AT: Final = "goes_at"
"""In the reason: when it goes although nobody has looked, ISO 8601."""
_LAST_HOUR = timedelta(hours=1)
"""So much is left for sending, and for a second try."""
_NEVER_BY_ITSELF = timedelta(days=365)
"""Time alone must not let go what the trial held: its end is a fact, after which each is thought over."""


def find(case: Case, plan: Plan) -> Verdict | None:
    """None: nothing is in the way."""
    holds = case.facts.standing
    if holds is UNKNOWN or not holds:
        return None
    for hold in holds:
        if hold.topic == TRIAL and runs(hold, case.now):
            return _rehearsed(hold, case, plan)
    for hold in holds:
        if hold.topic == FIRST and runs(hold, case.now) and _to_be_seen(case.request):
            return _shown_first(hold, case, plan)
    return None


def _shown_first(hold: StandingHoldFact, case: Case, plan: Plan) -> Verdict | None:
    """A look is a courtesy, and no deadline is lost to it: a person is asked four working hours before, and
    if nobody has said no by then it goes. Of any other date a person hears when it is too late, and calls."""
    goes_at = _goes_unseen_at(case)
    if goes_at is not None and case.now >= goes_at:
        return None
    reason = _reason(hold, Code.STANDING_FIRST)
    if goes_at is not None:
        reason = replace(reason, params={**reason.params, GOES_AT: goes_at.isoformat()})
    verdict = settle(case, plan, [Finding(VerdictKind.HOLD, reason, None, Wake.HOLD_RELEASED)])
    if goes_at is None or verdict.until is None:
        return verdict
    return verdict._replace(until=min(verdict.until, goes_at))


def _goes_unseen_at(case: Case) -> datetime | None:
    """The last good hour of what hurts the client if it is missed; None for all else."""
    request, place = case.request, place_of(case.facts)
    if request.message_class is not MessageClass.DEADLINE or request.latest_at is None:
        return None
    last, settings = request.latest_at, case.settings
    if place is not None:
        last = pull_forward(last, last, place, settings, request.channel)
    return last - _LAST_HOUR


def _rehearsed(hold: StandingHoldFact, case: Case, plan: Plan) -> Verdict:
    """Nobody is asked, for whatever it is, people do it themselves this week; but of a date that would hurt
    the client they hear in time."""
    request = case.request
    until = case.now + _NEVER_BY_ITSELF
    return Verdict(
        VerdictKind.HOLD,
        (_reason(hold, Code.STANDING_TRIAL),),
        until=min(until, request.latest_at) if request.latest_at else until,
        wake_on=(str(Wake.HOLD_RELEASED),),
        on_release=_after_trial(case),
        owner_id=hold.owner_id,
        task_at=task_at(case) if request.message_class is MessageClass.DEADLINE else None,
        counts_in_caps=plan.counts_in_caps,
    )


def _reason(hold: StandingHoldFact, code: Code) -> Reason:
    return Reason(Check.NOBODY_TALKING, code, {"ref": hold.ref}, hold.owner_id)


def _to_be_seen(request: GateRequest) -> bool:
    """What a person sends in bulk has been written and looked at by a person."""
    return request.author is Author.AUTOMATION and not request.seen


def _after_trial(case: Case) -> OnRelease:
    """When the trial is over, nothing old goes out: a message is thought over only if it names a fact that
    must still be true, or a date before which it makes sense. All others have had their moment, and so has
    what a client waited for, who was answered by a person or not at all."""
    request, condition = case.request, case.facts.condition
    names_fact = condition is not UNKNOWN and condition.code != ""
    if request.author is not Author.AUTOMATION or request.message_class is MessageClass.AWAITED:
        return OnRelease.SKIP
    return OnRelease.RECOMPUTE if names_fact or request.latest_at is not None else OnRelease.SKIP
