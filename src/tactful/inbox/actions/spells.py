"""Beginning and ending what keeps automation quiet. Each change bumps the contact's gate revision."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from tactful.contacts.actions import bump_gate
from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.inbox.models import TalkSpell

BEGINS = {
    "conversation": "conversation.opened",
    "question": "question.asked",
    "handoff": "handoff.taken",
    "complaint": "complaint.opened",
    "negative": "mood.noted",
    "sensitive": "mood.noted",
    "promise": "promise.made",
}
ENDS = {
    "conversation": "conversation.closed",
    "question": "question.answered",
    "handoff": "handoff.returned",
    "complaint": "complaint.closed",
    "promise": "promise.kept",
}


@dataclass(frozen=True, slots=True)
class NewTalk:
    contact_id: int
    kind: str
    ref: int
    conversation_id: int | None = None
    owner_id: int | None = None
    due_at: datetime | None = None
    ends_at: datetime | None = None  # a mood fades by itself; the gate decides after how many days


def begin(talk: NewTalk, *, now: datetime) -> bool:
    """Begin a spell unless it runs already. Answers whether it is new."""
    _spell, fresh = TalkSpell.objects.get_or_create(
        kind=talk.kind,
        ref=talk.ref,
        to_at=None,
        defaults={
            "contact_id": talk.contact_id,
            "conversation_id": talk.conversation_id,
            "owner_id": talk.owner_id,
            "due_at": talk.due_at,
            "from_at": now,
            "recorded_at": now,
        },
    )
    if fresh:
        bump_gate([talk.contact_id])
        data = {"kind": talk.kind, "ref": talk.ref, "conversation": talk.conversation_id}
        record([NewFact(BEGINS[talk.kind], talk.contact_id, data)], now=now)
    return fresh


def end(contact_id: int, kinds: Collection[str], *, acting_user: int | None, now: datetime) -> list[str]:
    """End the running spells of these kinds. Answers with the kinds that ended."""
    running = TalkSpell.objects.running().filter(contact_id=contact_id, kind__in=kinds)
    ended = [(spell.kind, spell.ref, spell.conversation_id) for spell in running.select_for_update()]
    if not ended:
        return []
    running.update(to_at=now, end_recorded_at=now, ended_by=acting_user)
    bump_gate([contact_id])
    record(
        [
            NewFact(ENDS[kind], contact_id, {"kind": kind, "ref": ref, "conversation": conversation})
            for kind, ref, conversation in ended
            if kind in ENDS
        ],
        now=now,
    )
    return [kind for kind, _ref, _conversation in ended]
