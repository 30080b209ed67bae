"""A stretch of the past with the moments at which we learned of its beginning and of its end."""

from datetime import datetime
from typing import NamedTuple


class Span(NamedTuple):
    """A row of ``foundation.Spell`` in memory. ``to_at`` None: it has no end. All moments are aware."""

    from_at: datetime
    to_at: datetime | None
    recorded_at: datetime
    end_recorded_at: datetime | None

    def held(self, at: datetime, known_by: datetime) -> bool:
        """Whether it was in force at ``at``, by what had been recorded by ``known_by``.

        An end that was recorded later was not known then: it still ran (``foundation.SpellQuery.at``).
        """
        from_at, to_at, recorded_at, end_recorded_at = self
        if from_at > at or recorded_at > known_by:
            return False
        return to_at is None or to_at > at or (end_recorded_at is not None and end_recorded_at > known_by)

    def turns(self) -> tuple[datetime, ...]:
        """The moments from which ``held(at, at)`` answers otherwise than just before."""
        begins = max(self.from_at, self.recorded_at)
        if self.to_at is None:
            return (begins,)
        return begins, max(self.to_at, self.end_recorded_at or self.to_at)

    def covered(self, at: datetime) -> bool:
        """Whether it was in force at ``at``, by all that we know today."""
        return self.from_at <= at and (self.to_at is None or self.to_at > at)


def always(since: datetime) -> Span:
    """Known from the start and without an end."""
    return Span(since, None, since, None)
