"""Every write of calendars: one named action each."""

from .applying import AHEAD, BELIEVED, Found, apply, believe, forget_past, tie
from .feeds import (
    CalendarTrouble,
    NewFeed,
    add_feed,
    address_of,
    claim_due,
    note_failure,
    note_unchanged,
    password_of,
    read_soon,
    stop_feed,
)

__all__ = [
    "AHEAD",
    "BELIEVED",
    "CalendarTrouble",
    "Found",
    "NewFeed",
    "add_feed",
    "address_of",
    "apply",
    "believe",
    "claim_due",
    "forget_past",
    "note_failure",
    "note_unchanged",
    "password_of",
    "read_soon",
    "stop_feed",
    "tie",
]
