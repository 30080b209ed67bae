"""How far journeys that begin by the calendar have looked for their clients. One small row for each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from tactful.journeys.models import JourneySweep


@dataclass(frozen=True, slots=True)
class Stretch:
    """Clients with an id after ``after``, for beginnings on the local day ``day``."""

    day: date
    after: int


@dataclass(frozen=True, slots=True)
class Reached:
    """Up to where a version has looked; ``done``: that day is over with."""

    journey_id: int
    version_id: int
    stretch: Stretch
    done: bool


def unfinished(versions: Mapping[int, int], first: date, last: date) -> dict[int, Stretch]:
    """What is to be looked through next by each journey (id -> id of its version), between the days
    ``first`` and ``last``; those that are done are left out."""
    rows = JourneySweep.objects.select_for_update().filter(journey_id__in=versions).order_by("journey_id")
    known = {row.journey_id: row for row in rows}
    found = {ident: _next(known.get(ident), version, first, last) for ident, version in versions.items()}
    return {ident: stretch for ident, stretch in found.items() if stretch is not None}


def note(reached: Iterable[Reached]) -> None:
    rows = [
        JourneySweep(
            journey_id=each.journey_id,
            version_id=each.version_id,
            day=each.stretch.day,
            after=each.stretch.after,
            done=each.done,
        )
        for each in reached
    ]
    JourneySweep.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["journey"],
        update_fields=["version_id", "day", "after", "done"],
    )


def _next(row: JourneySweep | None, version_id: int, first: date, last: date) -> Stretch | None:
    if row is None or row.version_id != version_id or row.day < first:
        return Stretch(first, 0)
    if not row.done:
        return Stretch(row.day, row.after)
    following = date.fromordinal(row.day.toordinal() + 1)
    return Stretch(following, 0) if following <= last else None
