"""Every write to the outbox: one named action each, atomic, with its fact and a person's audit row."""

from .late import Late, decide_late_ones
from .news import apply_delivery_event
from .outbox import cancel, cancel_cause, cancel_visits, enqueue, release
from .pauses import confirm_sending, pause, pause_everything, resume, resume_account
from .people import NothingToDecide, Words, approve_and_send, decide_late, decide_unknown, stop_message
from .restored import NothingRestored, Since, confirm_restored, settle_departed
from .trust import Judgement, judge_rehearsed, let_go_first, unjudge_rehearsed

__all__ = [
    "Judgement",
    "Late",
    "NothingRestored",
    "NothingToDecide",
    "Since",
    "Words",
    "apply_delivery_event",
    "approve_and_send",
    "cancel",
    "cancel_cause",
    "cancel_visits",
    "confirm_restored",
    "confirm_sending",
    "decide_late",
    "decide_late_ones",
    "decide_unknown",
    "enqueue",
    "judge_rehearsed",
    "let_go_first",
    "pause",
    "pause_everything",
    "release",
    "resume",
    "resume_account",
    "settle_departed",
    "stop_message",
    "unjudge_rehearsed",
]
