"""Every write of connectors: one named action each."""

from .connecting import (
    ConnectionTrouble,
    connect,
    disconnect,
    has_secret,
    set_check,
    set_mapping,
    set_secret,
    switch_on,
    try_again,
)
from .receiving import MOST_BYTES, Verdict, receive
from .taking import erase, forget_deliveries, take_deliveries

__all__ = [
    "MOST_BYTES",
    "ConnectionTrouble",
    "Verdict",
    "connect",
    "disconnect",
    "erase",
    "forget_deliveries",
    "has_secret",
    "receive",
    "set_check",
    "set_mapping",
    "set_secret",
    "switch_on",
    "take_deliveries",
    "try_again",
]
