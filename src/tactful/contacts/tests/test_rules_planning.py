"""Who is who: a merge stands on strong evidence, and a second import changes nothing."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tactful.contacts.rules.planning import plan_import
from tactful.contacts.rules.searching import (
    LONGEST_MISTYPED,
    begun,
    corrections,
    matches,
    nearly,
    searchable,
    terms,
    trigrams,
)
from tactful.contacts.tests.memory import Memory
from tactful.contacts.types import ColumnMapping, Draft, Field, KnownContact, RowOutcome, RowPlan, SourceRow

TODAY = date(2026, 4, 9)
HEADER = (Field.NAME, Field.EMAIL, Field.PHONE, Field.COMPANY, Field.TAGS, Field.CONSENT, Field.NOTES)
MAPPING = ColumnMapping(dict(enumerate(HEADER)))
NEWER = ColumnMapping(MAPPING.columns, prefer_file=True)
KARI = KnownContact(7, Draft("Kari Hansen", "Kari", "Hansen", ("kari@x.example",), ("+4741200137",)))


def plan(
    *rows: tuple[str, ...], known: Sequence[KnownContact] = (KARI,), mapping: ColumnMapping = MAPPING
) -> list[RowPlan]:
    return plan_import([SourceRow(i, row) for i, row in enumerate(rows, 2)], mapping, known, TODAY)


def codes(row: RowPlan) -> list[str]:
    return [note.code for note in row.notes]


def test_a_new_person_is_created() -> None:
    (row,) = plan(("Ola Dal", "ola@x.example", "412 00 138"))
    assert row.outcome is RowOutcome.CREATED
    assert row.changes.mails == ("ola@x.example",)
    assert row.changes.phones == ("+4741200138",)


def test_the_same_mail_updates_and_the_same_again_is_unchanged() -> None:
    updated, same = plan(("Kari Hansen", "KARI@x.example", "", "Firma"), ("K. Hansen", "kari@x.example"))
    assert (updated.outcome, updated.contact_id) == (RowOutcome.UPDATED, 7)
    assert updated.changes.fill == {Field.COMPANY: "Firma"}
    assert same.outcome is RowOutcome.UNCHANGED


def test_the_same_phone_and_name_merges_two_mail_addresses() -> None:
    (row,) = plan(("Kari A. Hansen", "privat@x.example", "+47 412 00 137"))
    assert (row.outcome, row.contact_id, codes(row)) == (RowOutcome.MERGED, 7, ["merged.phone"])


def test_a_phone_with_half_a_name_is_weak_evidence() -> None:
    (alone, with_mail) = plan(("Kari", "", "412 00 137"), ("Kari", "annen@x.example", "412 00 137"))
    assert (alone.outcome, codes(alone)) == (RowOutcome.REFUSED, ["phone.two_persons"])
    assert (with_mail.outcome, codes(with_mail)) == (RowOutcome.CREATED, ["phone.kept_by"])
    assert with_mail.changes.phones == ()


def test_the_same_name_is_no_evidence_at_all() -> None:
    (row,) = plan(("Kari Hansen", "en.annen@x.example", "412 00 999"))
    assert row.outcome is RowOutcome.CREATED


def test_one_mail_and_two_people_is_refused() -> None:
    (row,) = plan(("Ola Dal", "kari@x.example", "412 00 138"))
    assert (row.outcome, codes(row)) == (RowOutcome.REFUSED, ["mail.two_persons"])
    assert row.notes[0].params == {"address": "kari@x.example", "name": "Kari Hansen"}


def test_mails_of_two_clients_in_one_row_are_refused() -> None:
    other = KnownContact(8, Draft("Kari Hansen", "Kari", "Hansen", ("k2@x.example",)))
    (row,) = plan(("Kari Hansen", "kari@x.example; k2@x.example"), known=(KARI, other))
    assert codes(row) == ["mail.two_contacts"]


def test_duplicates_inside_a_file_are_merged() -> None:
    first, second = plan(("Ola Dal", "o@x.example"), ("Ola Dal", "o@x.example", "", "", "vip"), known=())
    assert (first.outcome, second.outcome) == (RowOutcome.CREATED, RowOutcome.MERGED)
    assert second.same_as_line == first.row.line
    assert second.changes.tags == ("vip",)


def test_nothing_of_ours_is_overwritten_unless_the_file_is_newer() -> None:
    known = KnownContact(
        7, Draft("Kari Hansen", "Kari", "Hansen", ("kari@x.example",), values={Field.COMPANY: "Gammel AS"})
    )
    row = ("Kari Hansen", "kari@x.example", "", "Ny AS")
    (kept,) = plan(row, known=(known,))
    assert (kept.outcome, codes(kept)) == (RowOutcome.UNCHANGED, ["kept"])
    (newer, again) = plan(row, (*row[:3], "Enda en AS"), known=(known,), mapping=NEWER)
    assert newer.changes.fill == {Field.COMPANY: "Ny AS"}
    assert codes(again) == ["kept"]


def test_a_no_to_marketing_is_news_once() -> None:
    first, second = plan(
        ("Kari Hansen", "kari@x.example", "", "", "", "nei"),
        ("Kari Hansen", "kari@x.example", "", "", "", "nei"),
    )
    assert first.changes.objects
    assert second.outcome is RowOutcome.UNCHANGED


def test_every_mistake_of_a_row_is_told() -> None:
    (row,) = plan(("", "bad", "12"))
    assert codes(row) == ["name.missing", "mail.no_at", "phone.short_no"]
    (row,) = plan(("Ola Dal", "", ""))
    assert codes(row) == ["reach.missing"]
    (row,) = plan(("Ola Dal", ";", ""))
    assert codes(row) == ["reach.missing"]
    (row,) = plan(("Ola Dal", "o@x.example", "", "", "", "", "\n" * 40 + "x"))
    assert codes(row) == ["row.quote"]


names = st.sampled_from(["Kari Hansen", "K. Hansen", "Ola Dal", "Kari", "Kari Anne Hansen", "", "Åse Dal"])
mails = st.sampled_from(["", "kari@x.example", "a@x.example", "b@x.example; a@x.example", "bad"])
phones = st.sampled_from(["", "412 00 137", "41200138", "12", "41200138 / 41200139"])
firms = st.sampled_from(["", "Firma", "Firma AS", "Annen"])
notes = st.sampled_from(["", "en", "to", "en to"])
files = st.lists(
    st.tuples(names, mails, phones, firms, st.sampled_from(["", "vip"]), st.sampled_from(["", "nei"]), notes),
    max_size=8,
)


@given(files, files, st.sampled_from([MAPPING, NEWER]))
@settings(max_examples=300)
def test_a_second_import_changes_nothing(
    before: list[tuple[str, ...]], file: list[tuple[str, ...]], mapping: ColumnMapping
) -> None:
    memory = Memory()
    memory.apply(plan(*before, known=()))
    memory.apply(plan(*file, known=memory.known(), mapping=mapping))
    once = memory.known()
    again = plan(*file, known=once, mapping=mapping)
    assert {row.outcome for row in again} <= {RowOutcome.UNCHANGED, RowOutcome.REFUSED}
    assert not any(row.changes for row in again if row.outcome is RowOutcome.UNCHANGED)


@given(files)
@settings(max_examples=200)
def test_no_address_ever_gets_two_owners(file: list[tuple[str, ...]]) -> None:
    memory = Memory()
    memory.apply(plan(*file, known=()))
    mails = [mail for contact in memory.known() for mail in contact.draft.mails]
    phones = [phone for contact in memory.known() for phone in contact.draft.phones]
    assert len(mails) == len(set(mails))
    assert len(phones) == len(set(phones))


def test_search_looks_into_the_middle_of_words() -> None:
    names, mails, phones = ["Bjørg Ågotnes", "Kafé Kråka"], ["bjorg@agotnes-fisk.example"], ["+4741200137"]
    found = searchable(names, mails, phones)
    for query in ("gotn", "KRÅKA kaf", "fisk", "412 00 137", "+47 412", "0047 41200137"):
        words = terms(query)
        assert matches(words, names, mails, phones), query
        assert all(trigrams(word) <= set(found.pieces) for word in words)
    assert not matches(terms("krake"), names, mails, phones)
    assert terms("  ") == ()


@given(st.text(max_size=20))
def test_a_part_of_a_name_always_finds_it(name: str) -> None:
    found = searchable([name], [], [])
    for word in terms(name):
        if not word.isdigit():
            assert begun(word) in found.words
            assert trigrams(word[1:]) <= set(found.pieces)


@given(st.text("kari2@.é٣", min_size=1, max_size=40), st.integers(1, 40))
def test_whatever_is_asked_by_its_beginning_is_there(word: str, length: int) -> None:
    """Of one or two letters, or made of a word that may hold a mistake (``queries.people``)."""
    asked = word[:length]
    if len(asked) <= 2 or (len(asked) <= LONGEST_MISTYPED + 1 and not any(c.isdigit() for c in asked)):
        assert begun(word).startswith(asked)


LETTERS = "abcdeå"


@st.composite
def mistyped(draw: st.DrawFn) -> tuple[str, str]:
    """A word, and what comes of one mistake in it."""
    word = draw(st.text(LETTERS, min_size=6, max_size=10))
    at, letter = draw(st.integers(0, len(word) - 2)), draw(st.sampled_from(LETTERS))
    return word, draw(
        st.sampled_from(
            [
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at:],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            ]
        )
    )


@given(mistyped())
def test_one_mistake_in_a_word_is_forgiven_and_corrections_know_the_word(
    pair: tuple[str, str],
) -> None:
    word, written = pair
    assert nearly([written], [word], [], [])
    assert written == word or any(word.startswith(meant) for meant in corrections(written))


@pytest.mark.parametrize(
    ("written", "word"), [("hnasne", "hansen"), ("hans", "hens"), ("90000143", "90000142")]
)
def test_two_mistakes_short_words_and_numbers_are_not_guessed_at(written: str, word: str) -> None:
    assert not nearly([written], [word], [], [])
