"""Check 6: nobody from us is talking with the client, and no question waits for us."""

from collections.abc import Sequence
from datetime import timedelta

from tactful.gate.rules.case import Case
from tactful.gate.rules.codes import ENDED_BY, Code
from tactful.gate.rules.finding import NOTHING, Finding, Findings, unread
from tactful.gate.types import UNKNOWN, Check, OnRelease, Reason, TalkFact, VerdictKind
from tactful.touchpoints.types import MessageClass

_KINDS = {
    "conversation": Code.TALK_CONVERSATION,
    "question": Code.TALK_QUESTION,
    "handoff": Code.TALK_HANDOFF,
}
UNREAD = "unread"
"""No talk, but all that we cannot know of: the firm's mailbox could not be read since then."""
LOOK_AGAIN = timedelta(minutes=15)
_CHASES = frozenset({MessageClass.RELATIONSHIP, MessageClass.MARKETING})


def find(case: Case) -> Findings:
    talks = case.facts.talks
    if talks is UNKNOWN:
        return (unread(Check.NOBODY_TALKING, Code.UNKNOWN_TALKS),)
    return (
        tuple(_hold(talk) for talk in talks if talk.kind != UNREAD) + _deaf(case, talks) if talks else NOTHING
    )


def _deaf(case: Case, talks: Sequence[TalkFact]) -> Findings:
    """What may be answered already, in a mailbox that cannot be read, is not asked once more. What speaks of
    a date goes all the same: the date does not wait."""
    if case.request.message_class not in _CHASES:
        return NOTHING
    since = next((talk.since for talk in talks if talk.kind == UNREAD), None)
    if since is None:
        return NOTHING
    reason = Reason(Check.NOBODY_TALKING, Code.TALK_UNREAD, {"since": since.isoformat()})
    return (Finding(VerdictKind.HOLD, reason, case.now + LOOK_AGAIN, None, OnRelease.RECOMPUTE),)


def _hold(talk: TalkFact) -> Finding:
    code = _KINDS.get(talk.kind, Code.TALK_OTHER)
    params: dict[str, str | int] = {"since": talk.since.isoformat(), "ref": talk.ref}
    reason = Reason(Check.NOBODY_TALKING, code, params, talk.owner_id)
    return Finding(VerdictKind.HOLD, reason, None, ENDED_BY[code], OnRelease.RECOMPUTE)
