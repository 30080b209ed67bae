"""The quiet hours of clients as they are now."""

from collections.abc import Collection
from datetime import datetime

from tactful.contacts import queries as contacts
from tactful.gate.types import PlaceFact
from tactful.journeys.rules.quiet_hours import QuietHours
from tactful.wiring.gate_facts import gate_settings


def quiet_hours(contact_ids: Collection[int], now: datetime) -> dict[int, QuietHours]:
    """Those of each contact that exists."""
    rules = gate_settings(now)
    return {
        ident: QuietHours(PlaceFact(place.zones, place.country, place.subdivision), rules)
        for ident, place in contacts.place_facts(contact_ids).items()
    }
