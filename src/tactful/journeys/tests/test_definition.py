"""Reading, refusing and writing definitions."""

import json
from datetime import date, time, timedelta

import pytest
from jsonschema import Draft202012Validator

from tactful.journeys import recipes
from tactful.journeys.rules.definition import document, parse, read, write
from tactful.journeys.rules.problems import DefinitionError
from tactful.journeys.rules.schema import SCHEMA
from tactful.journeys.rules.yaml_text import read_yaml
from tactful.journeys.types import (
    WORKING_DAYS,
    AllOf,
    AnyOf,
    Compare,
    DayRule,
    Definition,
    Delay,
    EventEntry,
    Exit,
    ManualEntry,
    Not,
    Op,
    Ref,
    Source,
    Wait,
)

from .build import definition

SMALL = """\
format: tactful.journey/1
slug: small
name:
  en: Small
  nb: Liten
entry:
  manual: true
steps:
- id: rest
  kind: wait
  delay:
    days: 1
- id: done
  kind: exit
"""


def refused(text: str) -> list[tuple[str, str, int | None]]:
    with pytest.raises(DefinitionError) as caught:
        read(text)
    return [(problem.code, problem.path, problem.line) for problem in caught.value.problems]


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_every_kind_and_word_of_the_schema_is_described_for_editors() -> None:
    kinds = [
        SCHEMA["$defs"]["step_" + kind] for kind in SCHEMA["$defs"]["step"]["properties"]["kind"]["enum"]
    ]
    assert len(kinds) == 13
    assert all(kind["description"] for kind in kinds)


def test_the_recipes_are_journeys_and_written_as_we_write() -> None:
    for slug in recipes.names():
        text = recipes.text(slug)
        uncommented = "".join(line for line in text.splitlines(True) if not line.startswith("#"))
        assert write(read(text)) == uncommented
        assert read(text).slug == slug
    assert "annual-accounts-documents" in recipes.names()


@pytest.mark.parametrize("made", [definition(), read(SMALL), read(recipes.text("annual-accounts-documents"))])
def test_round_trips(made: Definition) -> None:
    assert parse(json.loads(json.dumps(document(made)))) == made
    assert read(write(made)) == made
    assert write(read(write(made))) == write(made)


def test_left_out_means_the_step_below_and_the_last_says_nothing() -> None:
    small = read(SMALL)
    assert isinstance(small.entry, ManualEntry)
    assert [step.next for step in small.steps] == ["done", "end"]
    assert read(SMALL.replace("- id: done\n  kind: exit\n", "")).steps[0].next == ""
    assert isinstance(small.steps[1], Exit)
    assert small.stop_on_reply


@pytest.mark.parametrize(
    ("delay", "means"),
    [
        ("{days: 1}", Delay(days=1)),
        ("{hours: 24, minutes: 30}", Delay(elapsed=timedelta(hours=24, minutes=30))),
        ("{working_days: 5, at: 09:00}", Delay(working_days=5, at=time(9))),
        ("{at: 9:30, weekdays: [mon, fri]}", None),
        ("{at: 19:30, weekdays: [mon, fri]}", Delay(at=time(19, 30), on=DayRule(frozenset({0, 4})))),
        ("{days: 7, weekdays: working}", Delay(days=7, on=WORKING_DAYS)),
        ("{until: 2027-03-31, at: 09:00}", Delay(until=date(2027, 3, 31), at=time(9))),
        (
            "{until: {entry: starts_at}, earlier: {hours: 24}}",
            Delay(until=Ref(Source.ENTRY, "starts_at"), earlier=timedelta(hours=24)),
        ),
    ],
)
def test_delays(delay: str, means: Delay | None) -> None:
    text = SMALL.replace("delay:\n    days: 1", f"delay: {delay}")
    if means is None:
        assert refused(text) == [("shape", "steps[0].delay.at", 11)]
        return
    step = read(text).steps[0]
    assert isinstance(step, Wait)
    assert step.delay == means
    assert read(write(read(text))) == read(text)


def test_conditions() -> None:
    text = SMALL.replace(
        "  manual: true",
        "  event: bought\n  if:\n    all:\n    - event: amount\n      at_least: 100\n"
        "    - not:\n        any:\n        - attribute: tier\n          one_of: [gold, 1, true]\n"
        "        - fact: contact.new\n"
        "        - event: note\n          known: false",
    )
    entry = read(text).entry
    assert entry == EventEntry(
        "bought",
        AllOf((
            Compare(Ref(Source.EVENT, "amount"), Op.AT_LEAST, 100),
            Not(AnyOf((
                Compare(Ref(Source.ATTRIBUTE, "tier"), Op.ONE_OF, ("gold", 1, True)),
                Compare(Ref(Source.FACT, "contact.new"), Op.HOLDS),
                Compare(Ref(Source.EVENT, "note"), Op.KNOWN, False),
            ))),
        )),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("slug: small\n", "", [("missing", "", 1)]),
        ("slug: small", "slug: Small", [("shape", "slug", 2)]),
        ("slug:", "slugg:", [("unknown_near", "slugg", 2), ("missing", "", 1)]),
        ("journey/1", "journey/9", [("allowed", "format", 1)]),
        ("  nb: Liten\n", "", [("missing", "name", 3)]),
        ("manual: true", "manual: true\n  event: x", [("choose_one", "entry", 6)]),
        ("manual: true", "segment: rich\n  key: x", [("not_with", "entry.key", 8)]),
        ("manual: true", "date: visit.at", [("date_key", "entry.date", 7)]),
        ("manual: true", "date: visit.at\n  key: visit\n  yearly: true", [("not_with", "entry.yearly", 9)]),
        ("manual: true", "date: contact.birthday", [("client_date", "entry.date", 7)]),
        ("manual: true", "date: contact.attribute.birthday\n  key: x", [("not_with", "entry.key", 8)]),
        (
            "manual: true",
            "every: FREQ=HOURLY\n  at: 09:00\n  from: 2027-01-01\n  for: {attribute: x}",
            [("rule", "entry.every", 7)],
        ),
        (
            "manual: true",
            "every: FREQ=DAILY\n  at: 09:00\n  from: 2027-02-30\n  for: {attribute: x}",
            [("date", "entry.from", 9)],
        ),
        (
            "manual: true",
            "every: FREQ=DAILY\n  at: 09:00\n  for: {attribute: x}",
            [("needs", "entry.every", 7)],
        ),
        ("manual: true", "manual: true\n  earlier: {hours: 1}", [("needs", "entry.earlier", 8)]),
        ("kind: exit", "kind: webhook\n  url: example.org", [("shape", "steps[1].url", 15)]),
        (
            "kind: exit",
            "kind: webhook\n  url: https://x.org/\n  if_failed: rest",
            [("needs", "steps[1].if_failed", 16)],
        ),
        ("kind: exit", "kind: exit\n  colour: red", [("unknown", "steps[1].colour", 15)]),
        ("id: done", "id: rest", [("twice", "steps[1].id", 13)]),
        ("id: done", "id: end", [("reserved", "steps[1].id", 13)]),
        ("days: 1", "days: 1\n  next: nowhere", [("target", "steps[0].next", 13)]),
        ("days: 1", "days: one", [("kind", "steps[0].delay.days", 12)]),
        ("days: 1", "days: 0", [("too_small", "steps[0].delay.days", 12)]),
        ("days: 1", "days: 1\n    hours: 2", [("one_time", "steps[0].delay", 11)]),
        ("days: 1", "until: 2027-02-30", [("date", "steps[0].delay.until", 12)]),
        ("en: Small", "en: Small\n  en: Tiny", [("twice", "name.en", 5)]),
        ("en: Small", "en: &a Small\n  x: *a", [("alias", "name.x", 5)]),
        ("en: Small", "en: !!python/name:os.system ''", [("tag", "name.en", 4)]),
        ("en: Small", "en: [", [("yaml", "", 6)]),
    ],
)
def test_what_is_wrong_is_said_with_its_place(old: str, new: str, expected: list[object]) -> None:
    assert sorted(refused(SMALL.replace(old, new, 1)), key=str) == sorted(expected, key=str)


def test_the_sentence_says_where_and_what_to_do() -> None:
    with pytest.raises(DefinitionError) as caught:
        read(SMALL.replace("days: 1", "dayz: 1"))
    assert str(caught.value).splitlines()[-1] == (
        "steps[0].delay.dayz (line 12): “dayz” is not known here. Did you mean “days”?"
    )


@pytest.mark.parametrize(
    "text", ["", "- 1", "just words", "[" * 5000, "a: " * 200_000, "{" * 3000 + "}" * 3000]
)
def test_nonsense_is_refused_and_never_breaks_the_reader(text: str) -> None:
    assert refused(text)


def test_a_deep_document_is_refused() -> None:
    deep: dict[str, object] = {"fact": "a.b"}
    for _ in range(5000):
        deep = {"not": deep}
    with pytest.raises(DefinitionError):
        parse({**document(read(SMALL)), "exit_when": [{"if": deep}]})


@pytest.mark.parametrize(
    "value", ["!!bool foo", "!!int x", '!!int ""', '"\\UFFFFFFFF"', "9" * 5000, "\x0b", '"\\ud800"', '"\\0"']
)
def test_no_text_breaks_the_reader(value: str) -> None:
    with pytest.raises(DefinitionError):
        read_yaml(f"a: {value}")


def test_no_event_speaks_for_a_person() -> None:
    text = recipes.text("quote-follow-up")
    spoken = text.replace("variables:\n", "variables:\n    personal_line:\n      entry: said\n", 1)
    assert spoken != text
    with pytest.raises(DefinitionError, match="words of a person"):
        read(spoken)
