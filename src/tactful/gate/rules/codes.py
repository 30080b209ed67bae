"""Every reason that the gate can give, and every fact that ends a hold. Sentences: gate/sentences.py."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Code(StrEnum):
    """Stored with the message as text: a code may be added, never renamed."""

    LINE_JUDGEMENT = "line.judgement"
    LINE_UNDECIDED = "line.undecided"
    ADDRESS_MISSING = "address.missing"
    ADDRESS_BOUNCED = "address.bounced"
    ADDRESS_SUPPRESSED = "address.suppressed"
    ADDRESS_CHANNEL_OFF = "address.channel_off"
    ADDRESS_PROVIDER_DOWN = "address.provider_down"
    BASIS_NONE = "basis.none"
    BASIS_NOT_FOR_MARKETING = "basis.not_for_marketing"
    BASIS_OBJECTED = "basis.objected"
    BASIS_WITHDRAWN = "basis.withdrawn"
    BASIS_RESTRICTED = "basis.restricted"
    CONDITION_NOT_TRUE = "condition.not_true"
    CONDITION_CANCELLED = "condition.cancelled"
    CONDITION_MOVED = "condition.moved"
    CONDITION_PAID = "condition.paid"
    CONDITION_DELIVERED = "condition.delivered"
    CONDITION_NOTHING_MISSING = "condition.nothing_missing"
    LATE_LATEST = "late.latest"
    LATE_GRACE = "late.grace"
    LATE_NO_ROOM = "late.no_room"
    TALK_CONVERSATION = "talk.conversation"
    TALK_QUESTION = "talk.question"
    TALK_HANDOFF = "talk.handoff"
    TALK_OTHER = "talk.other"
    TALK_UNREAD = "talk.unread"
    STANDING_EVERYTHING = "standing.everything"
    STANDING_CONTACT = "standing.contact"
    STANDING_CONTACT_NEWS = "standing.contact_news"
    STANDING_CONTACT_OPTIONAL = "standing.contact_optional"
    STANDING_CONTACT_AWAY = "standing.contact_away"
    STANDING_HOUSEHOLD = "standing.household"
    STANDING_ENGAGEMENT = "standing.engagement"
    STANDING_TOPIC = "standing.topic"
    STANDING_OTHER = "standing.other"
    STANDING_TRIAL = "standing.trial"
    STANDING_FIRST = "standing.first"
    DEBT_ANSWER = "debt.answer"
    DEBT_PROMISE = "debt.promise"
    DEBT_DELIVERABLE = "debt.deliverable"
    DEBT_OTHER = "debt.other"
    MOOD_COMPLAINT_OPEN = "mood.complaint_open"
    MOOD_COMPLAINT = "mood.complaint"
    MOOD_NEGATIVE = "mood.negative"
    MOOD_SENSITIVE = "mood.sensitive"
    MOOD_HOLD = "mood.hold"
    QUIET_NIGHT = "quiet.night"
    QUIET_WEEKEND = "quiet.weekend"
    QUIET_HOLIDAY = "quiet.holiday"
    QUIET_CLOSED = "quiet.closed"
    QUIET_ALWAYS = "quiet.always"
    CAP_CONTACT_DAY = "cap.contact_day"
    CAP_CONTACT_WEEK = "cap.contact_week"
    CAP_HOUSEHOLD_DAY = "cap.household_day"
    CAP_COMPANY_DAY = "cap.company_day"
    CHANNEL_WINDOW = "channel.window"
    CHANNEL_NO_OPT_IN = "channel.no_opt_in"
    CHANNEL_AUTO_REPLY = "channel.auto_reply"
    CHANNEL_SMS_HOURS = "channel.sms_hours"
    SENSITIVE_BEREAVED = "sensitive.bereaved"
    SENSITIVE_OCCASION = "sensitive.occasion"
    UNKNOWN_ADDRESS = "unknown.address"
    UNKNOWN_BASIS = "unknown.basis"
    UNKNOWN_CONDITION = "unknown.condition"
    UNKNOWN_TALKS = "unknown.talks"
    UNKNOWN_DEBTS = "unknown.debts"
    UNKNOWN_MOODS = "unknown.moods"
    UNKNOWN_PLACE = "unknown.place"
    UNKNOWN_CAPS = "unknown.caps"
    UNKNOWN_CHANNEL = "unknown.channel"
    UNKNOWN_SENSITIVE = "unknown.sensitive"
    UNKNOWN_STANDING = "unknown.standing"


TOO_LATE = frozenset({Code.LATE_LATEST.value, Code.LATE_NO_ROOM.value})
"""Refusals after which a message counts as expired: its time is over, or no moment of it is left."""


NOTHING_OF_THE_CLIENT: Final = frozenset(
    {
        Code.LATE_GRACE,
        Code.ADDRESS_PROVIDER_DOWN,
        Code.TALK_UNREAD,
        Code.QUIET_NIGHT,
        Code.QUIET_WEEKEND,
        Code.QUIET_HOLIDAY,
        Code.QUIET_CLOSED,
        Code.CAP_CONTACT_DAY,
        Code.CAP_CONTACT_WEEK,
        Code.CAP_HOUSEHOLD_DAY,
        Code.CAP_COMPANY_DAY,
        Code.CHANNEL_SMS_HOURS,
    }
)
"""What may stand beside a moment that was missed while nothing could be sent: it passes with the hour, or is
of that very outage. Whatever else stands there holds the message by itself, and would have in time."""


class Wake(StrEnum):
    """Facts after which a held message asks the gate again."""

    PROVIDER_UP = "provider.up"
    MESSAGE_DECIDED = "message.decided"  # a person has decided on a message past its grace
    CONVERSATION_CLOSED = "conversation.closed"
    QUESTION_ANSWERED = "question.answered"
    HANDOFF_RETURNED = "handoff.returned"
    HOLD_RELEASED = "hold.released"
    PROMISE_KEPT = "promise.kept"
    DEBT_SETTLED = "debt.settled"  # any other debt
    COMPLAINT_CLOSED = "complaint.closed"
    SETTINGS_CHANGED = "settings.changed"


ENDED_BY: Final[Mapping[str, Wake]] = {
    Code.ADDRESS_PROVIDER_DOWN: Wake.PROVIDER_UP,
    Code.TALK_CONVERSATION: Wake.CONVERSATION_CLOSED,
    Code.TALK_QUESTION: Wake.QUESTION_ANSWERED,
    Code.TALK_HANDOFF: Wake.HANDOFF_RETURNED,
    Code.TALK_OTHER: Wake.CONVERSATION_CLOSED,
    Code.DEBT_ANSWER: Wake.QUESTION_ANSWERED,
    Code.DEBT_PROMISE: Wake.PROMISE_KEPT,
    Code.DEBT_DELIVERABLE: Wake.DEBT_SETTLED,
    Code.DEBT_OTHER: Wake.DEBT_SETTLED,
    Code.MOOD_COMPLAINT_OPEN: Wake.COMPLAINT_CLOSED,
    **{code: Wake.HOLD_RELEASED for code in Code if code.startswith("standing.")},
}
"""The fact that ends what keeps a message back, where a fact does."""
