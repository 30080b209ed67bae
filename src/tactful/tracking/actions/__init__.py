"""Every write of tracking: one named action each."""

from .attributes import (
    NewProperty,
    PropertyTrouble,
    declare_attribute,
    define_property,
    describe_attribute,
    remove_property,
)
from .computing import count_anew, count_new
from .receiving import SECONDS, Arrived, keep_calls, store
from .sources import NewKey, SourceError, add_inner_source, add_source, open_sources, revoke_source, source_of
from .taking_in import forget_seen, take_calls, take_in

__all__ = [
    "SECONDS",
    "Arrived",
    "NewKey",
    "NewProperty",
    "PropertyTrouble",
    "SourceError",
    "add_inner_source",
    "add_source",
    "count_anew",
    "count_new",
    "declare_attribute",
    "define_property",
    "describe_attribute",
    "forget_seen",
    "keep_calls",
    "open_sources",
    "remove_property",
    "revoke_source",
    "source_of",
    "store",
    "take_calls",
    "take_in",
]
