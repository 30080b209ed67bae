"""Check 8: no open complaint, no negative or sensitive word in the last days (elapsed time)."""

from datetime import datetime, timedelta

from tactful.gate.rules.case import Case
from tactful.gate.rules.codes import ENDED_BY, Code
from tactful.gate.rules.finding import NOTHING, Finding, Findings, unread
from tactful.gate.types import UNKNOWN, Check, MoodFact, OnRelease, Reason, VerdictKind

_KINDS = {"complaint": Code.MOOD_COMPLAINT, "negative": Code.MOOD_NEGATIVE, "hold": Code.MOOD_HOLD}


def find(case: Case) -> Findings:
    moods = case.facts.moods
    if moods is UNKNOWN:
        return (unread(Check.MOOD, Code.UNKNOWN_MOODS),)
    if not moods:
        return NOTHING
    return tuple(_hold(case, mood) for mood in moods if mood.open or case.now < _fades_at(case, mood))


def opens(case: Case, after: datetime) -> datetime:
    moods = case.facts.moods
    if moods is UNKNOWN:
        return after
    return max([after, *(_fades_at(case, mood) for mood in moods if not mood.open)])


def _hold(case: Case, mood: MoodFact) -> Finding:
    code = Code.MOOD_COMPLAINT_OPEN if mood.open else _KINDS.get(mood.kind, Code.MOOD_SENSITIVE)
    reason = Reason(Check.MOOD, code, {"at": mood.at.isoformat(), "ref": mood.ref}, mood.owner_id)
    if mood.open:
        return Finding(VerdictKind.HOLD, reason, None, ENDED_BY[code], OnRelease.RECOMPUTE)
    return Finding(VerdictKind.HOLD, reason, _fades_at(case, mood), None, OnRelease.SEND)


def _fades_at(case: Case, mood: MoodFact) -> datetime:
    return mood.at + timedelta(days=case.settings.mood_days)
