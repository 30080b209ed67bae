"""What other programs and clients have told of lately: offered where else a name would have to be typed."""

from dataclasses import dataclass
from functools import cached_property

from tactful.events.types import MARK
from tactful.journeys.rules.dates import ATTRIBUTE, DATED
from tactful.segments import queries
from tactful.tracking.rules.names import ASIDE, is_ours


@dataclass(frozen=True)
class Traffic:
    """Each part is read when a form asks for it. ``hears``: the events of the journey at hand."""

    hears: tuple[str, ...] = ()

    @cached_property
    def events(self) -> tuple[str, ...]:
        """Of others; what this house tells of itself is offered in words of its own, or not at all."""
        return tuple(name for name in self._names if name.startswith(ASIDE) or not is_ours(name))

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """What stands in the events that the journey hears."""
        return tuple(name for name in queries.property_names(list(self.hears)) if name != MARK)

    @cached_property
    def dates(self) -> tuple[str, ...]:
        """As a journey names them: those of objects, and days that are kept about clients."""
        told = [name for name in self._names if name.endswith(f".{DATED}")]
        found = [f"{name.removesuffix(DATED)}{key}" for name, key in queries.date_names(told)]
        return (*found, *(ATTRIBUTE + name for name in queries.attributes_with_days()))

    @cached_property
    def forms(self) -> tuple[str, ...]:
        return tuple(queries.form_names())

    @cached_property
    def _names(self) -> list[str]:
        return queries.event_names()
