"""Pieces of words are kept as numbers: the same ones however a client was written, and for every alphabet."""

from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from tactful.contacts import actions, queries
from tactful.contacts.migrations import __name__ as migrations
from tactful.contacts.models import Contact
from tactful.contacts.rules.searching import elements, number_of, searchable, written_down
from tactful.contacts.types import ImportRequest, NewContact

NOW = datetime(2026, 4, 9, 8, 0, tzinfo=UTC)
NAMES = ("Łucja Żółtowska", "Åse Ørjasæter", "Дмитрий Шостакович", "諸葛亮孔 明", "😀😁😂 Smil")
letters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
pieces = st.text(letters, min_size=3, max_size=3)
parts = st.sampled_from(
    ["kari", ".", "@", "x.example", "a@b", "Å", " ", "-", "12", "æøå", "kari.kari", "lie"]
)
words = st.lists(parts, max_size=6).map("".join) | st.text(letters, max_size=9)
phones = st.sampled_from(["+4740000000", "+4741200137", "", "+", "412", "tlf 412 00 137", "+4740047400"])
plain = st.text(st.characters(max_codepoint=255), min_size=3, max_size=3)


@given(st.lists(pieces) | st.lists(plain))
def test_elements_are_the_numbers_of_the_pieces(given: list[str]) -> None:
    assert elements(given) == b"".join(
        (4).to_bytes(4, "big") + number_of(piece).to_bytes(4, "big") for piece in given
    )


@given(plain, plain)
def test_pieces_of_plain_letters_have_numbers_of_their_own(one: str, other: str) -> None:
    assert (number_of(one) == number_of(other)) is (one == other)


@given(st.lists(words, max_size=2), st.lists(words, max_size=2), st.lists(phones, max_size=2))
@settings(max_examples=300)
def test_what_is_written_at_once_is_what_is_searched_for(
    names: list[str], mails: list[str], phones: list[str]
) -> None:
    found = searchable(names, mails, phones)
    own, numbers = written_down(names, mails, phones)
    assert own == found.words
    each = [int.from_bytes(numbers[at + 4 : at + 8], "big") for at in range(0, len(numbers), 8)]
    assert sorted(each) == sorted(map(number_of, found.pieces))


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_every_alphabet_is_found_by_the_middle_of_a_word(name: str) -> None:
    actions.create_contact(NewContact(name, ("one@x.example",)), acting_user=None, now=NOW)
    content = f"Navn;E-post\n{name};two@x.example\nOla Dal;ola@x.example\n".encode()
    actions.import_file(ImportRequest("a.csv", content), acting_user=None, now=NOW)
    middle = max(name.split(), key=len)[1:]
    assert [line.name for line in queries.search(middle)] == [name, name]
    assert queries.search(f"{middle}x") == ()


@pytest.mark.django_db
def test_what_an_older_process_writes_becomes_the_same_numbers() -> None:
    given = ["abc", "øst", "łół", "😀😁😂", "諸葛亮", "\x01ÿ\x7f"]
    who = Contact.objects.create(name="a", sort_key="a", created_at=NOW)
    for told in (given, given[:1]):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE contact SET trigrams = %s", [told])
            cursor.execute("SELECT pieces, trigrams FROM contact WHERE id = %s", [who.id])
            assert cursor.fetchone() == ([number_of(piece) for piece in told], [])


@pytest.mark.django_db
def test_the_numbers_become_pieces_again_where_they_can() -> None:
    migration: Any = import_module(f"{migrations}.0013_quicker_imports")
    own = [number_of(piece) for piece in ("abc", "øst", "łół")]
    Contact.objects.create(name="a", sort_key="a", created_at=NOW, pieces=own)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(migration.BACKWARD)
        cursor.execute("SELECT trigrams FROM contact")
        assert cursor.fetchone()[0][:2] == ["abc", "øst"]
        cursor.execute(migration.FORWARD)
        cursor.execute("SELECT pieces[:2], trigrams FROM contact")
        assert cursor.fetchone() == (own[:2], [])
