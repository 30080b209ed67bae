"""The line as a file: there and back, and every mistake in a sentence."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tactful.touchpoints.rules.document import BadLine, Entry, read, write
from tactful.touchpoints.types import Line, MessageClass

KNOWN = ("complaint", "document-reminder", "quote")
OWNERS = ("kari@example.com",)
ENTRIES = st.builds(
    Entry,
    slug=st.sampled_from(KNOWN),
    line=st.sampled_from(Line),
    message_class=st.sampled_from(MessageClass),
    owner=st.just(OWNERS[0]),
    score=st.tuples(*[st.integers(1, 5)] * 3),
    why=st.text("abcæøå :-#'\"[]{}?é", max_size=40).map(str.strip),
)
GOOD = {"slug": "quote", "line": "judgement", "class": "relationship", "owner": OWNERS[0], "score": [1, 2, 3]}


@given(st.lists(ENTRIES, min_size=1, max_size=3, unique_by=lambda each: each.slug))
def test_there_and_back(entries: list[Entry]) -> None:
    assert read(write(entries), KNOWN, OWNERS) == tuple(entries)


def told(**changes: object) -> tuple[str, ...]:
    text = yaml.safe_dump({"format": "tactful.line/1", "touchpoints": [GOOD | changes]})
    with pytest.raises(BadLine) as trouble:
        read(text, KNOWN, OWNERS)
    return trouble.value.problems


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"line": "maybe"}, "structural, judgement or undecided, not “maybe”"),
        ({"class": "spam"}, "“class” is one of awaited"),
        ({"score": [1, 2, 6]}, "three numbers from 1 to 5"),
        ({"score": [1, 2, True]}, "three numbers from 1 to 5"),
        ({"score": "high"}, "three numbers from 1 to 5"),
        ({"owner": "who@example.com"}, "nobody with the address who@example.com"),
        ({"owner": ""}, "somebody owns it"),
        ({"slug": "nothing"}, "no touchpoint of this house"),
        ({"slug": 7}, "Number 1 has no slug"),
        ({"colour": "red"}, "“colour”, which means nothing here"),
    ],
)
def test_a_mistake_is_a_sentence(changes: dict[str, object], words: str) -> None:
    (said,) = told(**changes)
    assert words in said


@pytest.mark.parametrize("text", ["", "[", "a: 1", "format: tactful.line/2", "format: tactful.line/1", "- 1"])
def test_what_is_no_line_is_refused(text: str) -> None:
    with pytest.raises(BadLine):
        read(text, KNOWN, OWNERS)


@given(st.text(max_size=200))
def test_nothing_that_is_typed_breaks_it(text: str) -> None:
    with pytest.raises(BadLine):
        read(text, KNOWN, OWNERS)


BEGINNING = "format: tactful.line/1\n"
LAUGHS = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 10))


@pytest.mark.parametrize(
    "text",
    [
        BEGINNING + "touchpoints: [{slug: 2026-99-99}]",
        BEGINNING + "touchpoints: [{slug: complaint, line: [structural]}]",
        BEGINNING + "touchpoints: [{slug: complaint, class: {a: 1}, owner: [kari], why: 3}]",
        BEGINNING + "touchpoints: [&r {slug: complaint, line: *r, why: *r}]",
        BEGINNING + f"l0: &l0 ha\n{LAUGHS}touchpoints: [{{slug: complaint, line: *l9, owner: *l9}}]",
        BEGINNING + "touchpoints: " + "[" * 3000,
        "a: " + "9" * 6000,
        "a: !!float b",
        BEGINNING + "#" * 500_000,
    ],
    ids=["no day", "lists", "kinds", "itself", "laughs", "deep", "long number", "no number", "large"],
)
def test_what_is_made_to_break_it_is_a_short_sentence(text: str) -> None:
    with pytest.raises(BadLine) as found:
        read(text, KNOWN, OWNERS)
    assert max(map(len, found.value.problems)) < 300


def test_all_mistakes_come_at_once() -> None:
    assert len(told(line="maybe", score=[], owner="x")) == 3
    twice = yaml.safe_dump({"format": "tactful.line/1", "touchpoints": [GOOD, GOOD]})
    with pytest.raises(BadLine, match="quote stands there twice"):
        read(twice, KNOWN, OWNERS)
