"""A form gives the bytes that a mail built on its own has."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tactful.content.rules.compile import compile_mail
from tactful.content.rules.form import MARKS, Form, Tokens
from tactful.content.tests.test_mail import BRAND, COMPILED, ENVELOPE, FAST, URL, nasty
from tactful.content.types import MailAddress, MailEnvelope, MailLinks, MailRefused, Unsubscribe

TOKENS = Tokens(*(digit * 38 for digit in "1234"))
OTHERS = Tokens(*(digit * 38 for digit in "5678"))
BASES = st.sampled_from(["https://a.example", "https://a-rather-long-name-of-a-house.example.org/some/place"])
words = st.one_of(nasty, st.sampled_from(["", " ", "Liv", "Åse", "x" * 80]))


def envelope(tokens: Tokens, base: str = "https://a.example", to: str = "Liv Ås") -> MailEnvelope:
    return ENVELOPE._replace(
        to=MailAddress("liv@example.com", to),
        message_id=f"<{tokens.message_id}@example.org>",
        reply_to=MailAddress(f"post+{tokens.reply}@example.org", "Berg & Dahl"),
        links=MailLinks(f"{base}/why/{tokens.why}/", f"{base}/preferences/{tokens.why}/"),
        unsubscribe=Unsubscribe(f"{base}/unsubscribe/{tokens.leave}/", f"post+{tokens.leave}@example.org"),
    )


def form(shared: Mapping[str, str], base: str = "https://a.example") -> Form:
    made = COMPILED["fast"].form(envelope(MARKS, base), shared)
    assert made is not None
    return made


class Whole(NamedTuple):
    payload: bytes
    digest: bytes


def fill(made: Form, values: Mapping[str, str], tokens: Tokens = TOKENS, to: str = "Liv Ås") -> Whole:
    return Whole(*made.fill(MailAddress("liv@example.com", to), ENVELOPE.date, tokens, values))


@settings(max_examples=60, deadline=None)
@given(
    base=BASES,
    to=words,
    shared=st.dictionaries(st.sampled_from(["given_name", "city", "unknown"]), words),
    values=st.dictionaries(st.sampled_from(["given_name", "city", "missing", "note", "else"]), words),
)
def test_a_form_gives_the_same_bytes(
    base: str, to: str, shared: dict[str, str], values: dict[str, str]
) -> None:
    made, values = form(shared, base), {**values, "upload_url": URL}
    for tokens in (TOKENS, OTHERS):
        whole = COMPILED["fast"].build(envelope(tokens, base, to), {**shared, **values})
        assert fill(made, values, tokens, to).payload == whole


FIRST = {"upload_url": URL, "given_name": "Åse"}


@pytest.mark.parametrize(
    ("values", "tokens", "to"),
    [
        ({**FIRST, "given_name": "Ase"}, TOKENS, "Liv"),
        ({**FIRST, "city": "Bø"}, TOKENS, "Liv"),
        ({**FIRST, "note": "x"}, TOKENS, "Liv"),
        ({**FIRST, "upload_url": "https://a.example/?c=1&d=2"}, TOKENS, "Liv"),
        (FIRST, TOKENS, "Live"),
        *((FIRST, TOKENS._replace(**{name: "9" * 38}), "Liv") for name in Tokens._fields),
    ],
)
def test_other_bytes_have_another_digest(values: dict[str, str], tokens: Tokens, to: str) -> None:
    made = form({})
    first, other = fill(made, FIRST, to="Liv"), fill(made, values, tokens, to)
    assert first.payload != other.payload
    assert first.digest != other.digest
    assert len(first.digest) == 32


def test_the_same_bytes_have_the_same_digest_from_a_fresh_compile_too() -> None:
    again = compile_mail(FAST, BRAND).form(envelope(MARKS), {})
    assert again is not None
    assert fill(again, FIRST) == fill(form({}), FIRST)


def test_another_template_has_another_digest() -> None:
    other = compile_mail(replace(FAST, text="Else"), BRAND).form(envelope(MARKS), {})
    assert other is not None
    assert fill(other, FIRST).digest != fill(form({}), FIRST).digest


def test_what_is_missing_is_said() -> None:
    with pytest.raises(MailRefused, match="upload_url"):
        fill(form({}), {"upload_url": " "})
    with pytest.raises(MailRefused, match="why_url"):
        COMPILED["fast"].form(ENVELOPE._replace(links=MailLinks()), {})
    with pytest.raises(MailRefused, match="not one of ours"):
        fill(form({}), FIRST, TOKENS._replace(why="x\r\nBcc: a@b.example"))


def test_a_mail_with_conditions_has_no_form() -> None:
    assert COMPILED["slow"].form(envelope(MARKS), {}) is None
