"""What can be mended with one click: a finding, and the definition as it would be then. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from tactful.journeys.rules import editing
from tactful.journeys.rules.checks_more import CONSENT
from tactful.journeys.rules.edges import BEGIN
from tactful.journeys.rules.editing import NotPossible
from tactful.journeys.rules.findings import Finding, Surroundings
from tactful.journeys.rules.flow import lay_out, spot_of
from tactful.journeys.rules.pace import most_in_a_week
from tactful.journeys.types import (
    END,
    NOTHING,
    AllOf,
    Approval,
    Definition,
    Delay,
    Send,
    Step,
    Task,
    Wait,
    WaitFor,
)

OWNER = "account_manager"
APART: Final = Delay(elapsed=timedelta(hours=2))
"""So much later one of two journeys writes that would write at once."""
RESTS: Final = (2, 3, 4, 8)
"""Days that are tried between messages which come too fast, the fewest first."""
_DAY: Final = timedelta(days=1)


def fixed(definition: Definition, finding: Finding, around: Surroundings) -> Definition | None:
    """The journey without this finding; None if only a person can tell what is meant."""
    whole = _OF_THE_WHOLE.get(finding.code)
    if whole is not None:
        try:
            return whole(definition, finding, around)
        except NotPossible:
            return None
    mend = _FIXES.get(finding.code)
    if mend is None:
        return None
    steps = tuple(mend(step) if step.id == finding.step else step for step in definition.steps)
    kept = tuple(step for step in steps if step is not None)
    return replace(definition, steps=kept) if kept else None


def _end_here(step: Step) -> Step:
    """A way that says nothing ends."""
    changed: dict[str, Any] = {"next": END} if step.next == NOTHING else {}
    if isinstance(step, WaitFor | Task | Approval) and step.otherwise == NOTHING:
        changed["otherwise"] = END
    return replace(step, **changed)


def _owned(step: Step) -> Step:
    return replace(step, owner=OWNER) if isinstance(step, Task | Approval) else step


def _without_latest(step: Step) -> Step:
    return replace(step, latest=None) if isinstance(step, Send) else step


def _asking_consent(step: Step) -> Step:
    if not isinstance(step, Send):
        return step
    still = CONSENT if step.still_true is None else AllOf((step.still_true, CONSENT))
    return replace(step, still_true=still)


_FIXES: Mapping[str, Callable[[Step], Step | None]] = {
    "unreachable": lambda _: None,
    "dead_end": _end_here,
    "no_time": _without_latest,
    "no_basis": _asking_consent,
    "no_owner": _owned,
}


def _waiting_before(definition: Definition, step_id: str, delay: Delay) -> Definition:
    """With a wait right before a step, on every way to it. Raises ``NotPossible``."""
    spot = spot_of(lay_out(definition), step_id)
    if spot is None:
        raise NotPossible("gone")
    wait = Wait(editing.fresh_id(definition, f"{step_id}-wait"), step_id, delay)
    return editing.add(definition, wait, spot.line.place)


def _apart(definition: Definition, finding: Finding, _: Surroundings) -> Definition:
    return _waiting_before(definition, finding.step, APART)


def _slower(definition: Definition, _: Finding, around: Surroundings) -> Definition | None:
    """A rest before the last message before which one is enough; not before the first of all."""
    sends = [step.id for step in definition.steps if isinstance(step, Send)]
    for days in RESTS:
        for step_id in reversed(sends):
            spot = spot_of(lay_out(definition), step_id)
            if spot is None or BEGIN in spot.line.place:
                continue
            slower = _waiting_before(definition, step_id, Delay(days=days))
            if most_in_a_week(slower, around) <= around.weekly:
                return slower
    return None


def _in_time(definition: Definition, finding: Finding, _: Surroundings) -> Definition:
    """The wait ends a day before the message's latest moment."""
    send = editing.step_of_id(definition, finding.step)
    wait = editing.step_of_id(definition, finding.params["wait"])
    assert isinstance(send, Send)
    assert send.latest is not None
    assert isinstance(wait, Wait)
    earlier = send.latest.earlier + _DAY
    if isinstance(wait.delay.until, date) and isinstance(send.latest.until, date):
        earlier += wait.delay.until - send.latest.until
    return editing.replaced(definition, replace(wait, delay=replace(wait.delay, earlier=earlier)))


def _without(definition: Definition, finding: Finding, _: Surroundings) -> Definition:
    return editing.remove(definition, finding.step)


_OF_THE_WHOLE: Mapping[str, Callable[[Definition, Finding, Surroundings], Definition | None]] = {
    "too_late": _in_time,
    "too_many": _slower,
    "same_event": _apart,
    "same_date": _apart,
    "same_clock": _apart,
    "begins_itself": _without,
}
