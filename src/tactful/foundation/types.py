"""The business as every floor may see it."""

from dataclasses import dataclass, field
from typing import Any, Final

HEALTH: Final = "health"


@dataclass(frozen=True, slots=True)
class Brand:
    """How the house looks and speaks. ``accent``: ``#rrggbb``, readable on white; empty is ours. ``logo``:
    its name in the file store, with ``logo_kind`` png or jpg. ``signature``: lines under every mail.
    ``tone``: what people who write are reminded of. ``sender``: the name that mails come from."""

    accent: str = ""
    logo: str = ""
    logo_kind: str = ""
    signature: str = ""
    tone: str = ""
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Business:
    """``gate`` holds the house's own numbers for quiet hours and caps, by their setting's name. ``assessed``:
    the day on which an owner took up the assessment of consequences (GDPR 35), or ""."""

    name: str
    address: str
    phone: str
    language: str
    time_zone: str
    country: str
    subdivision: str
    trade: str
    gate: dict[str, Any]
    brand: Brand = field(default_factory=Brand)
    assessed: str = ""


def keeps_no_topics(trade: str) -> bool:
    """Whether neither the topic nor the sentiment of what clients write may be kept: where they write about
    their health (GDPR 9). Then it is hold or no hold, and nothing more."""
    return trade == HEALTH


def lacks_assessment(house: Business) -> bool:
    """Whether nothing may begin to be sent yet: of a sensitive trade, the assessment comes first (R91)."""
    return keeps_no_topics(house.trade) and not house.assessed
