"""A plain row is read as every other is, whatever stands in it; only sooner."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tactful.contacts.rules import plain_rows
from tactful.contacts.rules.cleaning import clean
from tactful.contacts.types import ColumnMapping, Field, SourceRow

TODAY = date(2026, 4, 9)
FIELDS = tuple(Field)
pools = {
    Field.NAME: ["Kari Hansen", "HANSEN, KARI", "hr. Ola Vik", "1234", "Ola  (sjef) Vik", "x" * 250],
    Field.GIVEN_NAME: ["Kari", " Åse ", "K."],
    Field.FAMILY_NAME: ["Vik", "van der Berg", ",", "VIK"],
    Field.EMAIL: ["kari@x.example", "Kari@X.Example", "kari at x", "a@x.no;b@x.no", "<k@x.no>", "å@å.no"],
    Field.PHONE: ["412 00 137", "+47 41200137", "1234", "41200137, 41200138", "+46 70 123 45 67", "00"],
    Field.COMPANY: ["Kafé Kråka AS", "F" * 201, " Fjord "],
    Field.ORG_NUMBER: ["974760673", "NO 974 760 673 MVA", "974760674", "12"],
    Field.LANGUAGE: ["nb", "English", "klingon"],
    Field.BIRTHDAY: ["14.02.1979", "14/2/79", "3/4/2019", "31.02.2001", "1.1.2031"],
    Field.CLIENT_SINCE: ["2019-02-14", "14.02.19", "soon"],
    Field.ADDRESS: ["Storgata 1", "a" * 300],
    Field.POSTAL_CODE: ["5005", "505", "5005 Bergen", "N-5005 Bergen"],
    Field.CITY: ["Bergen", "BERGEN", "MO I RANA", "5005 Bergen", "Nes på Hedmarken"],
    Field.TAGS: ["fast kunde", "A;B|a", "* myContacts ::: venner"],
    Field.ACCOUNT_MANAGER: ["Ingrid Solheim", "i" * 130],
    Field.NOTES: ["Ringer selv.", "n" * 4100, "two\nlines"],
    Field.CONSENT: ["ja", "nei", "kanskje"],
}  # fmt: skip
strange = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["", " ", "\n" * 31, "-"]
)
mappings = st.builds(
    lambda columns, order, region: ColumnMapping(dict(enumerate(columns)), order, region),
    st.permutations(FIELDS).flatmap(lambda all_: st.integers(0, len(all_)).map(lambda n: all_[:n]))
    | st.lists(st.sampled_from(FIELDS), max_size=6),
    st.sampled_from(["", "dmy", "mdy"]),
    st.sampled_from(["NO", "NO", "NO", "GB"]),
)


@st.composite
def files(draw: st.DrawFn) -> tuple[ColumnMapping, list[SourceRow]]:
    mapping = draw(mappings)
    cells = [st.sampled_from(["", *pools[field]]) | strange for field in mapping.columns.values()]
    plain = [st.sampled_from([pools[field][0], ""]) for field in mapping.columns.values()]
    row = st.tuples(*cells) | st.tuples(*plain)
    short = st.builds(lambda cells, width: cells[:width], row, st.integers(0, len(cells)))
    wide = st.builds(lambda cells, more: (*cells, more), row, strange)
    drawn = draw(st.lists(row | short | wide, max_size=4))
    return mapping, [SourceRow(line, each) for line, each in enumerate(drawn, 2)]


@given(files())
@settings(max_examples=700, deadline=None)
def test_every_row_is_read_as_by_the_long_way(file: tuple[ColumnMapping, list[SourceRow]]) -> None:
    mapping, rows = file
    expected = [(row, *clean(row, mapping, TODAY)) for row in rows]
    found = plain_rows.clean_all(rows, mapping, TODAY)
    assert found == expected
    assert [list(draft.values) for _, draft, _ in found] == [list(draft.values) for _, draft, _ in expected]


def test_ordinary_rows_go_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(plain_rows, "clean")
    mapping = ColumnMapping(dict(enumerate(FIELDS)))
    whole = tuple(pools[field][0] for field in FIELDS)
    rows = [
        SourceRow(2, whole),
        SourceRow(3, (*whole, "more")),
        SourceRow(4, ("Kari", "", "", "", "41200137", *[""] * 12)),
    ]
    assert [draft.phones for _, draft, _ in plain_rows.clean_all(rows, mapping, TODAY)] == [
        ("+4741200137",)
    ] * 3
