"""One row of a file into clean values, or into everything that is wrong with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from tactful.contacts.types import ColumnMapping, Draft, Field, Note, SourceRow

from .addresses import read_mails, read_phones
from .dates import read_date
from .names import read_name
from .trouble import Unusable, shown
from .words import read_consent, read_language, read_org_number, read_postal, read_tags

T = TypeVar("T")
_LIMITS = {Field.NOTES: 4000, Field.COMPANY: 200, Field.ACCOUNT_MANAGER: 120}
_BREAKS = 30  # more line breaks than this in a cell: its quote was never closed


@dataclass(slots=True)
class _Reader:
    """Reads single cells and collects what is wrong instead of stopping at the first mistake."""

    cells: dict[Field, list[str]]
    problems: list[Note] = field(default_factory=list)

    def text(self, name: Field, glue: str = ", ") -> str:
        if name not in self.cells:
            return ""
        joined = glue.join(self.cells[name])
        if joined.isprintable():  # one line, then
            return joined.strip()[: _LIMITS.get(name, 200)]
        kept = "\n".join(line.strip() for line in joined.splitlines()).strip()
        return kept[: _LIMITS.get(name, 200)]

    def read(self, name: Field, rule: Callable[[str], T], empty: T, glue: str = ";") -> T:
        if name not in self.cells:
            return empty
        text = glue.join(self.cells[name])
        try:
            return rule(text)
        except Unusable as trouble:
            self.problems.append(trouble.note)
            return empty


def clean(row: SourceRow, mapping: ColumnMapping, today: date) -> tuple[Draft, tuple[Note, ...]]:
    """The row's values, and every reason to refuse it (none: it can be used)."""
    if "\n" in "".join(row.cells) and any(cell.count("\n") > _BREAKS for cell in row.cells):
        return Draft(), (Note("row.quote"),)
    reader = _Reader(_by_field(row, mapping))
    draft = _draft(reader, mapping, today)
    problems = reader.problems
    if not draft.name:
        problems.insert(0, _nameless(draft.values.get(Field.COMPANY, "")))
    if not (draft.mails or draft.phones or _spoilt(problems)):
        problems.append(Note("reach.missing"))
    return draft, tuple(problems)


def _spoilt(problems: Sequence[Note]) -> bool:
    return any(note.code.startswith(("mail.", "phone.")) for note in problems)


def _nameless(company: str) -> Note:
    return Note("name.missing_in", {"company": shown(company)}) if company else Note("name.missing")


def _by_field(row: SourceRow, mapping: ColumnMapping) -> dict[Field, list[str]]:
    found: dict[Field, list[str]] = {}
    cells, width = row.cells, len(row.cells)
    for index, name in mapping.columns.items():
        if index < width and (cell := cells[index]):
            if name in found:
                found[name].append(cell)
            else:
                found[name] = [cell]
    return found


def _draft(reader: _Reader, mapping: ColumnMapping, today: date) -> Draft:
    name = read_name(reader.text(Field.NAME), reader.text(Field.GIVEN_NAME), reader.text(Field.FAMILY_NAME))
    order = mapping.date_order
    return Draft(
        name=name.full,
        given_name=name.given,
        family_name=name.family,
        mails=reader.read(Field.EMAIL, read_mails, ()),
        phones=reader.read(Field.PHONE, lambda text: read_phones(text, mapping.region), ()),
        language=reader.read(Field.LANGUAGE, read_language, ""),
        birthday=reader.read(Field.BIRTHDAY, lambda t: read_date(t, today, order, birthday=True), None),
        client_since=reader.read(Field.CLIENT_SINCE, lambda t: read_date(t, today, order), None),
        values=_values(reader),
        tags=reader.read(Field.TAGS, read_tags, ()),
        consent=reader.read(Field.CONSENT, read_consent, None),
    )


def _values(reader: _Reader) -> dict[Field, str]:
    postal, city = read_postal(reader.text(Field.POSTAL_CODE), reader.text(Field.CITY))
    values = {
        Field.COMPANY: reader.text(Field.COMPANY),
        Field.ORG_NUMBER: reader.read(Field.ORG_NUMBER, read_org_number, ""),
        Field.ADDRESS: reader.text(Field.ADDRESS),
        Field.POSTAL_CODE: postal,
        Field.CITY: town(city) if city.isupper() else city,
        Field.ACCOUNT_MANAGER: reader.text(Field.ACCOUNT_MANAGER),
        Field.NOTES: reader.text(Field.NOTES, "\n"),
    }
    return {name: value for name, value in values.items() if value}


def town(city: str) -> str:
    """Registers write BERGEN; people write Bergen."""
    return " ".join(word if word in ("i", "på", "og") else word.capitalize() for word in city.lower().split())
