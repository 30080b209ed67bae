"""A form gives the bytes that a mail built on its own has."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tactful.content.rules.compile import compile_mail
from tactful.content.rules.form import MARKS, Form, Mails, Tokens
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
    ((pieces, digest),) = made.fill(_mails([(values, tokens, to)]))
    return Whole(b"".join(pieces), digest)


def _mails(given: Sequence[tuple[Mapping[str, str], Tokens, str]]) -> Mails:
    values, tokens, names = zip(*given, strict=True)
    to = [MailAddress("liv@example.com", name) for name in names]
    return Mails(to, [ENVELOPE.date] * len(to), list(zip(*tokens, strict=True)), values)


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


ROWS = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(["given_name", "city", "missing", "note", "else"]), words),
        st.sampled_from([TOKENS, OTHERS]),
        words,
    ),
    min_size=2,
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(base=BASES, shared=st.dictionaries(st.sampled_from(["given_name", "city"]), words), rows=ROWS)
def test_many_mails_at_once_are_those_that_each_would_be_alone(
    base: str, shared: dict[str, str], rows: list[tuple[dict[str, str], Tokens, str]]
) -> None:
    made = form(shared, base)
    rows = [({**values, "upload_url": URL}, tokens, to) for values, tokens, to in rows]
    together = [(b"".join(pieces), digest) for pieces, digest in made.fill(_mails(rows))]
    assert together == [fill(made, values, tokens, to) for values, tokens, to in rows]
    for (payload, _), (values, tokens, to) in zip(together, rows, strict=True):
        assert payload == COMPILED["fast"].build(envelope(tokens, base, to), {**shared, **values})


def test_one_address_of_many_is_checked_as_it_is_alone() -> None:
    """One question for all of them, and each of the unusual ones asked again."""
    addresses = ["liv@example.com", "kari@blåbær.no", "kåre@example.com", f"{'l' * 64}@a.no"]
    mails = _mails([(FIRST, TOKENS, "Liv")] * len(addresses))
    to = [MailAddress(address, "Liv") for address in addresses]
    for address, (pieces, _) in zip(to, form({}).fill(mails._replace(to=to)), strict=True):
        assert b"".join(pieces) == COMPILED["fast"].build(envelope(TOKENS)._replace(to=address), FIRST)
    for bad in ("liv@example.com\nola@example.com", "=?x@example.com", f"{'l' * 65}@a.no"):
        with pytest.raises(MailRefused, match="not a mail address"):
            form({}).fill(mails._replace(to=[*to[1:], MailAddress(bad, "Liv")]))


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
