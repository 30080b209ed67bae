"""The quiet hours of each client, as far as a step before a date must know them: the gate's own rules."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from tactful.contacts import queries as contacts
from tactful.gate.rules.pull_forward import pull_forward
from tactful.gate.rules.quiet import rule_at
from tactful.gate.types import GateSettings, PlaceFact
from tactful.kernel.windows import next_permitted
from tactful.wiring.gate_facts import gate_settings


@dataclass(frozen=True, slots=True)
class QuietHours:
    """``journeys.rules.calendar.Quiet``."""

    place: PlaceFact
    settings: GateSettings

    def pull_forward(self, due: datetime, before: datetime) -> datetime:
        opens = next_permitted(due, self.place.zones, rule_at(self.place, self.settings))
        if opens is not None and opens < before:
            return due
        return pull_forward(due, None, self.place, self.settings)


def quiet_hours(contact_ids: Collection[int], now: datetime) -> dict[int, QuietHours]:
    """Those of each contact that exists."""
    rules = gate_settings(now)
    return {
        ident: QuietHours(PlaceFact(place.zones, place.country, place.subdivision), rules)
        for ident, place in contacts.place_facts(contact_ids).items()
    }
