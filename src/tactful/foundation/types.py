"""The business as every floor may see it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Business:
    """``gate`` holds the house's own numbers for quiet hours and caps, by their setting's name."""

    name: str
    address: str
    phone: str
    language: str
    time_zone: str
    country: str
    subdivision: str
    trade: str
    gate: dict[str, Any]
