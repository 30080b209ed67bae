"""What every check looks at."""

from datetime import datetime
from typing import NamedTuple

from tactful.gate.types import UNKNOWN, Facts, GateRequest, GateSettings, PlaceFact
from tactful.kernel.zones import all_known


class Case(NamedTuple):
    """One message, what is known about it, the house's rules and the moment (UTC)."""

    request: GateRequest
    facts: Facts
    settings: GateSettings
    now: datetime


def place_of(facts: Facts) -> PlaceFact | None:
    """Where the client lives; None if that could not be read, or names no zone that exists."""
    place = facts.place
    if place is UNKNOWN or not all_known(place.zones):
        return None
    return place
