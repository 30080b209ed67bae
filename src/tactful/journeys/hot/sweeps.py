"""How far journeys that begin by the calendar have looked for their clients. One small row for each."""

from dataclasses import dataclass
from datetime import date

from tactful.journeys.models import JourneySweep


@dataclass(frozen=True, slots=True)
class Stretch:
    """Clients with an id after ``after``, for beginnings on the local day ``day``."""

    day: date
    after: int


def unfinished(journey_id: int, version_id: int, first: date, last: date) -> Stretch | None:
    """What is to be looked through next, between the days ``first`` and ``last``; None if all is done."""
    row = JourneySweep.objects.select_for_update().filter(journey_id=journey_id).first()
    if row is None or row.version_id != version_id or row.day < first:
        return Stretch(first, 0)
    if not row.done:
        return Stretch(row.day, row.after)
    following = date.fromordinal(row.day.toordinal() + 1)
    return Stretch(following, 0) if following <= last else None


def note(journey_id: int, version_id: int, stretch: Stretch, *, done: bool) -> None:
    JourneySweep.objects.update_or_create(
        journey_id=journey_id,
        defaults={"version_id": version_id, "day": stretch.day, "after": stretch.after, "done": done},
    )
