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


@dataclass(frozen=True, slots=True)
class Transferred:
    """``left``: those who could not be moved now and stay on the version that they walked."""

    moved: int
    left: int


def transfer(passage: Passage, load: Load, now: datetime) -> Transferred:
    """Each thousand in a transaction of its own: what is broken off can be done again. A journey that is
    off moves nobody, for a new step may send; whoever is paused stays as well."""
    unknown = set(passage.steps.values()) - set(plan_of(passage.to_version).nodes)
    if unknown:
        raise LookupError(f"The new version has no step {', '.join(sorted(unknown))}.")
    # Those who have not taken their first step yet stand nowhere, and that is where they stay.
    found = hot.on_version(passage.journey_id, passage.from_version, {*passage.steps, ""})
    with transaction.atomic():
        off = bool(resting({passage.journey_id}))
    ids = [] if off else [ident for ident, paused in found if not paused]
    chunks = [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
    moved = sum(_transfer(passage, chunk, load, now) for chunk in chunks)
    return Transferred(moved, len(found) - moved)


@transaction.atomic
def _transfer(passage: Passage, ids: Sequence[int], load: Load, now: datetime) -> int:
    wanted = {*passage.steps, ""}
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
