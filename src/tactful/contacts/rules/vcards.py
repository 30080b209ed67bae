"""Contact cards (vCard 2.1 to 4.0), as phones and mail programs hand them out, into a table like any other.

Read here and not by a library: the known one takes minutes over a line of 90,000 parameters, and 2 ms over an
honest card. Every step here takes time in proportion to the text.
"""

import quopri
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tactful.contacts.types import SourceRow

from .trouble import Unusable

MAX_CARDS = 20_000
MOST_OF_A_KIND = 20  # addresses of one card
MAX_LINE = 10_000  # characters; longer ones are pictures
_ONE = (
    "Name", "First name", "Last name", "Company", "Birthday", "Address", "Postal code", "City", "Tags",
    "Notes",
)  # fmt: skip
_MANY = ("E-mail", "Phone")
_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_QP = "QUOTED-PRINTABLE"


@dataclass(frozen=True, slots=True)
class Line:
    """A property: upper-case name, upper-case parameters, and its value as it stands."""

    name: str
    params: Mapping[str, str]
    value: str

    def parts(self) -> list[str]:
        """Between semicolons, as N, ADR and ORG have them."""
        return [_said(part) for part in _split(self.value, ";")]


def is_cards(text: str) -> bool:
    return text.lstrip()[:11].upper() == "BEGIN:VCARD"


def read_cards(text: str) -> tuple[tuple[str, ...], tuple[SourceRow, ...]]:
    """The headings, and a row for each card. Raises ``Unusable`` where there is none, or too many."""
    read: list[tuple[int, dict[str, list[str]]]] = []
    for number, line in _lines(text):
        if line.name == "BEGIN" and line.value.strip().upper() == "VCARD":
            if len(read) == MAX_CARDS:
                raise Unusable("file.long", limit=MAX_CARDS)
            read.append((number, {name: [] for name in _MANY}))
        elif read:
            _take(read[-1][1], line)
    if not read:
        raise Unusable("file.no_cards")
    widths = {name: max(1, *(len(values[name]) for _line, values in read)) for name in _MANY}
    header = (*_ONE, *(name for name in _MANY for _ in range(widths[name])))
    return header, tuple(SourceRow(number, _cells(values, widths)) for number, values in read)


def _cells(values: Mapping[str, list[str]], widths: Mapping[str, int]) -> tuple[str, ...]:
    alone = ["; ".join(values.get(name, ())) for name in _ONE]
    together = [cell for name in _MANY for cell in (values[name] + [""] * widths[name])[: widths[name]]]
    return tuple(alone + together)


def _lines(text: str) -> Iterator[tuple[int, Line]]:
    """Each property with the line of the file on which it begins. What is folded is made one line again: a
    line that begins with a space goes on with the one before; so does one after "=" in quoted-printable."""
    begun, parts, soft = 0, [""], False
    for number, raw in enumerate(text.splitlines(), 1):
        folded = raw[:1] in (" ", "\t")
        if parts[0] and (folded or soft):
            parts.append(raw[1:] if folded and not soft else raw)
        else:
            yield from _one(begun, parts)
            begun, parts = number, [raw]
        soft = raw.endswith("=") and _QP in parts[0].upper()
        if soft:
            parts[-1] = parts[-1][:-1]
    yield from _one(begun, parts)


def _one(number: int, parts: list[str]) -> Iterator[tuple[int, Line]]:
    head, colon, value = _at_colon("".join(parts)[:MAX_LINE])
    if not colon:
        return
    name, *given = head.split(";")
    params = dict(_param(each) for each in given)
    if params.get("ENCODING") == _QP:
        value = _unquoted(value, params.get("CHARSET", "UTF-8"))
    yield number, Line(name.rpartition(".")[2].strip().upper(), params, value)


def _at_colon(line: str) -> tuple[str, str, str]:
    """At the first colon outside quotation marks."""
    quoted = False
    for at, letter in enumerate(line):
        if letter == '"':
            quoted = not quoted
        elif letter == ":" and not quoted:
            return line[:at], ":", line[at + 1 :]
    return line, "", ""


def _param(text: str) -> tuple[str, str]:
    """``TYPE=CELL``; version 2.1 also has the value alone."""
    name, equals, value = text.upper().partition("=")
    return (
        (name.strip(), value.strip('" '))
        if equals
        else (("ENCODING", name) if name == _QP else ("TYPE", name))
    )


def _unquoted(value: str, charset: str) -> str:
    content = quopri.decodestring(value.encode("utf-8", "replace"))
    try:
        return content.decode(charset, "replace")
    except LookupError:
        return content.decode("utf-8", "replace")


def _take(found: dict[str, list[str]], line: Line) -> None:
    """What a property says, under the heading that it belongs to."""
    if line.name == "N":
        family, given, more = [*line.parts(), "", "", ""][:3]
        found["Last name"], found["First name"] = [family], [f"{given} {more}".strip()]
    elif line.name == "ADR" and "Address" not in found:
        _box, _extended, street, city, _region, code = [*line.parts(), *[""] * 6][:6]
        found["Address"], found["Postal code"], found["City"] = [street], [code], [city]
    elif line.name == "BDAY":
        if day := _DAY.match(line.value):  # a day without its year is left out
            found["Birthday"] = ["-".join(day.groups())]
    elif line.name in ("TEL", "EMAIL"):
        address = _said(line.value).removeprefix("tel:").removeprefix("mailto:")
        addresses = found["Phone" if line.name == "TEL" else "E-mail"]
        addresses += [address][: MOST_OF_A_KIND - len(addresses)]  # each is a column of all cards
    elif line.name == "CATEGORIES":
        found.setdefault("Tags", []).extend(_said(each) for each in _split(line.value, ","))
    elif line.name in _SIMPLE:
        text = line.parts()[0] if line.name == "ORG" else _said(line.value)
        found.setdefault(_SIMPLE[line.name], []).append(text)


_SIMPLE = {"FN": "Name", "ORG": "Company", "NOTE": "Notes"}


def _split(value: str, mark: str) -> list[str]:
    """At marks that no backslash stands before."""
    parts, at, escaped = [], 0, False
    for place, letter in enumerate(value):
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = True
        elif letter == mark:
            parts.append(value[at:place])
            at = place + 1
    return [*parts, value[at:]]


def _said(value: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).strip()
