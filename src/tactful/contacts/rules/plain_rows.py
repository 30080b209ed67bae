"""Rows as nine in ten are: one cell for each field, one value in a cell, nothing to be thought over.

Such a row is read as ``cleaning.clean`` reads it, in a third of the time. Every other row, and every row with
a mistake in it, goes the long way.
"""

from collections.abc import Iterable
from datetime import date

from tactful.contacts.types import ColumnMapping, Draft, Field, Note, SourceRow

from .addresses import plain_mail, plain_phone
from .cleaning import clean, town
from .dates import read_date
from .names import read_name
from .trouble import Unusable
from .words import read_consent, read_language, read_org_number, read_postal, read_tags

Cleaned = list[tuple[SourceRow, Draft, tuple[Note, ...]]]
Cells = tuple[str, ...]

_NOWHERE = -1  # behind the last cell, where an empty one is put
_NAMES = (Field.NAME, Field.GIVEN_NAME, Field.FAMILY_NAME)
_READ = (
    Field.EMAIL, Field.PHONE, Field.LANGUAGE, Field.BIRTHDAY, Field.CLIENT_SINCE, Field.TAGS, Field.CONSENT,
)  # fmt: skip
_KEPT = (COMPANY, NUMBER, ADDRESS, POSTAL_CODE, CITY, MANAGER, NOTES) = (
    Field.COMPANY, Field.ORG_NUMBER, Field.ADDRESS, Field.POSTAL_CODE, Field.CITY, Field.ACCOUNT_MANAGER,
    Field.NOTES,
)  # fmt: skip


def clean_all(rows: Iterable[SourceRow], mapping: ColumnMapping, today: date) -> Cleaned:
    """``clean`` for each of them."""
    columns = mapping.columns
    if len(set(columns.values())) < len(columns) or mapping.region != "NO":
        return [(row, *clean(row, mapping, today)) for row in rows]
    plain = _Plain(mapping, today)
    cleaned: Cleaned = []
    for row in rows:
        draft = plain.draft(row.cells)
        cleaned.append((row, *clean(row, mapping, today)) if draft is None else (row, draft, ()))
    return cleaned


class _Plain:
    def __init__(self, mapping: ColumnMapping, today: date) -> None:
        places = {field: index for index, field in mapping.columns.items()}
        self._needed = max(places.values(), default=_NOWHERE) + 1
        self._names = [places.get(field, _NOWHERE) for field in _NAMES]
        self._read = [places.get(field, _NOWHERE) for field in _READ]
        self._kept = [places.get(field, _NOWHERE) for field in _KEPT]
        self._order, self._today = mapping.date_order, today

    def draft(self, given: Cells) -> Draft | None:
        """None: it takes the long way."""
        if len(given) < self._needed or not "".join(given).isprintable():
            return None
        cells = (*given, "")
        full, first, last = self._names
        name = read_name(cells[full].strip()[:200], cells[first].strip()[:200], cells[last].strip()[:200])
        at_mail, at_phone, language, born, since, tags, consent = self._read
        mail, phone = plain_mail(cells[at_mail]), plain_phone(cells[at_phone])
        if not name.full or not (mail or phone) or (cells[at_mail] and not mail):
            return None
        if cells[at_phone] and not phone:
            return None
        try:
            return Draft(
                name.full,
                name.given,
                name.family,
                (mail,) if mail else (),
                (phone,) if phone else (),
                read_language(text) if (text := cells[language]) else "",
                read_date(text, self._today, self._order, birthday=True) if (text := cells[born]) else None,
                read_date(text, self._today, self._order) if (text := cells[since]) else None,
                self._values(cells),
                read_tags(text) if (text := cells[tags]) else (),
                read_consent(text) if (text := cells[consent]) else None,
            )
        except Unusable:
            return None

    def _values(self, cells: Cells) -> dict[Field, str]:
        company, number, address, postal, city, manager, notes = self._kept
        values: dict[Field, str] = {}
        if text := cells[company].strip()[:200]:
            values[COMPANY] = text
        if text := cells[number]:
            values[NUMBER] = read_org_number(text)
        if text := cells[address].strip()[:200]:
            values[ADDRESS] = text
        code, place = read_postal(cells[postal].strip()[:200], cells[city].strip()[:200])
        if code:
            values[POSTAL_CODE] = code
        if place:
            values[CITY] = town(place) if place.isupper() else place
        if text := cells[manager].strip()[:120]:
            values[MANAGER] = text
        if text := cells[notes].strip()[:4000]:
            values[NOTES] = text
        return values
