"""Text of a file into a header and rows: which delimiter, and where the table begins."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain, islice
from typing import overload

from tactful.contacts.types import SourceRow, Table, made

from .decoding import decode
from .headings import recognised
from .safe_csv import unescape
from .trouble import Unusable
from .vcards import is_cards, read_cards

DELIMITERS = (";", ",", "\t", "|")
MAX_ROWS = 200_000
_SAMPLE = 200
_strip = str.strip
_row = made(SourceRow)
_PREAMBLE = 12  # titles and dates above the headings of an old spreadsheet


def read_table(content: bytes) -> Table:
    """The table in a CSV file or a file of contact cards. Raises ``Unusable`` when there is none."""
    table = open_table(content)
    return replace(table, rows=tuple(table.rows))


def open_table(content: bytes) -> Table:
    """The same with rows that are read when somebody asks for them, for a long file of which the first ones
    are wanted soon, or only their number. What is wrong with a later row is raised then."""
    decoded = decode(content)
    if is_cards(decoded.text):
        return Table(*read_cards(decoded.text), decoded.encoding, DELIMITERS[0], decoded.doubtful)
    declared, text, first_line = _declared_delimiter(decoded.text)
    delimiter = declared or sniff(text)
    above, records = _split(_records(text, delimiter, first_line))
    rows = _Unread(records, lambda: _count(text, delimiter, first_line) - len(above))
    return Table(above[-1].cells, rows, decoded.encoding, delimiter, decoded.doubtful)


def sniff(text: str) -> str:
    """The delimiter under which the records agree best on a number of columns."""
    head = text[:200_000]
    return max(DELIMITERS, key=lambda delimiter: _agreement(head, delimiter))


def _declared_delimiter(text: str) -> tuple[str, str, int]:
    """Excel's first line "sep=;" names the delimiter and is no record."""
    line, _, rest = text.partition("\n")
    mark = line.strip('\r" ')
    if mark[:4].lower() == "sep=" and mark[4:5] in DELIMITERS:
        return mark[4], rest, 2
    return "", text, 1


def _agreement(head: str, delimiter: str) -> tuple[int, float, int]:
    """Known headings first, then the share of records that are as wide as most, then the width."""
    records = [record.cells for record in islice(_records(head, delimiter, 1), _SAMPLE)]
    widths = Counter(map(len, records))
    if not widths:
        return (0, 0.0, 0)
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    known = max(recognised(cells) for cells in records[:_PREAMBLE])
    return (known, count / widths.total() if width > 1 else 0.0, width)


def _records(text: str, delimiter: str, first_line: int) -> Iterator[SourceRow]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line, quoted, count = first_line, "'" in text, 0
    try:
        for cells in reader:
            bare = tuple(map(_strip, cells))
            if any(bare):
                escaped = quoted and "'" in "".join(bare)
                yield _row((line, tuple(map(unescape, bare)) if escaped else bare))
                count += 1
                if count > MAX_ROWS:
                    raise Unusable("file.long", limit=MAX_ROWS)
            line = first_line + reader.line_num
    except csv.Error as error:  # a cell over 131,072 characters: a quote that never closes
        raise Unusable("file.quote", line=line) from error


def _count(text: str, delimiter: str, first_line: int) -> int:
    """How many ``_records`` there are. Without a quote each line is one, and they need not be taken apart."""
    if '"' not in text:
        lines = io.StringIO(text, newline="")
        filled = [line for line in lines if line[0].isalnum() or line.replace(delimiter, " ").strip()]
        if len(filled) <= MAX_ROWS and max(map(len, filled)) < csv.field_size_limit():
            return len(filled)
    return sum(1 for _ in _records(text, delimiter, first_line))


def _split(records: Iterator[SourceRow]) -> tuple[list[SourceRow], Iterator[SourceRow]]:
    """All down to the headings, and what follows them."""
    head = list(islice(records, _PREAMBLE + 1))
    scores = [recognised(record.cells) for record in head[:_PREAMBLE]]
    best = max(scores, default=0)
    if not best:
        raise Unusable("file.headings", first=" ".join(head[0].cells)[:80] if head else "")
    at = scores.index(best)
    if len(head) == at + 1:
        raise Unusable("file.no_rows")
    return head[: at + 1], chain(head[at + 1 :], records)


class _Unread(Sequence[SourceRow]):
    """Rows of a file, of which as many have been read as somebody has asked for."""

    def __init__(self, rest: Iterator[SourceRow], count: Callable[[], int]) -> None:
        self._read: list[SourceRow] = []
        self._rest = rest
        self._length: Callable[[], int] = cache(count)

    @overload
    def __getitem__(self, place: int) -> SourceRow: ...
    @overload
    def __getitem__(self, place: slice) -> list[SourceRow]: ...
    def __getitem__(self, place: int | slice) -> SourceRow | list[SourceRow]:
        last = place.stop if isinstance(place, slice) else place + 1
        if last is None or last < 0:
            self._read += self._rest
            self._length = self._read.__len__
        else:
            self._read += islice(self._rest, max(0, last - len(self._read)))
        return self._read[place]

    def __iter__(self) -> Iterator[SourceRow]:
        return iter(self[:])

    def __len__(self) -> int:
        return self._length()
