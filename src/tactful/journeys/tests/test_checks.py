"""Each check finds its fault, and only that one."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from tactful.journeys import recipes
from tactful.journeys.rules.advice import advice, advised
from tactful.journeys.rules.among import circles, looked_over, pairs, week_of_all
from tactful.journeys.rules.checks import CHECKS, Surroundings, run_checks
from tactful.journeys.rules.checks_more import CONSENT
from tactful.journeys.rules.definition import read
from tactful.journeys.rules.fixes import fixed
from tactful.journeys.rules.pace import MOST_COUNTED, most_in_a_week
from tactful.journeys.types import (
    END,
    NOTHING,
    Approval,
    Arm,
    Branch,
    Compare,
    DateEntry,
    Definition,
    Delay,
    EventEntry,
    Exit,
    ManualEntry,
    Op,
    Ref,
    SegmentEntry,
    Send,
    Source,
    StartJourney,
    Task,
    TaskKind,
    Text,
    Update,
    Variable,
    Wait,
    WaitFor,
    Watch,
    Webhook,
)
from tactful.touchpoints.types import Line, MessageClass, TouchpointView

from .build import MISSING, definition

RECIPE = read(recipes.text("annual-accounts-documents"))
DAY = Delay(days=1)
STARTS = Ref(Source.ENTRY, "starts_at")
HOUR = timedelta(hours=1)


def touchpoint(
    slug: str, line: Line = Line.STRUCTURAL, kind: MessageClass = MessageClass.REMINDER
) -> TouchpointView:
    return TouchpointView(1, slug, 1, line, kind, None, slug, slug)


def around(made: Definition, **changed: Any) -> Surroundings:
    sends = [step for step in made.steps if isinstance(step, Send)]
    return Surroundings(
        changed.get("touchpoints", {each.touchpoint: touchpoint(each.touchpoint) for each in sends}),
        changed.get("templates", {each.template: frozenset({"en", "nb"}) for each in sends}),
        changed.get("journeys"),
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
        (walking(Approval("a", END, Text("Go?", "Gå?"))), [("J011", "no_owner", "a")]),
        (
            walking(send("a", "b"), Webhook("b", "a", "https://x.org/", up_to=DAY)),
            [("J009", "too_many", "")],
        ),
        (
            walking(send("a", "b"), Webhook("b", "a", "https://x.org/")),
            [("J003", "circle", "a"), ("J003", "circle", "b")],
        ),
        (walking(send("a", "b"), Wait("b", "c", DAY), send("c", "d"), Wait("d", "e", DAY), send("e")), []),
        (
            walking(send("a", "b"), Wait("b", "c", DAY), send("c", "d"), send("d", "e"), send("e")),
            [("J009", "too_many", "")],
        ),
        (
            walking(send("a", "b"), Wait("b", "a", DAY)),
            [("J009", "too_many", "")],
        ),
        (walking(send("a", "b"), Wait("b", "a", Delay(days=3))), []),
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


ADVERTISING = {"tip": touchpoint("tip", kind=MessageClass.MARKETING)}
AWAITED = {"tip": touchpoint("tip", kind=MessageClass.AWAITED)}


def test_advertising_asks_for_consent_somewhere() -> None:
    bare = walking(send("a", "b"), Wait("b", "c", DAY), Exit("c"))
    assert found(bare, touchpoints=ADVERTISING) == [("J010", "no_basis", "a")]
    asked = [
        walking(send("a")),
        walking(send("a", "b"), Exit("b")),
        walking(send("a", "b", if_not_sent="c"), Wait("b", "c", DAY), Exit("c")),
        walking(send("a", still_true=CONSENT)),
        walking(Branch("b", END, (Arm(CONSENT, "a"),)), send("a")),
        replace(bare, entry=SegmentEntry("readers")),
        replace(bare, entry=EventEntry("wanted", CONSENT)),
    ]
    assert [found(each, touchpoints=ADVERTISING) for each in asked] == [[]] * len(asked)


def test_what_the_client_waits_for_is_not_counted() -> None:
    many = walking(*(send(f"s{n}", f"s{n + 1}") for n in range(9)), send("s9"))
    assert most_in_a_week(many, around(many)) == 10
    assert most_in_a_week(many, around(many, touchpoints=AWAITED)) == 0
    circle = walking(send("a", "b"), WaitFor("b", "a", Watch("viewed"), Delay(days=9), END))
    assert most_in_a_week(circle, around(circle)) == MOST_COUNTED, "the client may view it at once"
    assert week_of_all([many, circle], around(many)) == 10 + MOST_COUNTED


def called(slug: str, entry: Any = None, *steps: Any) -> Definition:
    made = walking(*(steps or (send("a"),)))
    return replace(made, slug=slug, entry=entry or EventEntry("wanted"))


AT, LATER = DateEntry("v.at", HOUR, "v"), DateEntry("v.at", 1.5 * HOUR, "v")
MORNING = Wait("w", "a", Delay(days=1, at=time(9)))


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (called("x"), called("y"), "same_event"),
        (called("x"), called("y", EventEntry("else")), None),
        (called("x"), called("y", None, Wait("w", "a", Delay(elapsed=2 * HOUR)), send("a")), None),
        (called("x"), called("y", None, Wait("w", "a", Delay(elapsed=HOUR / 2)), send("a")), "same_event"),
        (
            called("x"),
            called("y", EventEntry("else"), WaitFor("w", "a", Watch("wanted"), DAY, END), send("a")),
            "same_event",
        ),
        (called("x", AT), called("y", LATER), "same_date"),
        (called("x", AT), called("y", DateEntry("v.at", 3 * HOUR, "v")), None),
        (
            called("x", None, MORNING, send("a")),
            called("y", EventEntry("e"), MORNING, send("a")),
            "same_clock",
        ),
        (called("x", ManualEntry()), called("y", ManualEntry()), None),
    ],
)  # fmt: skip
def test_two_journeys_that_can_write_within_an_hour(
    one: Definition, other: Definition, why: str | None
) -> None:
    for first, second in ((one, other), (other, one)):
        beside = around(first, journeys={first.slug: first, second.slug: second})
        said = list(pairs(first, beside))
        assert [(each.second, each.why) for each in said] == ([(second.slug, why)] if why else [])
        assert list(pairs(first, looked_over(beside))) == said
        shown = found(first, journeys={second.slug: second})
        assert [(ident, code) for ident, code, _ in shown] == ([("J012", why)] if why else [])


def test_journeys_that_begin_each_other() -> None:
    one = called("x", ManualEntry(), StartJourney("s", END, "y"))
    two = called("y", ManualEntry(), StartJourney("s", END, "z"))
    three = called("z", ManualEntry(), StartJourney("s", END, "x"))
    assert circles((one, two, three)) == (("x", "y", "z"),)
    assert circles((one, two)) == ()
    others = {"y": two, "z": three}
    assert found(one, journeys=others) == [("J013", "begins_itself", "s")]
    assert found(one, journeys={}) == [("J013", "no_journey", "s")]
    assert found(one, journeys={"y": called("y")}) == [("J013", "not_told", "s")]
    keyed = called("y", ManualEntry("order"))
    assert found(one, journeys={"y": keyed}) == [("J013", "no_key", "s")]
    given = called("x", ManualEntry(), StartJourney("s", END, "y", {"order": 7}))
    assert found(given, journeys={"y": keyed}) == []
    assert found(one) == [], "nobody has looked"


@pytest.mark.parametrize(
    ("made", "changed"),
    [
        (walking(Exit("a"), Exit("b")), {}),
        (walking(Wait("a", NOTHING, DAY)), {}),
        (walking(send("a", latest=Delay())), {}),
        (walking(send("a", "b"), Wait("b", "c", DAY), Exit("c")), {"touchpoints": ADVERTISING}),
        (walking(Task("a", END, TaskKind.CALL, Text("Call", "Ring"))), {}),
        (
            walking(
                Wait("a", "b", Delay(until=STARTS, earlier=HOUR)),
                send("b", latest=Delay(until=STARTS, earlier=2 * HOUR)),
            ),
            {},
        ),
        (
            walking(
                Wait("a", "b", Delay(until=date(2027, 4, 9))),
                send("b", latest=Delay(until=date(2027, 3, 31))),
            ),
            {},
        ),
        (walking(send("a", "b"), Wait("b", "c", DAY), send("c", "d"), send("d", "e"), send("e")), {}),
        (called("x"), {"journeys": {"y": called("y")}}),
        (called("x", AT), {"journeys": {"y": called("y", LATER)}}),
        (
            called("x", None, MORNING, send("a")),
            {"journeys": {"y": called("y", EventEntry("e"), MORNING, send("a"))}},
        ),
        (
            called("x", ManualEntry(), StartJourney("s", "a", "y"), send("a")),
            {"journeys": {"y": called("y", ManualEntry(), StartJourney("s", END, "x"))}},
        ),
    ],
)
def test_what_can_be_mended_with_a_click_is_well_afterwards(
    made: Definition, changed: dict[str, Any]
) -> None:
    (finding,) = [each for one in run_checks(made, around(made, **changed)) for each in one.findings]
    mended = fixed(made, finding, around(made, **changed))
    assert mended is not None
    assert found(mended, **changed) == []


def test_each_finding_comes_with_its_way_to_be_mended() -> None:
    made = walking(Task("a", NOTHING, TaskKind.CALL, Text("Call", "Ring")))
    house = around(made)
    said = advice(made, house)
    assert [each.finding.code for each in said] == ["dead_end", "no_owner"]
    one = advised(made, house, said[0].name)
    assert one is not None
    once = one.mended
    assert once is not None
    assert [each.finding.code for each in advice(once, house)] == ["no_owner"]
    assert advised(once, house, said[0].name) is None, "it is mended already"
    many = walking(send("a", "b"), Wait("b", "a", DAY))
    assert [each.mended for each in advice(many, around(many))] == [None], "only a person knows"


def test_a_rest_is_put_as_late_as_it_helps() -> None:
    fast = walking(send("a", "b"), send("b", "c"), send("c", "d"), send("d"))
    (said,) = advice(fast, around(fast))
    assert said.mended is not None
    assert [step.id for step in said.mended.steps] == ["a", "b", "c", "d-wait", "d"]
    assert said.mended.steps[3] == Wait("d-wait", "d", Delay(days=8)), "seven may be an hour short"
