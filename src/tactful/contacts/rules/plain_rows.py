"""Rows as nine in ten are: one cell for each field, one value in a cell, nothing to be thought over.

Such a row is read as ``cleaning.clean`` reads it, in a third of the time. Every other row, and every row with
a mistake in it, goes the long way.
"""

from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache

from tactful.contacts.types import ColumnMapping, Draft, Field, Note, SourceRow, made

from .addresses import plain_mail, plain_phone
from .cleaning import clean, town
from .dates import read_date
from .names import PersonName, read_name
from .trouble import Unusable
from .words import read_consent, read_language, read_org_number, read_postal, read_tags

Cleaned = list[tuple[SourceRow, Draft, tuple[Note, ...]]]
Cells = tuple[str, ...]

_NOWHERE = -1  # behind the last cell, where an empty one is put
_draft = made(Draft)
_REMEMBERED = 4096  # names and towns, which come again and again
_NAMES = (Field.NAME, Field.GIVEN_NAME, Field.FAMILY_NAME)
_READ = (
    Field.EMAIL, Field.PHONE, Field.LANGUAGE, Field.BIRTHDAY, Field.CLIENT_SINCE, Field.TAGS, Field.CONSENT,
)  # fmt: skip
_POSTAL_CODE, _CITY = Field.POSTAL_CODE, Field.CITY


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
        self._before, self._behind = (
            [(places[field], field, read) for field, read in some if field in places]
            for some in (_BEFORE_PLACE, _BEHIND_PLACE)
        )
        self._postal, self._city = (places.get(field, _NOWHERE) for field in (_POSTAL_CODE, _CITY))
        self._order, self._today = mapping.date_order, today

    def draft(self, given: Cells) -> Draft | None:
        """None: it takes the long way."""
        if len(given) < self._needed or not "".join(given).isprintable():
            return None
        cells = (*given, "")
        full, first, last = self._names
        name = _name(cells[full], cells[first], cells[last])
        at_mail, at_phone, language, born, since, tags, consent = self._read
        mail, phone = plain_mail(cells[at_mail]), plain_phone(cells[at_phone])
        if not name.full or not (mail or phone) or (cells[at_mail] and not mail):
            return None
        if cells[at_phone] and not phone:
            return None
        try:
            return _draft(
                (
                    name.full,
                    name.given,
                    name.family,
                    (mail,) if mail else (),
                    (phone,) if phone else (),
                    read_language(text) if (text := cells[language]) else "",
                    _birthday(text, self._today, self._order) if (text := cells[born]) else None,
                    read_date(text, self._today, self._order) if (text := cells[since]) else None,
                    self._values(cells),
                    read_tags(text) if (text := cells[tags]) else (),
                    read_consent(text) if (text := cells[consent]) else None,
                )
            )
        except Unusable:
            return None

    def _values(self, cells: Cells) -> dict[Field, str]:
        values: dict[Field, str] = {}
        for place, name, read in self._before:
            if (cell := cells[place]) and (value := read(cell)):
                values[name] = value
        values.update(_place(cells[self._postal], cells[self._city]))
        for place, name, read in self._behind:
            if (cell := cells[place]) and (value := read(cell)):
                values[name] = value
        return values


def _text(limit: int) -> Callable[[str], str]:
    return lambda cell: cell.strip()[:limit]


#: In the order in which ``clean`` reads them.
_BEFORE_PLACE = (
    (Field.COMPANY, _text(200)),
    (Field.ORG_NUMBER, read_org_number),
    (Field.ADDRESS, _text(200)),
)
_BEHIND_PLACE = ((Field.ACCOUNT_MANAGER, _text(120)), (Field.NOTES, _text(4000)))


@lru_cache(maxsize=_REMEMBERED)
def _name(full: str, given: str, family: str) -> PersonName:
    return read_name(full.strip()[:200], given.strip()[:200], family.strip()[:200])


@lru_cache(maxsize=_REMEMBERED)
def _birthday(text: str, today: date, order: str) -> date:
    return read_date(text, today, order, birthday=True)


@lru_cache(maxsize=_REMEMBERED)
def _place(postal: str, city: str) -> tuple[tuple[Field, str], ...]:
    code, place = read_postal(postal.strip()[:200], city.strip()[:200])
    found = ((_POSTAL_CODE, code), (_CITY, town(place) if place.isupper() else place))
    return tuple(each for each in found if each[1])
