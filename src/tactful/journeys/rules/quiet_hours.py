"""The quiet hours of one client, as far as a step before a date must know them: the gate's own rules."""

from dataclasses import dataclass
from datetime import datetime

from tactful.gate.rules.pull_forward import pull_forward
from tactful.gate.rules.quiet import rule_at
from tactful.gate.types import GateSettings, PlaceFact
from tactful.kernel.windows import next_permitted


@dataclass(frozen=True, slots=True)
class QuietHours:
    """``rules.calendar.Quiet``."""

    place: PlaceFact
    settings: GateSettings

    def pull_forward(self, due: datetime, before: datetime) -> datetime:
        opens = next_permitted(due, self.place.zones, rule_at(self.place, self.settings))
        if opens is not None and opens < before:
            return due
        return pull_forward(due, None, self.place, self.settings)
