"""Beginning and ending what keeps automation quiet. Each change bumps the contact's gate revision."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import DateTimeField, Value
from django.db.models.functions import Greatest

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
    "hold": "mood.noted",
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


def begin(talk: NewTalk, *, now: datetime, at: datetime | None = None, told: bool = True) -> bool:
    """Begin a spell unless it runs already. Answers whether it is new.

    ``at``: when it really began, if we learn of it later. ``told``: not False but for what was before our
    time, of which nobody shall hear as if it were news.
    """
    _spell, fresh = TalkSpell.objects.get_or_create(
        kind=talk.kind,
        ref=talk.ref,
        to_at=None,
        defaults={
            "contact_id": talk.contact_id,
            "conversation_id": talk.conversation_id,
            "owner_id": talk.owner_id,
            "due_at": talk.due_at,
            "from_at": at or now,
            "recorded_at": now,
        },
    )
    if fresh:
        bump_gate([talk.contact_id])
        data = {"kind": talk.kind, "ref": talk.ref, "conversation": talk.conversation_id}
        if told:
            record([NewFact(BEGINS[talk.kind], talk.contact_id, data)], now=now)
    return fresh


@dataclass(frozen=True, slots=True)
class Ended:
    """``kinds`` of this contact's; ``but``: the refs of those that go on. ``at``, ``told``: as for
    ``begin``."""

    contact_id: int
    kinds: Collection[str]
    but: Collection[int] = ()
    at: datetime | None = None
    told: bool = True


def end(contact_id: int, kinds: Collection[str], *, acting_user: int | None, now: datetime) -> list[str]:
    """End the running spells of these kinds. Answers with the kinds that ended."""
    return end_some(Ended(contact_id, kinds), acting_user=acting_user, now=now)


def end_some(which: Ended, *, acting_user: int | None, now: datetime) -> list[str]:
    """The same, more exactly."""
    contact_id = which.contact_id
    running = TalkSpell.objects.running().filter(contact_id=contact_id, kind__in=which.kinds)
    running = running.exclude(ref__in=which.but) if which.but else running
    ended = [(spell.kind, spell.ref, spell.conversation_id) for spell in running.select_for_update()]
    if not ended:
        return []
    ended_at = Greatest("from_at", Value(which.at or now, output_field=DateTimeField()))
    running.update(to_at=ended_at, end_recorded_at=now, ended_by=acting_user)
    bump_gate([contact_id])
    if not which.told:
        return [kind for kind, _ref, _conversation in ended]
    record(
        [
            NewFact(ENDS[kind], contact_id, {"kind": kind, "ref": ref, "conversation": conversation})
            for kind, ref, conversation in ended
            if kind in ENDS
        ],
        now=now,
    )
    return [kind for kind, _ref, _conversation in ended]
