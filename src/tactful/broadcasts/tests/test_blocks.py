"""A broadcast's words as blocks, and back: the same mail both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.broadcasts.rules.blocks import is_blocks, letter_of, words_of
from tactful.broadcasts.rules.fields import defaults
from tactful.broadcasts.rules.slugs import place_of, slug_of
from tactful.broadcasts.rules.words import mail_source
from tactful.broadcasts.types import Variant, Words
from tactful.content.rules.compile import check_template
from tactful.content.rules.letters.mjml import from_mjml, to_mjml

PIECES = st.sampled_from(
    [
        "# Spring",
        "Hello {{ given_name }},\nit is spring.",
        'You have {{ points | default: "some" }} points.',
        "- one\n- two & three",
        "[Book now](https://salon.example/?a=1&b=2)",
        "See [our page](https://salon.example/) or {{ company }}.",
        "5 < 6 > 4 \\ * _ + - [x]",
        "{{ sender_name }}",
    ]
)
WORDS = st.builds(
    Words,
    subject=st.sampled_from(["Spring", 'For {{ given_name }}: {{ points | default: "some" }}']),
    preheader=st.sampled_from(["", "A line"]),
    body=st.lists(PIECES, min_size=1, max_size=6).map("\n\n".join),
    nameless=st.sampled_from(["", "du der"]),
)


@given(WORDS, st.sampled_from(["nb", "en"]))
def test_there_and_back_is_the_same_mail(words: Words, language: str) -> None:
    letter = letter_of(words, language)
    back = words_of(letter)
    assert letter.source is None, "what an owner writes can always be blocks"
    assert is_blocks(Variant({language: back}))
    before, after = mail_source(words, language), mail_source(back, language)
    assert after.mjml == to_mjml(from_mjml(before.mjml))
    assert (after.subject, after.preheader) == (before.subject, before.preheader)
    assert {each.name: each.default for each in after.variables} == {
        each.name: each.default for each in before.variables
    }
    assert not check_template(after)
    assert words_of(letter_of(back, language)) == back


@pytest.mark.parametrize("default", ["a 'b' \"c\"", "x }} y", "{{ z", "it's"])
def test_no_default_breaks_out_of_its_field(default: str) -> None:
    words = Words("S", "", 'Points: {{ points | default: "some" }}.')
    letter = letter_of(words, "en")
    variables = tuple(
        each if each.name != "points" else type(each)("points", default) for each in letter.variables
    )
    changed = words_of(type(letter)(letter.subject, blocks=letter.blocks, variables=variables))
    assert list(defaults(changed)) == ["points"]
    assert not check_template(mail_source(changed, "en"))


def test_nothing_stays_nothing() -> None:
    assert letter_of(Words(nameless="du"), "nb").is_blank
    assert words_of(letter_of(Words(), "nb")) == Words()


def test_a_slug_names_its_place() -> None:
    assert place_of(slug_of(17, 2)) == (17, 2)
    assert place_of("broadcast-x-1") is place_of("welcome") is None
