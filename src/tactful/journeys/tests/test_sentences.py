"""The recipe as it is read. Norwegian comes from the catalogue, so here only our own words are tested."""

from datetime import date, time, timedelta

import pytest
from django.utils.translation import override

from tactful.journeys import recipes
from tactful.journeys.rules.checks import CHECKS, Finding, Surroundings, run_checks
from tactful.journeys.rules.definition import read
from tactful.journeys.rules.problems import DefinitionError, Problem
from tactful.journeys.sentences import StepLine, around, describe
from tactful.journeys.types import (
    END,
    WORKING_DAYS,
    AllOf,
    AnyOf,
    Arm,
    Branch,
    Compare,
    Condition,
    DayRule,
    Delay,
    Exit,
    Not,
    Op,
    Ref,
    Send,
    Source,
    Tag,
    Text,
    Update,
    Wait,
)
from tactful.journeys.wording import Words, finding_sentence, passed_sentence, problem_sentence

from .build import definition

RECIPE = read(recipes.text("annual-accounts-documents"))
WORDS = Words({"late": Text("it is late", "det er sent")}, "en")
LATE = Compare(Ref(Source.FACT, "late"), Op.HOLDS)
GOLD = Compare(Ref(Source.ATTRIBUTE, "tier"), Op.ONE_OF, ("gold", 1, True))


def plain(lines: list[StepLine] | tuple[StepLine, ...], depth: int = 0) -> list[str]:
    out = []
    for line in lines:
        number = f"{line.number} " if line.number else ""
        out.append("  " * depth + f"{number}{line.verb} {line.what}".strip())
        for way in line.ways:
            out.append("  " * depth + f" [{way.heading}]")
            out += plain(way.lines, depth + 1)
    return out


def test_the_recipe_reads_like_one() -> None:
    assert plain(describe(RECIPE, "en")) == [
        "Begins when documents for an engagement are wanted",
        "1 Send “What we need from you”",
        "2 Wait until all documents are in",
        "3 Send “A few documents are missing”",
        "4 Wait 5 working days, at 09:00",
        "5 Send “Some documents are still missing”",
        "6 Wait 5 working days, at 09:00",
        "7 Ask the account manager: Call about the documents for the annual accounts",
        "8 Ends: a person has taken over",
        "Goal reached when all documents are in, whatever was under way",
        " []",
        "  9 Send “Documents received”",
        "  10 Ends: all documents are in",
    ]


def test_the_line_under_a_step_says_on_what_conditions() -> None:
    lines = {line.number: line for line in describe(RECIPE, "en")}
    assert lines[1].conditions == (
        "In the client’s language. Only if something is still missing. "  # noqa: RUF001
        "Not later than 30 days after this step. If it cannot be sent: step 7."
    )
    assert lines[2].conditions == (
        "At most 7 days, at 09:00, on a working day. If all documents are in: step 9."
    )
    assert (lines[7].owner, lines[7].kind) == ("account_manager", "task")
    assert lines[0].conditions == "" or lines[0].kind == "goal"


def test_names_are_in_the_readers_language() -> None:
    assert "Dette trenger vi fra deg" in describe(RECIPE, "nb")[1].what


def test_every_step_stands_exactly_once_and_ways_that_meet_go_on_together() -> None:
    steps = (
        Branch("choose", "plain", (Arm(GOLD, "gold"),)),
        Send("gold", "rest", "tip", "gold"),
        Send("plain", "rest", "tip", "plain"),
        Wait("rest", "again", Delay(days=1)),
        Branch("again", "choose", (Arm(LATE, END),)),
    )
    made = definition(steps=steps, goal=None, exits=())
    assert plain(describe(made, "en")) == [
        "Begins when wanted",
        "1 Choose the first that fits",
        " [If tier is “gold” or 1 or yes]",
        "  2 Send “gold”",
        "  Go on at step 4",
        " [Otherwise]",
        "  3 Send “plain”",
        "  Go on at step 4",
        "4 Wait 1 day",
        "5 Choose the first that fits",
    ]


@pytest.mark.parametrize(
    ("delay", "said"),
    [
        (Delay(days=1), "1 day"),
        (Delay(elapsed=timedelta(hours=24, minutes=1)), "24 hours and 1 minute"),
        (Delay(working_days=5, at=time(9)), "5 working days, at 09:00"),
        (Delay(at=time(9), on=DayRule(frozenset({0, 4}))), "at 09:00, on a Monday or Friday"),
        (Delay(days=7, on=WORKING_DAYS), "7 days, on a working day"),
        (Delay(until=Ref(Source.ENTRY, "the meeting"), earlier=timedelta(hours=24)),
         "until 24 hours before the meeting"),
        (Delay(until=date(2027, 3, 31)), "until March 31, 2027"),
    ],
)  # fmt: skip
def test_delays_in_words(delay: Delay, said: str) -> None:
    with override("en"):
        assert WORDS.delay(delay) == said


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (LATE, "it is late"),
        (Not(LATE), "it is not so that it is late"),
        (AllOf((LATE, AnyOf((GOLD, LATE)))), "it is late and (tier is “gold” or 1 or yes or it is late)"),
        (Compare(Ref(Source.ENTRY, "amount"), Op.AT_LEAST, 100), "amount is at least 100"),
        (Compare(Ref(Source.ANSWER, "call"), Op.IS, "later"), "the answer at “call” is “later”"),
        (Compare(Ref(Source.EVENT, "note"), Op.KNOWN, False), "note is not known"),
    ],
)
def test_conditions_in_words(condition: Condition, said: str) -> None:
    assert WORDS.condition(condition) == said


def test_small_steps_and_what_holds_around() -> None:
    steps = (Update("a", "b", {"tier": "gold"}), Tag("b", "c", ("vip",), ("new",)), Exit("c"))
    made = definition(steps=steps, goal=None)
    assert plain(describe(made, "en"))[1:] == [
        "1 Write down tier: “gold”",
        "2 Put on the tag “vip”",
        "3 Ends",
    ]
    assert around(made, "en") == [
        ("If the client replies", "The journey ends, and a person takes over"),
        ("Leaves when", "cancelled"),
        ("Begins again", "When the last time is over"),
    ]


def test_every_check_has_a_sentence_for_passing_and_each_finding_one() -> None:
    assert all(passed_sentence(name, "en") for name in CHECKS)
    found = [each for one in run_checks(definition(), Surroundings({}, {})) for each in one.findings]
    assert finding_sentence(found[0], "en") == "There is no touchpoint “request”. Make it, or choose another."
    missing = Finding("J005", "no_words", params={"what": "name", "language": "nb"})
    assert finding_sentence(missing, "en") == "“name” has no Norwegian text."


def test_a_problem_in_words() -> None:
    with pytest.raises(DefinitionError) as caught:
        read("format: tactful.journey/1\nsteps: 3\n")
    said = [problem_sentence(problem, "en") for problem in caught.value.problems]
    assert "steps (line 2): This must be a list." in said
    assert problem_sentence(Problem("too_long"), "en").startswith("The document is too large")
