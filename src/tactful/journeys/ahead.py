"""What will go out in the next hours where a person wants to see it first. Reads only.

The very engine is asked what it would do at the moment for which each client waits, by what is known now.
What follows at once from something that happens cannot be seen before, and goes out without delay.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tactful.journeys import effects
from tactful.journeys.hot import crowds
from tactful.journeys.hot import rows as hot
from tactful.journeys.hot.rows import Row
from tactful.journeys.plans import plan_of, resting
from tactful.journeys.rules.batch import Failed, Item, Load, advance_batch
from tactful.journeys.rules.moves import Due, EnqueueSend
from tactful.journeys.types import Send
from tactful.touchpoints.types import TouchpointView

MOST = 500
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Coming:
    """``key``: by which a person touches it (``effects.touch_key``). ``variables``: as the message
    would have them."""

    key: str
    journey_id: int
    contact_id: int
    touchpoint: TouchpointView
    template: str
    at: datetime
    variables: Mapping[str, str]


def coming(shown: Mapping[str, TouchpointView], load: Load, now: datetime) -> list[Coming]:
    """The soonest first. ``shown``: by slug, the touchpoints whose messages a person wants to see."""
    if not shown:
        return []
    until = now + max(view.preview_hours for view in shown.values()) * _HOUR
    versions = _speaking(crowds.walked_versions(), shown)
    rows = hot.coming(versions, now, until, MOST) if versions else []
    off = resting({row.state.journey_id for row in rows}) if rows else frozenset()
    rows = [row for row in rows if row.state.journey_id not in off]
    answers = advance_batch([Item(plan_of(row.version_id), row.state, Due()) for row in rows], load, until)
    found = []
    for row, answer in zip(rows, answers, strict=True):
        if not isinstance(answer, Failed):
            found += [
                _coming(row, effect, shown[effect.touchpoint])
                for effect in answer.effects
                if isinstance(effect, EnqueueSend) and effect.touchpoint in shown
            ]
    return [each for each in found if each.at <= now + each.touchpoint.preview_hours * _HOUR]


def _speaking(versions: Collection[int], shown: Collection[str]) -> list[int]:
    return [
        version
        for version in versions
        if any(
            isinstance(step, Send) and step.touchpoint in shown for step in plan_of(version).definition.steps
        )
    ]


def _coming(row: Row, effect: EnqueueSend, view: TouchpointView) -> Coming:
    return Coming(
        key=effects.touch_key(row.id, effect),
        journey_id=row.state.journey_id,
        contact_id=row.state.contact_id,
        touchpoint=view,
        template=effect.template,
        at=effect.due_at,
        variables=effects.variables_of(row, effect),
    )
