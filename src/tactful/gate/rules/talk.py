"""Check 6: nobody from us is talking with the client, and no question waits for us."""

from tactful.gate.rules.case import Case
from tactful.gate.rules.codes import Code, Wake
from tactful.gate.rules.finding import NOTHING, Finding, Findings, unread
from tactful.gate.types import UNKNOWN, Check, OnRelease, Reason, TalkFact, VerdictKind

_KINDS = {
    "conversation": (Code.TALK_CONVERSATION, Wake.CONVERSATION_CLOSED),
    "question": (Code.TALK_QUESTION, Wake.QUESTION_ANSWERED),
    "handoff": (Code.TALK_HANDOFF, Wake.HANDOFF_RETURNED),
}
_OTHER = (Code.TALK_OTHER, Wake.CONVERSATION_CLOSED)


def find(case: Case) -> Findings:
    talks = case.facts.talks
    if talks is UNKNOWN:
        return (unread(Check.NOBODY_TALKING, Code.UNKNOWN_TALKS),)
    return tuple(_hold(talk) for talk in talks) if talks else NOTHING


def _hold(talk: TalkFact) -> Finding:
    code, wake_on = _KINDS.get(talk.kind, _OTHER)
    params: dict[str, str | int] = {"since": talk.since.isoformat(), "ref": talk.ref}
    reason = Reason(Check.NOBODY_TALKING, code, params, talk.owner_id)
    return Finding(VerdictKind.HOLD, reason, None, wake_on, OnRelease.RECOMPUTE)
