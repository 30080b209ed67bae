"""From findings to one verdict: the first refusal or the longest hold wins, all reasons are kept."""

from datetime import datetime, timedelta

from tactful.gate.rules.case import Case
from tactful.gate.rules.codes import Code
from tactful.gate.rules.finding import Finding
from tactful.gate.rules.office import patience, task_at
from tactful.gate.rules.table import Plan, Row
from tactful.gate.types import Check, OnRelease, Reason, Verdict, VerdictKind
from tactful.touchpoints.types import MessageClass

_ROUNDS = 50  # each round moves to a later window; real rules meet after two or three
_MINUTE = timedelta(minutes=1)
_MILDEST_FIRST = list(OnRelease)
_CALENDAR = frozenset({Check.QUIET_HOURS, Check.FREQUENCY, Check.CHANNEL_RULES})
"""What only the calendar ends: no answer of a person makes room there. The same goes for an absence, of
which the client has told us until when."""
_NEVER_LEFT_OUT = frozenset({MessageClass.AWAITED, MessageClass.DEADLINE})
"""The client waits for it or is hurt without it: a person hears of it and calls, or writes."""
_OURS = frozenset({Code.TALK_CONVERSATION, Code.TALK_HANDOFF})
_MOST_TELLING = (
    Code.STANDING_EVERYTHING,
    Code.STANDING_CONTACT,
    Code.MOOD_COMPLAINT_OPEN,
    Code.TALK_QUESTION,
    Code.DEBT_PROMISE,
    Code.TALK_HANDOFF,
    Code.TALK_CONVERSATION,
)


def settle(case: Case, plan: Plan, found: list[Finding]) -> Verdict:
    """``found`` is not empty. A refusal stands on what was read, so an unread fact cannot change it."""
    for kind in (VerdictKind.REFUSE, VerdictKind.RETRY):
        for finding in found:
            if finding.kind is kind:
                at = None if kind is VerdictKind.REFUSE else task_at(case)
                reasons = _ordered(finding, found)
                owner = _owner(reasons)
                return Verdict(kind, reasons, owner_id=owner, task_at=at, counts_in_caps=plan.counts_in_caps)
    return _hold(case, plan, found)


def _hold(case: Case, plan: Plan, found: list[Finding]) -> Verdict:
    longest = found[0] if len(found) == 1 else max(found, key=_weight)
    ends_at, fits = _ends_at(case, plan, found)
    reasons = _ordered(longest, found)
    if _left_out(case, plan, found):
        reasons = (_no_room(case), *reasons)
        return Verdict(VerdictKind.REFUSE, reasons, counts_in_caps=plan.counts_in_caps)
    return Verdict(
        VerdictKind.HOLD,
        reasons if fits else (*reasons, _no_room(case)),
        until=ends_at,
        wake_on=tuple(dict.fromkeys(str(f.wake_on) for f in found if f.wake_on is not None)),
        on_release=_on_release(found) if fits else OnRelease.ASK,
        owner_id=_owner(reasons),
        task_at=None if fits and _ends_alone(found) else task_at(case),
        counts_in_caps=plan.counts_in_caps,
    )


def _weight(finding: Finding) -> tuple[bool, bool, float, int]:
    return *_length(finding), _telling(finding)


def _ends_alone(found: list[Finding]) -> bool:
    """Time alone ends it: where that is early enough, nobody need be asked."""
    return all(finding.until is not None and finding.wake_on is None for finding in found)


def _left_out(case: Case, plan: Plan, found: list[Finding]) -> bool:
    """The calendar leaves no moment before it is too late, whatever becomes of everything else: it is left
    out, and nobody is asked."""
    request = case.request
    if request.latest_at is None or not plan.automated or request.message_class in _NEVER_LEFT_OUT:
        return False
    if request.late_decided:
        return False  # whoever has said "send it" hears that it cannot go
    away = (found.until for found in found if found.reason.code == Code.STANDING_CONTACT_AWAY)
    back = max([case.now, *(until for until in away if until is not None)])
    calendar = tuple(row for row in plan.rows if row.check in _CALENDAR)
    return first_moment(case, calendar, back) > request.latest_at


def _length(finding: Finding) -> tuple[bool, bool, float]:
    """What a fact must end outlasts what time ends; without a date outlasts any date."""
    until = finding.until
    return finding.wake_on is not None, until is None, until.timestamp() if until else 0.0


def _telling(finding: Finding) -> int:
    """Where several holds are equally long, the one that says most about the client speaks first."""
    code = finding.reason.code
    if code == Code.LATE_GRACE:
        return -1  # it would not have gone in its time either
    return len(_MOST_TELLING) - _MOST_TELLING.index(code) if code in _MOST_TELLING else 0


def _ends_at(case: Case, plan: Plan, found: list[Finding]) -> tuple[datetime, bool]:
    """The end, and whether the message could still go then; never past its latest moment."""
    by_time = max([case.now, *(f.until for f in found if f.until is not None)])
    ends_at = first_moment(case, plan.timed, by_time)
    latest_at, fits = case.request.latest_at, True
    open_ended = [finding.reason.code for finding in found if finding.until is None]
    if open_ended:
        ends_at = max(ends_at, patience(case, only_we_talk=_OURS.issuperset(open_ended)))
    elif latest_at is not None:
        fits = ends_at <= latest_at
    if latest_at is not None:
        ends_at = min(ends_at, latest_at)
    return max(ends_at, case.now + _MINUTE), fits


def first_moment(case: Case, rows: tuple[Row, ...], after: datetime) -> datetime:
    """The first moment, ``after`` included, at which none of these checks waits for time.

    Each check moves forward only, to the first moment that it permits itself, so the moment at which
    all agree is the first one that there is.
    """
    for _ in range(_ROUNDS):
        moved = after
        for row in rows:
            if row.opens is not None:
                moved = row.opens(case, moved)
        if moved == after:
            break
        after = moved
    return after


def _on_release(found: list[Finding]) -> OnRelease:
    return max((finding.on_release for finding in found), key=_MILDEST_FIRST.index)


def _ordered(first: Finding, found: list[Finding]) -> tuple[Reason, ...]:
    return (first.reason, *(finding.reason for finding in found if finding is not first))


def _owner(reasons: tuple[Reason, ...]) -> int | None:
    """The one of the reason that decided; where it has none, the first that is known."""
    return next((reason.owner_id for reason in reasons if reason.owner_id is not None), None)


def _no_room(case: Case) -> Reason:
    latest_at = case.request.latest_at
    params: dict[str, str | int] = {"latest_at": latest_at.isoformat() if latest_at else ""}
    return Reason(Check.NOT_TOO_LATE, Code.LATE_NO_ROOM, params)
