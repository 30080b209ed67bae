"""What a colleague would say about a letter, and that a click mends it."""

from dataclasses import replace

import pytest
from hypothesis import given

from tactful.content.rules.contrast import contrast, mended
from tactful.content.rules.letters import editing
from tactful.content.rules.letters.blocks import Block, Blocks, walk
from tactful.content.rules.letters.hints import hints, mend
from tactful.content.rules.letters.letter import (
    Letter,
    Letters,
    begun,
    letters_of,
    opened,
    undeclared,
    with_blocks,
    with_default,
)
from tactful.content.tests.letters import letters
from tactful.content.types import MailSource, Variable

PLAIN = begun("en")


def codes(letter: Letter, **given: bool) -> set[str]:
    return {hint.code for hint in hints(letter, **given)}


def of(*blocks: Block, **changes: object) -> Letter:
    return replace(PLAIN, subject="Hello", blocks=blocks, **changes)  # type: ignore[arg-type]


def text(words: str) -> Block:
    return Block("text", {"text": words})


def heading(level: str) -> Block:
    return Block("heading", {"text": "A title", "level": level})


PICTURE = Block("image", {"src": "https://x.example/a.png", "alt": "", "href": "", "width": "100"})


@pytest.mark.parametrize(
    ("letter", "code"),
    [
        (of(text("Hi"), PICTURE), "no_alt"),
        (of(PICTURE), "only_images"),
        (of(text("[click here](https://x.example)")), "vague_link"),
        (of(Block("button", {"label": "Les mer", "href": "https://x.example"})), "vague_link"),
        (of(Block("button", {"label": "Book", "href": ""})), "no_address"),
        (of(text("WE ARE MOVING SOON")), "capitals"),
        (replace(of(text("a")), subject="LAST CHANCE TODAY"), "capitals"),
        (of(text("Come! Now!")), "exclamation"),
        (replace(of(text("a")), subject="x" * 61), "long_subject"),
        (of(heading("1"), heading("3")), "heading_order"),
        (of(text("20 % avslag i mai")), "no_unsubscribe"),
        (of(text("Jeg tenkte på deg i dag")), "personal"),
        (of(text("")), "empty_block"),
        (of(source='<mj-text color="#cccccc">x</mj-text>'), "low_contrast"),
    ],
)  # fmt: skip
def test_each_is_said_and_a_calm_letter_is_left_alone(letter: Letter, code: str) -> None:
    assert code in codes(letter)
    assert codes(of(text("Hello {{ given_name }}."), heading("2"))) == set()


def test_a_person_may_be_personal_and_news_needs_a_way_out() -> None:
    assert "personal" not in codes(of(text("Just for you")), by_person=True)
    assert "no_unsubscribe" in codes(of(text("We have moved")), marketing=True)


@given(letters)
def test_a_click_mends_what_it_promises(blocks: Blocks) -> None:
    letter = of(*blocks, text("SHOUTING LOUD! AND! {{ given_name }}"), heading("3"))
    for hint in hints(letter):
        if hint.mends:
            again = hints(mend(letter, hint))
            assert hint not in again, hint


@given(letters)
def test_edits_are_what_they_say(blocks: Blocks) -> None:
    for path, block in walk(blocks):
        assert editing.at(editing.copy(blocks, path), editing.following(path)) == block
        assert editing.remove(editing.copy(blocks, path), path) == blocks
        assert editing.put(blocks, path, block) == blocks
        try:
            down = editing.move(blocks, path, 1)
        except editing.NoSuchBlock:
            continue
        assert editing.move(down, editing.following(path), -1) == blocks


@given(letters)
def test_the_other_language_stands_beside_what_it_says(blocks: Blocks) -> None:
    assert editing.beside(blocks, blocks) == dict(walk(blocks))
    more = (PICTURE, *blocks)
    assert editing.beside(more, blocks).keys() <= dict(walk(more)).keys()
    calm = (heading("1"), text("a"), Block("divider"))
    assert editing.beside((calm[0], PICTURE, *calm[1:]), calm) == {"0": calm[0], "2": calm[1], "3": calm[2]}


@pytest.mark.parametrize("path", ["", "9", "0.0", "0.0.0.0", "-1", "x", "0.9.0", "٣"])
def test_a_path_to_nowhere_is_refused(path: str) -> None:
    for act in (editing.at, editing.remove, editing.copy):
        with pytest.raises(editing.NoSuchBlock):
            act((text("a"),), path)


@given(letters)
def test_a_draft_is_kept_as_it_is(blocks: Blocks) -> None:
    found = Letters({"nb": with_blocks(begun("nb"), blocks, "nb"), "en": opened(MailSource("a", "<mjml>"))})
    assert letters_of(found.as_json()) == found


def test_a_name_asks_for_what_stands_there_for_nobody() -> None:
    letter = of(text("{{ matter }} {{ given_name }}"))
    assert undeclared(letter) == ["matter"]
    told = with_default(letter, "matter", "your accounts")
    assert undeclared(told) == []
    assert Variable("matter", "your accounts") in told.variables


def test_colours_that_cannot_be_read_are_mended_towards_their_ground() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert mended("#12566b", "#ffffff") == "#12566b"
    for wanted in ("#ffee00", "#ff8800", "#cccccc", "#ffffff", "#000000"):
        for ground in ("#ffffff", "#101716"):
            assert contrast(mended(wanted, ground), ground) >= 4.5
