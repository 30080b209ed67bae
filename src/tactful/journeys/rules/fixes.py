"""What can be mended with one click: a finding, and the definition as it would be then. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from tactful.journeys.rules.checks_more import CONSENT
from tactful.journeys.rules.findings import Finding
from tactful.journeys.types import END, NOTHING, AllOf, Approval, Definition, Send, Step, Task, WaitFor

OWNER = "account_manager"


def fixed(definition: Definition, finding: Finding) -> Definition | None:
    """The journey without this finding; None if only a person can tell what is meant."""
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
