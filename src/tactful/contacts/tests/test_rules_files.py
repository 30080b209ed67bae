"""Files: bytes, delimiters, headings, and CSV that no spreadsheet runs (R60)."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tactful.contacts.rules.decoding import decode
from tactful.contacts.rules.headings import fold_heading, guess_mapping
from tactful.contacts.rules.refused import refused_file
from tactful.contacts.rules.safe_csv import escape, unescape, write_csv
from tactful.contacts.rules.tables import DELIMITERS, open_table, read_table
from tactful.contacts.rules.trouble import Unusable
from tactful.contacts.types import Field, Note, SourceRow, Table

cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_norwegian_letters_survive_every_encoding(encoding: str) -> None:
    text = "Navn;E-post\r\nBjørg Ågotnes;bjørg@x.example\r\nÆgir Sæle;a@x.example\r\n"
    assert decode(text.encode(encoding)).text == text


@given(st.binary(max_size=400))
@settings(max_examples=300)
def test_no_bytes_crash_the_reader(content: bytes) -> None:
    try:
        table = read_table(content)
    except Unusable as trouble:
        code = trouble.note.code
    else:
        code = "file.read"
        guess_mapping(table.header, table.rows)
    assert code.startswith("file.")


@given(st.text(max_size=300).map(lambda text: ("Navn;E-post\n" + text).encode("utf-8", "replace")))
@settings(max_examples=300)
def test_no_text_crashes_the_reader(content: bytes) -> None:
    try:
        code = "file.read" if read_table(content).header else ""
    except Unusable as trouble:
        code = trouble.note.code
    assert code.startswith("file.")


def _counted(read: Callable[[bytes], Table], content: bytes) -> int | Note:
    try:
        return len(read(content).rows)
    except Unusable as trouble:
        return trouble.note


odd_lines = st.text(st.sampled_from("ab1;, \t\r\n\x0b\x1c\x85\u2028\0'\""), max_size=60)


@given(odd_lines | odd_lines.map(lambda text: text.replace('"', "")))
@settings(max_examples=300)
def test_rows_are_counted_without_having_them(text: str) -> None:
    content = ("Navn;E-post\n" + text).encode()
    assert _counted(open_table, content) == _counted(read_table, content)


@pytest.mark.parametrize("bad", ["x" * 140_000, '"' + "x" * 140_000, "x\n" * 200_001])
def test_what_cannot_be_read_is_noticed_while_rows_are_counted(bad: str) -> None:
    content = ("Navn;E-post\n" + "Kari;k@x.example\n" * 300 + bad).encode()
    trouble = _counted(open_table, content)
    assert isinstance(trouble, Note)
    assert trouble == _counted(read_table, content)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file.empty"),
        (b"\xef\xbb\xbf \r\n", "file.empty"),
        (b"PK\x03\x04rest", "file.workbook"),
        (b"%PDF-1.7", "file.pdf"),
        (b"Navn;E-post\r\n", "file.no_rows"),
        (b"hva;som;helst\r\n1;2;3\r\n", "file.headings"),
        (b'Navn;E-post\r\n"' + b"x" * 140_000, "file.quote"),
    ],
)
def test_a_bad_file_says_what_is_wrong(content: bytes, code: str) -> None:
    with pytest.raises(Unusable) as caught:
        read_table(content)
    assert caught.value.note.code == code


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_the_delimiter_is_found_among_the_others(delimiter: str) -> None:
    rows = [["Navn", "E-post", "Merknad"], ["Kari", "k@x.example", "a, b; c | d"], ["Ola", "o@x.example", ""]]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    table = read_table(out.getvalue().encode())
    assert table.delimiter == delimiter
    assert [list(row.cells) for row in table.rows] == rows[1:]


def test_a_declared_delimiter_and_a_title_above_the_headings() -> None:
    table = read_table(b"sep=,\nKundeliste 2024,,\n,,\nNavn,E-post,x\nKari,k@x.example,1\n")
    assert table.header == ("Navn", "E-post", "x")
    assert table.rows == (SourceRow(5, ("Kari", "k@x.example", "1")),)


def test_lines_are_counted_through_cells_that_break() -> None:
    table = read_table(b'Navn;E-post\nKari;"a\nb"\nOla;c\n')
    assert [row.line for row in table.rows] == [2, 4]


def test_spoilt_letters_are_noticed() -> None:
    spoilt = "Navn;E-post\nBjørg;b@x.example\n".encode().decode("cp1252").encode()
    assert read_table(spoilt).doubtful
    assert not read_table("Navn;E-post\nBjørg;b@x.example\n".encode()).doubtful


@given(cells)
def test_escaping_always_comes_back(cell: str) -> None:
    assert unescape(escape(cell)) == cell
    assert not escape(cell).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize(
    "cell", ["=1+1", "+47 412 00 137", "-10 %", "@SUM(A1)", "\t=1", "\r=1", "|calc", "\uff1d1", " =1", "'=1"]
)
def test_no_cell_of_ours_is_a_formula(cell: str) -> None:
    written = write_csv(["Navn"], [[cell]]).decode("utf-8-sig")
    shown = next(csv.reader(io.StringIO(written.partition("\r\n")[2], newline=""), delimiter=";"))[0]
    assert shown == "'" + cell


@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=5))
def test_our_own_file_comes_back_as_it_was(rows: list[tuple[str, str]]) -> None:
    kept = [tuple(cell.strip() for cell in row) for row in rows]
    written = write_csv(["Navn", "E-post"], kept)
    filled = [row for row in kept if any(row)]
    if filled:
        assert [row.cells for row in read_table(written).rows] == filled


def test_refused_rows_go_out_and_come_back() -> None:
    header = ("Navn", "E-post", "Merknad")
    first = refused_file(header, [(("Kari", "kari.x", "=cmd|' /C calc'!A0"), "Feil.")], "What is wrong", ";")
    again = read_table(first)
    assert again.rows[0].cells[:3] == ("Kari", "kari.x", "=cmd|' /C calc'!A0")
    second = refused_file(again.header, [(again.rows[0].cells, "Fortsatt feil.")], "Hva er galt", ";")
    table = read_table(second)
    assert table.header == (*header, "Hva er galt")
    assert 3 not in guess_mapping(table.header, table.rows).columns


def test_headings_in_two_languages() -> None:
    header = ("Kundenavn", "Org.nr", "Kontaktperson", "E-POST (faktura)", "Mobil", "Postnr./sted", "Ukjent")
    fields = guess_mapping(header, ()).columns
    assert [fields.get(i) for i in range(7)] == [
        Field.COMPANY, Field.ORG_NUMBER, Field.NAME, Field.EMAIL, Field.PHONE, Field.POSTAL_CODE, None,
    ]  # fmt: skip
    assert fold_heading("E-post_2 [jobb]") == "e post 2"


def test_a_name_beside_a_contact_person_is_the_firm() -> None:
    assert guess_mapping(("Navn", "Kontaktperson"), ()).columns == {0: Field.COMPANY, 1: Field.NAME}
    assert guess_mapping(("Firma", "Navn", "Kontaktperson"), ()).columns == {0: Field.COMPANY, 2: Field.NAME}
    assert guess_mapping(("Navn", "Fornavn"), ()).columns == {0: Field.NAME, 1: Field.GIVEN_NAME}


def test_a_column_without_heading_is_known_by_its_content() -> None:
    rows = tuple(SourceRow(i, ("Kari", f"k{i}@x.example", "412 00 137")) for i in range(2, 6))
    assert guess_mapping(("Navn", "", ""), rows).columns == {0: Field.NAME, 1: Field.EMAIL, 2: Field.PHONE}


def test_the_examples_are_in_the_shapes_that_systems_export() -> None:
    folder = Path(__file__).parents[4] / "examples"
    tables = {file.name: read_table(file.read_bytes()) for file in folder.glob("*.csv")}
    assert {name: (table.encoding, table.delimiter) for name, table in tables.items()} == {
        "kunder-regnskapssystem.csv": ("cp1252", ";"),
        "crm-contacts.csv": ("utf-8-sig", ","),
        "gammel-kundeliste.csv": ("cp1252", ";"),
        "telefonkontakter.csv": ("utf-8", ","),
    }


@pytest.mark.parametrize("before", ["", *" \u00a0\u3000\ufeff\u200b\x0b\x00", "\n ", "' "])
@pytest.mark.parametrize("sign", [*"=+-@\t\r\uff1d\uff0b\uff0d\uff20\u2212|"])
def test_no_disguise_of_a_formula_gets_through(before: str, sign: str) -> None:
    cell = f'{before}{sign}HYPERLINK("https://bad.example/","Click")'
    assert escape(cell).startswith("'")
    assert unescape(escape(cell)) == cell
