"""Each check finds its fault, and only that one."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tactful.journeys import recipes
from tactful.journeys.rules.checks import CHECKS, Surroundings, run_checks
from tactful.journeys.rules.definition import read
from tactful.journeys.types import (
    END,
    NOTHING,
    Arm,
    Branch,
    Compare,
    Definition,
    Delay,
    Exit,
    Op,
    Ref,
    Send,
    Source,
    Task,
    TaskKind,
    Text,
    Update,
    Variable,
    Wait,
    WaitFor,
    Watch,
)
from tactful.touchpoints.types import Line, MessageClass, TouchpointView

from .build import MISSING, definition

RECIPE = read(recipes.text("annual-accounts-documents"))
STARTS = Ref(Source.ENTRY, "starts_at")
HOUR = timedelta(hours=1)


def touchpoint(slug: str, line: Line = Line.STRUCTURAL) -> TouchpointView:
    return TouchpointView(1, slug, 1, line, MessageClass.REMINDER, None, slug, slug)


def around(made: Definition, **changed: Any) -> Surroundings:
    sends = [step for step in made.steps if isinstance(step, Send)]
    return Surroundings(
        changed.get("touchpoints", {each.touchpoint: touchpoint(each.touchpoint) for each in sends}),
        changed.get("templates", {each.template: frozenset({"en", "nb"}) for each in sends}),
    )


def found(made: Definition, **changed: Any) -> list[tuple[str, str, str]]:
    checked = run_checks(made, around(made, **changed))
    assert [each.id for each in checked] == list(CHECKS)
    return [(each.id, each.code, each.step) for one in checked for each in one.findings]


def walking(*steps: Any) -> Definition:
    return definition(steps=steps, goal=None, exits=())


def send(name: str, goes: str = END, **more: Any) -> Send:
    return Send(name, goes, "tip", "tip-1", **more)


@pytest.mark.parametrize("made", [definition(), RECIPE], ids=["test journey", "recipe"])
def test_what_is_well_passes(made: Definition) -> None:
    assert found(made) == []


OPENED = Compare(Ref(Source.FACT, "mail.opened"), Op.HOLDS)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (walking(Exit("a"), Exit("b")), [("J001", "unreachable", "b")]),
        (walking(Wait("a", NOTHING, Delay(days=1))), [("J002", "dead_end", "a")]),
        (
            walking(send("a", "b"), Update("b", "a", {"x": 1})),
            [("J003", "circle", "a"), ("J003", "circle", "b")],
        ),
        (
            walking(send("a", "b"), Wait("b", "a", Delay())),
            [("J003", "circle", "a"), ("J003", "circle", "b")],
        ),
        (walking(send("a", "b"), Wait("b", "a", Delay(days=1))), []),
        (
            walking(send("a", "b"), Task("b", "a", TaskKind.CALL, Text("C", "R"), "business_owner", MISSING)),
            [("J003", "circle", "a"), ("J003", "circle", "b")],
        ),
        (walking(Exit("a", reason=Text("Over", " "))), [("J005", "no_words", "a")]),
        (walking(send("a", variables=(Variable("x", STARTS),))), [("J006", "no_default", "a")]),
        (walking(Branch("a", END, (Arm(OPENED, END),))), [("J007", "opens", "a")]),
        (walking(WaitFor("a", END, Watch("mail.opened"), Delay(days=1), END)), [("J007", "opens", "a")]),
        (
            walking(
                Wait("a", "b", Delay(until=STARTS, earlier=HOUR)),
                send("b", latest=Delay(until=STARTS, earlier=2 * HOUR)),
            ),
            [("J008", "too_late", "b")],
        ),
        (
            walking(
                Wait("a", "b", Delay(until=STARTS, earlier=2 * HOUR)), send("b", latest=Delay(until=STARTS))
            ),
            [],
        ),
        (
            walking(
                Wait("a", "b", Delay(until=date(2027, 4, 1))),
                send("b", latest=Delay(until=date(2027, 3, 31))),
            ),
            [("J008", "too_late", "b")],
        ),
        (walking(send("a", latest=Delay())), [("J008", "no_time", "a")]),
        (walking(Task("a", END, TaskKind.CALL, Text("Call", "Ring"))), [("J011", "no_owner", "a")]),
    ],
)
def test_each_check_finds_its_fault(made: Definition, expected: list[tuple[str, str, str]]) -> None:
    assert found(made) == expected


@pytest.mark.parametrize("line", [Line.JUDGEMENT, Line.UNDECIDED])
def test_a_send_above_the_line_is_stopped(line: Line) -> None:
    made = walking(send("a"))
    assert found(made, touchpoints={"tip": touchpoint("tip", line)}) == [("J004", line.value, "a")]
    assert found(made, touchpoints={}) == [("J004", "no_touchpoint", "a")]


def test_a_template_without_one_language_or_without_itself() -> None:
    made = walking(send("a"))
    assert found(made, templates={"tip-1": frozenset({"nb"})}) == [("J005", "no_template_language", "a")]
    assert found(made, templates={}) == [("J005", "no_template", "a")]
    assert found(replace(made, name=Text("", "Tips"))) == [("J005", "no_words", "")]
