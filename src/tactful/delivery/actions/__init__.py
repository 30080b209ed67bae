"""What happens around the outbox: messages come in, are stopped, released and decided about."""

from tactful.delivery.actions.news import apply_delivery_event
from tactful.delivery.actions.outbox import cancel, cancel_cause, enqueue, release, wake
from tactful.delivery.actions.pauses import confirm_sending, pause, pause_everything, resume, resume_account
from tactful.delivery.actions.people import approve_and_send, decide_late, decide_unknown, stop_message

__all__ = [
    "apply_delivery_event",
    "approve_and_send",
    "cancel",
    "cancel_cause",
    "confirm_sending",
    "decide_late",
    "decide_unknown",
    "enqueue",
    "pause",
    "pause_everything",
    "release",
    "resume",
    "resume_account",
    "stop_message",
    "wake",
]
