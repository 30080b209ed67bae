"""A draft told apart from the live version, step by step, in sentences."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from tactful.journeys.rules.definition import document
from tactful.journeys.rules.edges import slots
from tactful.journeys.sentences import around, beginning_said, steps_said, way_said
from tactful.journeys.types import END, NOTHING, Definition, Step
from tactful.web.pages.editor import Change


def changes(old: Definition | None, new: Definition, language: str) -> tuple[Change, ...]:
    """Nothing for a journey that was never live: all of it is new."""
    return () if old is None else tuple(_changes(old, new, language))


def marks(old: Definition | None, new: Definition) -> dict[str, str]:
    """Step -> new or changed; empty for a journey that was never live."""
    if old is None:
        return {}
    before = _documents(old)
    kinds = {name: "changed" if name in before else "new" for name in _documents(new)}
    after = _documents(new)
    return {name: kind for name, kind in kinds.items() if before.get(name) != after[name]}


def _documents(definition: Definition) -> dict[str, dict[str, Any]]:
    """Each step as it stands in the document, with its ways written out; the order of names is nothing."""
    written = {each["id"]: each for each in document(definition)["steps"]}
    return {step.id: {**written[step.id], **slots(step)} for step in definition.steps}


def _changes(old: Definition, new: Definition, language: str) -> Iterator[Change]:
    if old.name != new.name:
        yield Change("changed", new.name.in_language(language), old.name.in_language(language))
    before, after = beginning_said(old, language), beginning_said(new, language)
    if (before.line, before.conditions) != (after.line, after.conditions):
        yield Change("changed", _whole(after.line, after.conditions), _whole(before.line, before.conditions))
    yield from _around(old, new, language)
    yield from _steps(old, new, language)


def _around(old: Definition, new: Definition, language: str) -> Iterator[Change]:
    before, after = dict(around(old, language)), dict(around(new, language))
    for label in dict.fromkeys((*before, *after)):
        was, now = before.get(label), after.get(label)
        if was == now:
            continue
        if was is None:
            yield Change("new", f"{label}: {now}")
        elif now is None:
            yield Change("gone", f"{label}: {was}")
        else:
            yield Change("changed", f"{label}: {now}", f"{label}: {was}")


def _steps(old: Definition, new: Definition, language: str) -> Iterator[Change]:
    said, was = steps_said(new, language), steps_said(old, language)
    before = {step.id: step for step in old.steps}
    differs = marks(old, new)
    numbers = {step.id: number for number, step in enumerate(new.steps, 1)}
    for step in new.steps:
        words = _numbered(numbers[step.id], _whole(said[step.id].line, said[step.id].conditions))
        if step.id not in before:
            yield Change("new", words)
            continue
        now_said = _whole(said[step.id].line, said[step.id].conditions)
        then_said = _whole(was[step.id].line, was[step.id].conditions)
        if now_said != then_said:
            yield Change("changed", words, then_said)
        elif step.id in differs:
            yield from _ways(old, before[step.id], new, step, language)
    for step in old.steps:
        if step.id not in numbers:
            yield Change("gone", _whole(was[step.id].line, was[step.id].conditions))


def _ways(old: Definition, before: Step, new: Definition, step: Step, language: str) -> Iterator[Change]:
    """Same words, but it leads elsewhere; a step that is only new in between needs no second sentence."""
    known = {each.id for each in old.steps}
    said = steps_said(new, language)
    then = slots(before)
    for slot, goes in slots(step).items():
        if then.get(slot) == goes or (goes in said and goes not in known):
            continue
        where = _("the journey ends") if goes in (END, NOTHING) else said[goes].line
        heading = way_said(new, step, slot, language) if len(slots(step)) > 1 else _("Then")
        yield Change("changed", f"{said[step.id].line}. {heading}: {where}")
    if set(then) - set(slots(step)) or then == slots(step):
        yield Change("changed", said[step.id].line)


def _whole(line: str, conditions: str) -> str:
    return f"{line}. {conditions}" if conditions else line


def _numbered(number: int, words: str) -> str:
    return _("Step %(number)d: %(words)s") % {"number": number, "words": words}
