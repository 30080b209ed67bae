"""Check 5: the latest moment, and the grace after a time in which nothing could be sent."""

from tactful.gate.rules.case import Case
from tactful.gate.rules.codes import Code, Wake
from tactful.gate.rules.finding import NOTHING, Finding, Findings, refuse
from tactful.gate.types import Check, OnRelease, Reason, VerdictKind


def find(case: Case) -> Findings:
    request, now = case.request, case.now
    if request.latest_at is not None and now > request.latest_at:
        return (refuse(Check.NOT_TOO_LATE, Code.LATE_LATEST, {"latest_at": request.latest_at.isoformat()}),)
    late_s = (now - request.due_at).total_seconds()
    if request.late_decided or late_s <= case.settings.grace_minutes * 60:
        return NOTHING
    params: dict[str, str | int] = {"due_at": request.due_at.isoformat(), "minutes": int(late_s // 60)}
    reason = Reason(Check.NOT_TOO_LATE, Code.LATE_GRACE, params)
    return (Finding(VerdictKind.HOLD, reason, None, Wake.MESSAGE_DECIDED, OnRelease.ASK),)
