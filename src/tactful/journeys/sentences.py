"""A journey in words: it reads like a recipe, verb first, in the reader's language.

``describe`` gives the steps, nested where ways part, for a page and a terminal alike; ``around`` what
holds beside every step. Words for events, facts and templates come from the definition's ``names``.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext, ngettext, override, pgettext

from tactful.journeys.rules.graph import targets
from tactful.journeys.types import (
    END,
    NOTHING,
    Approval,
    Branch,
    Definition,
    Exit,
    Goal,
    ReentryMode,
    Send,
    Split,
    Step,
    Task,
    WaitFor,
    Webhook,
)
from tactful.journeys.wording import Words, finding_sentence, passed_sentence, sentence
from tactful.journeys.wording_entries import begins, begins_only
from tactful.journeys.wording_steps import KINDS
from tactful.journeys.wording_ways import (
    StepSaid,
    beginning_said,
    goal_said,
    kind_names,
    steps_said,
    way_said,
)

__all__ = [
    "StepLine",
    "StepSaid",
    "Way",
    "around",
    "beginning_said",
    "describe",
    "finding_sentence",
    "goal_said",
    "kind_names",
    "passed_sentence",
    "steps_said",
    "way_said",
]


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step. ``number`` counts in the order of the document, 0 for lines that are no step.

    ``kind``: begin, goal, go_on, end, or the word of the step's kind: chooses the mark. ``verb`` comes
    first and strong, then ``what``; ``conditions`` is the one line under it, perhaps empty. ``owner``:
    who is asked, for a task. ``ways``: what follows in columns, where the ways part.
    """

    kind: str
    verb: str
    what: str = ""
    conditions: str = ""
    step: str = ""
    number: int = 0
    owner: str = ""
    ways: tuple["Way", ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """One column: "If some are missing", and its steps."""

    heading: str
    lines: tuple[StepLine, ...]


def describe(definition: Definition, language: str) -> list[StepLine]:
    """The recipe, top to bottom."""
    with override(language):
        return _Recipe(definition, language).lines()


def around(definition: Definition, language: str) -> list[tuple[str, str]]:
    """What holds around every step: (label, value)."""
    with override(language):
        return list(_around(definition, Words(definition.names, language)))


def _around(definition: Definition, words: Words) -> Iterator[tuple[str, str]]:
    stops = gettext("The journey ends, and a person takes over")
    holds = gettext("Messages wait until we have answered")
    yield gettext("If the client replies"), stops if definition.stop_on_reply else holds
    leaves = [words.watch(rule.watch) if rule.watch else "" for rule in definition.exits]
    leaves += [words.condition(rule.condition) for rule in definition.exits if rule.condition]
    if any(leaves):
        yield gettext("Leaves when"), "; ".join(filter(None, leaves))
    yield gettext("Begins again"), _again(definition)


def _again(definition: Definition) -> str:
    said = {
        ReentryMode.NEVER: gettext("Never"),
        ReentryMode.AFTER_LEAVING: gettext("When the last time is over"),
        ReentryMode.ALWAYS: gettext("At once, and the one under way stops"),
    }[definition.reentry.mode]
    days = definition.reentry.cooldown.days
    if not days:
        return said
    rest = ngettext("not within %(count)d day", "not within %(count)d days", days) % {"count": days}
    return f"{said}, {rest}"


class _Recipe:
    """Lays the steps out: each stands once, later mentions point to its number."""

    def __init__(self, definition: Definition, language: str) -> None:
        self._definition, self._language = definition, language
        self._words = Words(definition.names, language)
        self._steps = {step.id: step for step in definition.steps}
        self._numbers = {step.id: place for place, step in enumerate(definition.steps, 1)}
        self._placed: set[str] = set()

    def lines(self) -> list[StepLine]:
        goal = self._definition.goal
        aside = frozenset({goal.next} if goal else ())
        main = [self._begin(), *self._chain(self._definition.steps[0].id, aside)]
        return [*main, self._goal(goal)] if goal else main

    def _begin(self) -> StepLine:
        entry = self._definition.entry
        only = sentence([begins_only(entry, self._words)])
        conditions = " ".join(filter(None, (only, self._once(entry.key))))
        return StepLine("begin", pgettext("journey", "Begins"), begins(entry, self._words), conditions)

    def _once(self, key: str) -> str:
        return sentence([gettext("Once per %(object)s") % {"object": self._words.name(key)}]) if key else ""

    def _goal(self, goal: Goal) -> StepLine:
        what = gettext("when %(event)s, whatever was under way") % {"event": self._words.watch(goal.watch)}
        lines = tuple(self._chain(goal.next, frozenset()))
        return StepLine("goal", pgettext("journey", "Goal reached"), what, ways=(Way("", lines),))

    def _chain(self, start: str, stop: frozenset[str]) -> Iterator[StepLine]:
        """Lines from ``start`` on; steps in ``stop`` are only pointed to."""
        here = start
        while True:
            if here in (END, NOTHING):
                yield StepLine("end", pgettext("journey", "Ends"))
                return
            if here in self._placed or here in stop:
                yield self._pointer(here)
                return
            step = self._steps[here]
            self._placed.add(here)
            ways = self._ways(step)
            after = self._meeting(ways)
            asides = self._asides(step, ways, after)
            yield self._line(step, self._columns(ways, after, stop), asides)
            if isinstance(step, Exit) or after is None:
                return
            here = after

    def _pointer(self, name: str) -> StepLine:
        what = gettext("at step %(number)d") % {"number": self._numbers[name]}
        return StepLine("go_on", pgettext("journey step", "Go on"), what, step=name)

    def _ways(self, step: Step) -> list[tuple[str, str]]:
        """(heading, target) of each way out; one without a heading if there is only one."""
        words = self._words
        if isinstance(step, Branch):
            ways = [(words.when(arm.condition), arm.next) for arm in step.arms]
            return [*ways, (gettext("Otherwise"), step.next)]
        if isinstance(step, WaitFor) and step.next != step.otherwise:
            came = gettext("If %(condition)s") % {"condition": words.watch(step.watch)}
            return [(came, step.next), (gettext("When the time is out"), step.otherwise)]
        if isinstance(step, Task) and (step.answers or step.otherwise):
            return self._answers(step)
        if isinstance(step, Split):
            return [(words.share(step, share), share.next) for share in step.shares]
        return self._yes_or_no(step)

    def _yes_or_no(self, step: Step) -> list[tuple[str, str]]:
        if isinstance(step, Webhook) and step.if_failed is not None:
            return [(gettext("If it answers"), step.next), (gettext("If it does not"), step.if_failed)]
        if not isinstance(step, Approval):
            return [("", step.next)]
        ways = [(gettext("If the answer is yes"), step.next), (gettext("If it is no"), step.if_refused)]
        if step.otherwise is not None:
            ways.append((gettext("When the time is out"), step.otherwise))
        return ways

    def _answers(self, step: Task) -> list[tuple[str, str]]:
        said = gettext("If the answer is “%(answer)s”")
        ways = [
            (said % {"answer": each.name.in_language(self._language)}, each.next) for each in step.answers
        ]
        ways.append((gettext("Otherwise") if ways else gettext("When it is done"), step.next))
        if step.otherwise is not None:
            ways.append((gettext("When the time is out"), step.otherwise))
        return ways

    def _meeting(self, ways: list[tuple[str, str]]) -> str | None:
        """Where the list goes on: the first step, in the order of the document, that more than one way
        leads to; or the only way that leads to something new."""
        fresh = [goes for _, goes in ways if goes not in self._placed and not self._is_aside(goes)]
        if len(ways) == 1:
            return ways[0][1]
        if len(fresh) == 1:
            return fresh[0]
        shared: dict[str, int] = {}
        for _, goes in ways:
            for name in self._reach(goes):
                shared[name] = shared.get(name, 0) + 1
        meeting = [name for name, count in shared.items() if count > 1 and name not in self._placed]
        return min(meeting, key=self._numbers.__getitem__, default=None)

    def _is_aside(self, name: str) -> bool:
        goal = self._definition.goal
        return name in (END, NOTHING) or (goal is not None and name == goal.next)

    def _reach(self, start: str) -> set[str]:
        seen: set[str] = set()
        todo = [start]
        while todo:
            name = todo.pop()
            if name in self._steps and name not in seen and name not in self._placed:
                seen.add(name)
                todo.extend(targets(self._steps[name]))
        return seen

    def _columns(
        self, ways: list[tuple[str, str]], after: str | None, stop: frozenset[str]
    ) -> tuple[Way, ...]:
        if len(ways) == 1 or self._in_one_line(ways, after):
            return ()
        inner = stop | ({after} if after else frozenset())
        return tuple(Way(heading, tuple(self._chain(goes, inner))) for heading, goes in ways)

    def _in_one_line(self, ways: list[tuple[str, str]], after: str | None) -> bool:
        """Two ways, one of which only points elsewhere, need no columns."""
        return len(ways) == 2 and any(
            goes != after and (goes in self._placed or self._is_aside(goes)) for _, goes in ways
        )

    def _asides(self, step: Step, ways: list[tuple[str, str]], after: str | None) -> list[str]:
        said = []
        if self._in_one_line(ways, after):
            said = [self._turn(heading, goes) for heading, goes in ways if goes != after]
        if isinstance(step, Send) and step.if_not_sent is not None:
            said.append(self._turn(gettext("If it cannot be sent"), step.if_not_sent))
        return said

    def _turn(self, heading: str, goes: str) -> str:
        if goes in (END, NOTHING):
            return gettext("%(heading)s: it ends") % {"heading": heading}
        number = self._numbers[goes]
        return gettext("%(heading)s: step %(number)d") % {"heading": heading, "number": number}

    def _line(self, step: Step, ways: tuple[Way, ...], asides: list[str]) -> StepLine:
        kind, write = KINDS[type(step)]
        verb, what, conditions = write(step, self._words)
        owner = step.owner if isinstance(step, Task | Approval) else ""
        said = sentence([*conditions, *asides])
        return StepLine(kind, verb, what, said, step.id, self._numbers[step.id], owner, ways)
