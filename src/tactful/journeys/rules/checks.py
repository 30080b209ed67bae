"""What would go wrong with a journey, found before anybody is in it.

Each check has an id that never changes its meaning. It answers with findings (code, step, parameters);
the sentences are in ``sentences``, and ``rules.fixes`` mends what can be mended with a click.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import TypeAlias

from tactful.journeys.rules.checks_more import beside_others, no_basis, other_journeys, too_many
from tactful.journeys.rules.conditions import refs
from tactful.journeys.rules.findings import Checked, Finding, Surroundings
from tactful.journeys.rules.graph import targets, waits_for_answer
from tactful.journeys.types import (
    NOTHING,
    Approval,
    Branch,
    Definition,
    Delay,
    Exit,
    Ref,
    Send,
    Split,
    Step,
    Task,
    Text,
    Wait,
    WaitFor,
)
from tactful.touchpoints.types import Line

LANGUAGES = ("en", "nb")


__all__ = ["CHECKS", "Checked", "Finding", "Surroundings", "run_checks"]


def run_checks(definition: Definition, around: Surroundings) -> tuple[Checked, ...]:
    """All checks, in order of their ids."""
    return tuple(Checked(name, tuple(check(definition, around))) for name, check in CHECKS.items())


Found: TypeAlias = Iterator[Finding]


def _unreachable(definition: Definition, _: Surroundings) -> Found:
    reached = _reached(definition)
    for step in definition.steps:
        if step.id not in reached:
            yield Finding("J001", "unreachable", step.id, stops=False)


def _dead_end(definition: Definition, _: Surroundings) -> Found:
    reached = _reached(definition)
    for step in definition.steps:
        if step.id in reached and NOTHING in targets(step):
            yield Finding("J002", "dead_end", step.id)


def _circle(definition: Definition, _: Surroundings) -> Found:
    """A send does not count as a rest: a circle of sends would write until somebody pulls the plug."""
    following = {step.id: _at_once(step) for step in definition.steps}
    for name, goes in following.items():
        if name in _from(goes, following):
            yield Finding("J003", "circle", name)


def _judgement(definition: Definition, around: Surroundings) -> Found:
    for step in _sends(definition):
        touchpoint = around.touchpoints.get(step.touchpoint)
        if touchpoint is None:
            yield Finding("J004", "no_touchpoint", step.id, params={"touchpoint": step.touchpoint})
        elif touchpoint.line is not Line.STRUCTURAL:
            code = "judgement" if touchpoint.line is Line.JUDGEMENT else "undecided"
            yield Finding("J004", code, step.id, params={"touchpoint": step.touchpoint})


def _translation(definition: Definition, around: Surroundings) -> Found:
    for step_id, what, text in _texts(definition):
        for language in LANGUAGES:
            if not text.in_language(language).strip():
                yield Finding("J005", "no_words", step_id, params={"what": what, "language": language})
    for step in _sends(definition):
        written = around.templates.get(step.template)
        if written is None:
            yield Finding("J005", "no_template", step.id, params={"template": step.template})
            continue
        for language in LANGUAGES:
            if language not in written:
                params = {"template": step.template, "language": language}
                yield Finding("J005", "no_template_language", step.id, params=params)


def _defaults(definition: Definition, _: Surroundings) -> Found:
    for step in _sends(definition):
        for variable in step.variables:
            if variable.default is None:
                yield Finding("J006", "no_default", step.id, params={"variable": variable.name})


def _opens(definition: Definition, _: Surroundings) -> Found:
    """Machines open mails too; a way that rests on an open alone is a guess (R41)."""
    for step in definition.steps:
        names: set[str] = set()
        if isinstance(step, Branch):
            names = {ref.name for arm in step.arms for ref in refs(arm.condition)}
        elif isinstance(step, WaitFor):
            names = {step.watch.event}
        if any(name.split(".")[-1] == "opened" for name in names):
            yield Finding("J007", "opens", step.id, stops=False)


def _too_late(definition: Definition, _: Surroundings) -> Found:
    """Only what is certain: a wait until a date, and after it a latest moment that lies before it."""
    following = {step.id: list(targets(step)) for step in definition.steps}
    for step in _sends(definition):
        if step.latest is None:
            continue
        if _is_nothing(step.latest):
            yield Finding("J008", "no_time", step.id)
        for wait in definition.steps:
            late = isinstance(wait, Wait) and _after(wait.delay, step.latest)
            if late and step.id in _from(following[wait.id], following):
                yield Finding("J008", "too_late", step.id, params={"wait": wait.id})


def _owner(definition: Definition, _: Surroundings) -> Found:
    for step in definition.steps:
        if isinstance(step, Task | Approval) and not step.owner:
            yield Finding("J011", "no_owner", step.id)


def _too_many(definition: Definition, around: Surroundings) -> Found:
    """A circle without a wait has its own check."""
    return iter(()) if any(_circle(definition, around)) else too_many(definition, around)


CHECKS: Mapping[str, Callable[[Definition, Surroundings], Found]] = {
    "J001": _unreachable,
    "J002": _dead_end,
    "J003": _circle,
    "J004": _judgement,
    "J005": _translation,
    "J006": _defaults,
    "J007": _opens,
    "J008": _too_late,
    "J009": _too_many,
    "J010": no_basis,
    "J011": _owner,
    "J012": beside_others,
    "J013": other_journeys,
}


def _sends(definition: Definition) -> Iterator[Send]:
    return (step for step in definition.steps if isinstance(step, Send))


def _reached(definition: Definition) -> set[str]:
    following = {step.id: list(targets(step)) for step in definition.steps}
    starts = [definition.steps[0].id]
    if definition.goal is not None:
        starts.append(definition.goal.next)
    return _from(starts, following)


def _from(starts: list[str], following: Mapping[str, list[str]]) -> set[str]:
    """Everything that can be reached, the starts among it."""
    seen: set[str] = set()
    todo = list(starts)
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo.extend(following.get(name, ()))
    return seen


def _at_once(step: Step) -> list[str]:
    """The steps that may follow without time passing. A task that is not needed is passed by."""
    if isinstance(step, Wait) and not _is_nothing(step.delay):
        return []
    if isinstance(step, WaitFor) and not _is_nothing(step.up_to):
        return []
    if isinstance(step, Approval) or waits_for_answer(step):
        return []
    if isinstance(step, Task):
        return [step.next] if step.still_true is not None else []
    return list(targets(step))


def _is_nothing(delay: Delay) -> bool:
    return delay == Delay()


def _after(wait: Delay, latest: Delay) -> bool:
    """Whether the wait certainly ends after the latest moment."""
    if isinstance(wait.until, date) and isinstance(latest.until, date):
        return (wait.until - latest.until) + latest.earlier > wait.earlier
    same = isinstance(wait.until, Ref) and wait.until == latest.until
    return same and wait.earlier < latest.earlier


def _texts(definition: Definition) -> Iterator[tuple[str, str, Text]]:
    """(step, what it is, the words) of everything that a person may read."""
    yield "", "name", definition.name
    if definition.about is not None:
        yield "", "about", definition.about
    yield from (("", f"names.{name}", words) for name, words in definition.names.items())
    for step in definition.steps:
        yield from ((step.id, what, words) for what, words in _step_texts(step))


def _step_texts(step: Step) -> Iterator[tuple[str, Text]]:
    if isinstance(step, Task | Approval):
        yield "title", step.title
    if isinstance(step, Split):
        named = ((place, share.name) for place, share in enumerate(step.shares, 1) if share.name)
        yield from ((f"shares.{place}", name) for place, name in named)
    if isinstance(step, Task):
        yield from ((f"answers.{answer.id}", answer.name) for answer in step.answers)
    if isinstance(step, Send):
        for variable in step.variables:
            if variable.default is not None:
                yield f"variables.{variable.name}", variable.default
    if isinstance(step, Exit) and step.reason is not None:
        yield "reason", step.reason
