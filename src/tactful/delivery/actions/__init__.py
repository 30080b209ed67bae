"""What happens around the outbox: messages come in, are stopped, released and decided about."""

from tactful.delivery.actions.news import apply_delivery_event
from tactful.delivery.actions.outbox import (
    cancel_cause,
    cancel_contacts,
    cancel_visits,
    enqueue,
    wake,
)
from tactful.delivery.actions.pauses import confirm_sending, pause, pause_everything, resume, resume_account
from tactful.delivery.actions.people import decide_late, decide_unknown, send_own_words, stop_message

__all__ = [
    "apply_delivery_event",
    "cancel_cause",
    "cancel_contacts",
    "cancel_visits",
    "confirm_sending",
    "decide_late",
    "decide_unknown",
    "enqueue",
    "pause",
    "pause_everything",
    "resume",
    "resume_account",
    "send_own_words",
    "stop_message",
    "wake",
]
