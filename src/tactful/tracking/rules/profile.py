"""What a client's profile says, from what was said of each of their user ids. Last write wins."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from tactful.contacts.rules.names import PersonName, read_name
from tactful.tracking.types import Clock

from .traits import FAMILY, GIVEN, NAME


class Trait(NamedTuple):
    """``value`` None: it was taken away."""

    user: str
    key: str
    value: Any
    clock: Clock


def latest(traits: Iterable[Trait]) -> dict[str, Any]:
    """The last value of each key, over all user ids of one client."""
    last: dict[str, Trait] = {}
    for trait in traits:
        known = last.get(trait.key)
        if known is None or (known.clock, known.user) < (trait.clock, trait.user):
            last[trait.key] = trait
    return {key: last[key].value for key in sorted(last) if last[key].value not in (None, "")}


def name_of(values: Mapping[str, Any], otherwise: str) -> PersonName:
    """The person's name from the traits; ``otherwise``: what to call somebody whose name nobody has said."""
    parts = str(values.get(GIVEN, "")), str(values.get(FAMILY, ""))
    name = read_name(str(values.get(NAME, "")), *parts)
    return name if name.full else PersonName(otherwise[:200])


def changes(wanted: Mapping[str, Any], held: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, Any]:
    """Keys to write, with None for those to take away.

    ``held``: what the contact has. ``written``: what we have written there. What somebody else has written
    stays: a person's word, and that of an imported list, stands.
    """
    found: dict[str, Any] = {}
    for key in sorted(wanted.keys() | written.keys()):
        value, now = wanted.get(key), held.get(key)
        ours = now in (None, "") or (key in written and now == written[key])
        if ours and now != value and not (value is None and now in (None, "")):
            found[key] = value
    return found
