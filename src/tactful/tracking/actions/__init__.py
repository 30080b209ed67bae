"""Every write of tracking: one named action each."""

from .attributes import (
    NewProperty,
    PropertyTrouble,
    declare_attribute,
    define_property,
    describe_attribute,
    remove_property,
)
from .computing import count_new
from .receiving import SECONDS, Arrived, store
from .sources import NewKey, SourceError, add_source, key_hash, open_sources, revoke_source
from .taking_in import forget_seen, take_calls, take_in

__all__ = [
    "SECONDS",
    "Arrived",
    "NewKey",
    "NewProperty",
    "PropertyTrouble",
    "SourceError",
    "add_source",
    "count_new",
    "declare_attribute",
    "define_property",
    "describe_attribute",
    "forget_seen",
    "key_hash",
    "open_sources",
    "remove_property",
    "revoke_source",
    "store",
    "take_calls",
    "take_in",
]
