"""Rows that say what we hold are told by the database, all at once: as the long way would have told them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tactful.contacts import actions
from tactful.contacts.actions import _import_known
from tactful.contacts.models import Contact, ImportRun
from tactful.contacts.queries.importing import known_contacts, unchanged
from tactful.contacts.rules.comparing import Said, said
from tactful.contacts.rules.headings import guess_mapping
from tactful.contacts.rules.tables import read_table
from tactful.contacts.tests.test_import_batches import empty, house, rows_of
from tactful.contacts.types import ColumnMapping, Draft, Field, ImportRequest

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 9, 7, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=2)
HEAD = "Navn;E-post;Telefon;Poststed;Firma;Orgnr;Etiketter;Født;Språk;Samtykke;Merknad\n"

row = st.tuples(
    st.sampled_from(["Kari Hansen", "K. Hansen", "Kari", "Ola Vik", "Å"]),
    st.sampled_from(["", "kari@x.example", "ola@x.example", "a@x.example;b@x.example", "kari at x"]),
    st.sampled_from(["", "412 00 137", "41200138"]),
    st.sampled_from(["", "Bergen", "Oslo"]),
    st.sampled_from(["", "Fjord AS", "Fjord", "Elv AS"]),
    st.sampled_from(["", "974760673"]),
    st.sampled_from(["", "vip", "vip, gul"]),
    st.sampled_from(["", "14.02.1979"]),
    st.sampled_from(["", "nb", "en"]),
    st.sampled_from(["", "nei", "ja"]),
    st.sampled_from(["", "Ringer sjelden", "Ringer"]),
)
rows = st.lists(row, min_size=1, max_size=5)


def bring(lines: Sequence[tuple[str, ...]], newer: bool, now: datetime) -> ImportRun:
    content = (HEAD + "".join(";".join(f'"{cell}"' for cell in line) + "\n" for line in lines)).encode()
    table = read_table(content)
    guess = guess_mapping(table.header, table.rows)
    mapping = ColumnMapping(guess.columns, guess.date_order, guess.region, newer)
    return actions.import_file(ImportRequest("a.csv", content, mapping), acting_user=None, now=now)


def nobody(_rows: Mapping[int, Said], _run: int) -> dict[int, int]:
    return {}


def told(first: Sequence[tuple[str, ...]], then: Sequence[tuple[str, ...]], newer: bool) -> list[object]:
    empty()
    one = bring(first, False, NOW)
    two = bring(then, newer, LATER)
    return [rows_of(one), rows_of(two), two.counts, house()]


@given(first=rows, then=rows, newer=st.booleans())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_told_at_once_or_one_by_one_is_the_same(
    first: Sequence[tuple[str, ...]], then: Sequence[tuple[str, ...]], newer: bool
) -> None:
    then = [*first, *then]
    quick = told(first, then, newer)
    with patch.object(_import_known, "unchanged", nobody):
        assert told(first, then, newer) == quick


def test_a_file_that_comes_again_is_told_at_once() -> None:
    lines = [
        ("Kari Hansen", "kari@x.example", "412 00 137", "Bergen", "Fjord AS", "974760673", "vip, gul",
         "14.02.1979", "nb", "", "Ringer"),
        ("Ola Vik", "ola@x.example", "", "", "", "", "", "", "", "", ""),
        ("Liv Lie", "", "41200138", "", "", "", "", "", "", "ja", ""),
    ]  # fmt: skip
    bring(lines, False, NOW)
    with patch.object(_import_known, "known_contacts", wraps=known_contacts) as known:
        run = bring(lines, True, LATER)
    assert known.call_args.args == (set(), set())
    assert (run.counts["unchanged"], Contact.objects.count()) == (3, 3)


def test_who_was_made_by_the_same_file_is_not_told_at_once() -> None:
    line = ("Kari Hansen", "kari@x.example", "", "", "", "", "", "", "", "", "")
    run = bring([line], False, NOW)
    draft = Draft("Kari Hansen", "Kari", "Hansen", ("kari@x.example",))
    words = said(draft)
    assert words is not None
    assert unchanged({4: words}, run.id) == {}
    assert unchanged({4: words}, run.id + 1) == {4: Contact.objects.get().id}


@pytest.mark.parametrize(
    "draft",
    [
        Draft("Kari Vik", mails=("a@x.example", "b@x.example")),
        Draft("Kari Vik", mails=("a@x.example",), consent=False),
        Draft("Kari Vik", mails=("a@x.example",), values={Field.ACCOUNT_MANAGER: "Ingrid"}),
        Draft("Kari", phones=("+4741200137",)),
        Draft("Kari Vik"),
        Draft("", mails=("a@x.example",)),
    ],
)
def test_what_has_to_be_thought_over_takes_the_long_way(draft: Draft) -> None:
    assert said(draft) is None
