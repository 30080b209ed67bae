"""Contact cards of the programs that make them."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tactful.contacts.rules import vcards
from tactful.contacts.rules.cleaning import clean
from tactful.contacts.rules.headings import guess_mapping
from tactful.contacts.rules.tables import read_table
from tactful.contacts.rules.trouble import Unusable
from tactful.contacts.types import Draft, Field, Note

IPHONE = """BEGIN:VCARD
VERSION:3.0
PRODID:-//Apple Inc.//iPhone OS 18.1//EN
N:Strand;Liv;Marie;;
FN:Liv Marie Strand
ORG:Strand AS;Salg
item1.EMAIL;type=INTERNET;type=pref:Liv.Strand@client.example
item1.X-ABLabel:_$!<Work>!$_
EMAIL;type=INTERNET;type=HOME:liv@home.example
TEL;type=CELL;type=VOICE;type=pref:911 22 333
ADR;type=HOME;type=pref:;;Nygårdsgaten 1;Bergen;;5015;Norge
BDAY:1985-04-12
PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD
 /2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcp
 LDAxNDQ0Hyc5PTgyPC4zNDL=
CATEGORIES:kunde,vip
NOTE:Likes calls\\nbefore noon
END:VCARD
"""
ANDROID = """BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=98deg=C3=A5rd;=C3=85se;;;
FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=85se =C3=98deg=C3=A5rd
TEL;CELL;PREF:+4792233444
EMAIL;HOME:ase@client.example
END:VCARD
"""
NEWEST = """BEGIN:VCARD
VERSION:4.0
FN:Fiona MacLeod
N:MacLeod;Fiona;;;
TEL;VALUE=uri;TYPE=cell:tel:+47-933-44-555
EMAIL:fiona@client.example
BDAY:--0412
END:VCARD
"""


def drafts(text: str) -> list[tuple[Draft, tuple[Note, ...]]]:
    table = read_table(text.encode())
    mapping = guess_mapping(table.header, table.rows)
    return [clean(row, mapping, date(2026, 11, 2)) for row in table.rows]


def test_cards_of_three_programs_in_one_file() -> None:
    liv, ase, fiona = (draft for draft, _notes in drafts(IPHONE + ANDROID + NEWEST))
    assert (liv.name, liv.given_name, liv.family_name) == ("Liv Marie Strand", "Liv Marie", "Strand")
    assert liv.mails == ("liv.strand@client.example", "liv@home.example")
    assert liv.phones == ("+4791122333",)
    assert liv.birthday == date(1985, 4, 12)
    assert liv.tags == ("kunde", "vip")
    assert liv.values == {
        Field.COMPANY: "Strand AS",
        Field.ADDRESS: "Nygårdsgaten 1",
        Field.POSTAL_CODE: "5015",
        Field.CITY: "Bergen",
        Field.NOTES: "Likes calls\nbefore noon",
    }
    assert (ase.name, ase.mails, ase.phones) == ("Åse Ødegård", ("ase@client.example",), ("+4792233444",))
    assert (fiona.name, fiona.phones, fiona.birthday) == ("Fiona MacLeod", ("+4793344555",), None)


def test_the_line_is_that_of_the_file() -> None:
    rows = read_table((IPHONE + "\n\n" + ANDROID).encode()).rows
    assert [row.line for row in rows] == [1, IPHONE.count("\n") + 3]


def test_a_card_that_says_nothing_is_one_refused_row() -> None:
    empty = "BEGIN:VCARD\nVERSION:3.0\nX-ODD\nEND:VCARD\n"
    (_draft, notes), (kept, _none) = drafts(empty + NEWEST)
    assert [note.code for note in notes] == ["name.missing", "reach.missing"]
    assert kept.name == "Fiona MacLeod"


def test_a_card_without_an_end_still_says_who_it_is() -> None:
    ((draft, _notes),) = drafts(NEWEST.replace("END:VCARD\n", ""))
    assert draft.mails == ("fiona@client.example",)


def test_too_many_are_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vcards, "MAX_CARDS", 2)
    with pytest.raises(Unusable) as trouble:
        read_table((NEWEST * 3).encode())
    assert (trouble.value.note.code, trouble.value.note.params) == ("file.long", {"limit": 2})


parts = st.sampled_from(
    ["BEGIN:VCARD", "END:VCARD", "VERSION:2.1", "N:", "FN", ";ENCODING=QUOTED-PRINTABLE", ":=C3=9", "=",
     "\n ", "item1.", "EMAIL;TYPE=", '"', ",", ";;;", "BDAY:", "ADR:;;", "CHARSET=klingon", "\\n", "\0", "Å",
     "PHOTO:", "BEGIN:VEVENT", "END:", "ORG:", "CATEGORIES:,,", "TEL:tel:"]
)  # fmt: skip


@given(st.lists(st.one_of(parts, st.text(max_size=8)), max_size=60), st.sampled_from(["", "\n", "\r\n"]))
@settings(max_examples=300)
def test_no_card_breaks_the_reader(pieces: list[str], glue: str) -> None:
    text = "BEGIN:VCARD\n" + glue.join(pieces)
    try:
        table = read_table(text.encode("utf-8", "replace"))
    except Unusable as trouble:
        said = trouble.note.code
    else:
        said = "file.read"
        assert {len(row.cells) for row in table.rows} == {len(table.header)}
    assert said.startswith("file.")


def test_one_card_with_endless_numbers_makes_no_endless_table() -> None:
    """Each of its numbers would be a cell of every other card: one megabyte, a table of a billion."""
    many = "BEGIN:VCARD\nFN:Kari\n" + "TEL:91122333\n" * 3_000 + "END:VCARD\n"
    table = read_table((many + "BEGIN:VCARD\nFN:Ola\nEND:VCARD\n" * 100).encode())
    assert (len(table.rows), len(table.header)) == (101, len(vcards._ONE) + 1 + vcards.MOST_OF_A_KIND)
