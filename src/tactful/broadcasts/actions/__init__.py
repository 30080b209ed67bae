"""Every write to a broadcast: one named action each, atomic, with its fact and a person's audit row."""

from .blocks import open_blocks, take_blocks
from .drafting import create, edit, take_back
from .feeding import begin_due, feed_next, finish_done
from .going import House, approve, ask_approval, send
from .running import Stopped, cancel, pause, resume

__all__ = [
    "House",
    "Stopped",
    "approve",
    "ask_approval",
    "begin_due",
    "cancel",
    "create",
    "edit",
    "feed_next",
    "finish_done",
    "open_blocks",
    "pause",
    "resume",
    "send",
    "take_back",
    "take_blocks",
]
