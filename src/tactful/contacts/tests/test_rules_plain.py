"""The short ways of the import answer what the long ones answer, for whatever somebody has typed."""

import re
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tactful.contacts.rules import addresses
from tactful.contacts.rules.names import without_accents
from tactful.contacts.rules.searching import begun, fold, searchable, trigrams
from tactful.contacts.rules.trouble import Unusable
from tactful.contacts.types import Note

mail_parts = st.sampled_from(
    ["kari", "K.", "å", "a_b", "+x", "-", ".", "..", "'", "@", "@x", "xn--", "example", ".no", ".1", " ", "<",
     "\u212a", "ß", "a" * 64, "mailto:", ";", "\u0130"]
)  # fmt: skip
phone_parts = st.sampled_from(
    ["+47", "0047", "47", " ", "  ", "4", "1", "2", "0", "9", "8", "5", "412 00", "137", "(", ")", "-", "/",
     "\u00a0", "٤", "tlf ", "x", "79", "815", "+46", "og"]
)  # fmt: skip


def said(read: Callable[[], object]) -> object:
    try:
        return read()
    except Unusable as trouble:
        return trouble.note


def the_long_way_for_mails(text: str) -> object:
    parts = [part for part in re.split(r"[;,\n]", text) if part.strip()]
    return said(lambda: tuple(dict.fromkeys(addresses.read_mail(part) for part in parts)))


@given(st.lists(mail_parts, max_size=7).map("".join) | st.emails() | st.text(max_size=12))
@example("Kari.Hansen@Example.COM")
@example("a" * 65 + "@x.example")
@example("a@" + "b" * 63 + ".example")
@settings(max_examples=600)
def test_a_plain_mail_address_is_read_as_any_other(text: str) -> None:
    assert said(lambda: addresses.read_mails(text)) == the_long_way_for_mails(text)


@given(st.lists(phone_parts, max_size=9).map("".join) | st.from_regex(r"(\+47 ?)?[0-9]( ?[0-9]){6,8}"))
@settings(max_examples=600)
def test_a_plain_phone_number_is_what_the_library_says(text: str) -> None:
    plain = addresses.plain_phone(text)
    assert not plain or said(lambda: addresses.read_phone(text, "NO")) == plain


def test_every_range_of_norwegian_numbers_is_what_the_library_says() -> None:
    """The ranges differ in their first five digits at most."""
    taken = 0
    for beginning in range(100_00, 1000_00, 7):
        digits = f"{beginning:05d}123"
        plain = addresses.plain_phone(digits)
        taken += bool(plain)
        assert plain in ("", said(lambda digits=digits: addresses.read_phone(digits, "NO"))), digits  # type: ignore[misc]
    assert taken > 4_000


@pytest.mark.parametrize("text", ["412 00 137", "+47 41200137", "+4741200137", "22 00 00 00"])
def test_ordinary_numbers_go_the_short_way(text: str) -> None:
    assert addresses.plain_phone(text)
    assert addresses.plain_phone(text) == addresses.read_phone(text, "NO")


def test_a_number_without_its_country_is_not_norwegian_elsewhere() -> None:
    assert isinstance(said(lambda: addresses.read_phones("41200137", "GB")), Note)


@given(st.text(max_size=20) | st.text("aåÅé \u0301\u0130\u017f_.-@0", max_size=12))
def test_accents_and_pieces_are_those_of_every_letter(text: str) -> None:
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    assert without_accents(text) == plain or text.isascii()
    found = searchable([text], [text], [])
    assert set(found.pieces) == {piece for word in fold(text).split() for piece in trigrams(word)}
    assert found == searchable([text], [], [])


mail_texts = st.lists(mail_parts, max_size=7).map("".join) | st.text("aÅ\u0130\x1f\0 .@_-0", max_size=12)
phone_texts = st.lists(phone_parts, max_size=9).map("".join)


@given(
    st.lists(st.text(max_size=9), max_size=2),
    st.lists(mail_texts, max_size=2),
    st.lists(phone_texts, max_size=2),
)
@settings(max_examples=200)
def test_a_plain_address_is_found_by_the_words_and_pieces_of_any_text(
    names: list[str], mails: list[str], phones: list[str]
) -> None:
    digits = [re.sub(r"\D", "", phone) for phone in phones]
    whole = [*fold(" ".join([*names, *mails])).split(), *filter(None, digits)]
    parts = [
        part
        for word in fold(" ".join([*names, *mails])).split()
        for part in re.split(r"[\W_]+", word)
        if part
    ]
    found = searchable(names, mails, phones)
    assert found.words == sorted({begun(word) for word in (*whole, *parts)})
    assert found.pieces == sorted({piece for word in whole for piece in trigrams(word)})
