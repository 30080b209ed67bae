"""People of one version over to another: explicit, by a map from step to step, in steps of a thousand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tactful.journeys.hot import rows as hot
from tactful.journeys.moving import carry_out
from tactful.journeys.plans import plan_of, resting
from tactful.journeys.rules.batch import Load
from tactful.journeys.rules.moves import Transfer

CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Passage:
    """``steps``: step of the old version -> step of the new one. Who stands elsewhere stays."""

    journey_id: int
    from_version: int
    to_version: int
    steps: Mapping[str, str]


def standing(passage: Passage) -> int:
    """How many stand where the map takes somebody, those who rest among them. Raises ``LookupError`` for a
    step that the new version has not."""
    _expect_steps(passage)
    return len(hot.on_version(passage.journey_id, passage.from_version, _places(passage)))


@dataclass(frozen=True, slots=True)
class Some:
    """``left``: those who could not be moved now and stay on the version that they walked. ``last``: the
    enrolment behind which it goes on."""

    moved: int
    left: int
    last: int


@transaction.atomic
def transfer_some(passage: Passage, after: int, load: Load, now: datetime) -> Some | None:
    """The next thousand; None if there are no more. A journey that is off moves nobody, for a new step may
    send; whoever is paused stays as well."""
    _expect_steps(passage)
    found = hot.on_version(
        passage.journey_id, passage.from_version, _places(passage), after=after, most=CHUNK
    )
    if not found:
        return None
    off = bool(resting({passage.journey_id}))
    ids = [] if off else [ident for ident, paused in found if not paused]
    moved = _transfer(passage, ids, load, now) if ids else 0
    return Some(moved, len(found) - moved, found[-1][0])


def _places(passage: Passage) -> set[str]:
    """Those who have not taken their first step yet stand nowhere, and that is where they stay."""
    return {*passage.steps, ""}


def _expect_steps(passage: Passage) -> None:
    unknown = set(passage.steps.values()) - set(plan_of(passage.to_version).nodes)
    if unknown:
        raise LookupError(f"The new version has no step {', '.join(sorted(unknown))}.")


def _transfer(passage: Passage, ids: Sequence[int], load: Load, now: datetime) -> int:
    wanted = _places(passage)
    rows = [
        row for row in hot.running(ids) if row.version_id == passage.from_version and row.state.step in wanted
    ]
    began = hot.began_with([row.id for row in rows])
    queue = {}
    before = {row.id: row.state for row in rows}
    for row in rows:
        row.version_id = passage.to_version
        data = {**row.state.context.get("entry", {}), **began.get(row.id, {})}
        queue[row.id] = (Transfer(now, passage.steps.get(row.state.step, ""), data),)
    carry_out(rows, queue, load, now)
    moved = [row.id for row in rows if row.state is not before[row.id]]
    hot.set_version(moved, passage.to_version)
    return len(moved)
