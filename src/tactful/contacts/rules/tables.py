"""Text of a file into a header and rows: which delimiter, and where the table begins."""

import csv
import io
from collections import Counter
from collections.abc import Iterator

from tactful.contacts.types import SourceRow, Table

from .decoding import decode
from .headings import recognised
from .safe_csv import unescape
from .trouble import Unusable
from .vcards import is_cards, read_cards

DELIMITERS = (";", ",", "\t", "|")
MAX_ROWS = 200_000
_SAMPLE = 200
_strip = str.strip
_PREAMBLE = 12  # titles and dates above the headings of an old spreadsheet


def read_table(content: bytes) -> Table:
    """The table in a CSV file or a file of contact cards. Raises ``Unusable`` when there is none."""
    decoded = decode(content)
    if is_cards(decoded.text):
        return Table(*read_cards(decoded.text), decoded.encoding, DELIMITERS[0], decoded.doubtful)
    declared, text, first_line = _declared_delimiter(decoded.text)
    delimiter = declared or sniff(text)
    records = _records(text, delimiter, first_line)
    header, rows = _split(records)
    return Table(header, rows, decoded.encoding, delimiter, decoded.doubtful)


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
    records = []
    for _, cells in _parse(head, delimiter, 1):
        records.append(cells)
        if len(records) == _SAMPLE:
            break
    widths = Counter(len(cells) for cells in records if any(cells))
    if not widths:
        return (0, 0.0, 0)
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    known = max(recognised(cells) for cells in records[:_PREAMBLE])
    return (known, count / widths.total() if width > 1 else 0.0, width)


def _parse(text: str, delimiter: str, first_line: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line, quoted = first_line, "'" in text
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:  # a cell over 131,072 characters: a quote that never closes
            raise Unusable("file.quote", line=line) from error
        bare = tuple(map(_strip, cells))
        yield line, tuple(map(unescape, bare)) if quoted and "'" in "".join(bare) else bare
        line = first_line + reader.line_num


def _records(text: str, delimiter: str, first_line: int) -> list[SourceRow]:
    records: list[SourceRow] = []
    for line, cells in _parse(text, delimiter, first_line):
        if any(cells):
            records.append(SourceRow(line, cells))
        if len(records) > MAX_ROWS:
            raise Unusable("file.long", limit=MAX_ROWS)
    return records


def _split(records: list[SourceRow]) -> tuple[tuple[str, ...], tuple[SourceRow, ...]]:
    scores = [recognised(record.cells) for record in records[:_PREAMBLE]]
    best = max(scores, default=0)
    if not best:
        raise Unusable("file.headings", first=" ".join(records[0].cells)[:80] if records else "")
    at = scores.index(best)
    rows = tuple(records[at + 1 :])
    if not rows:
        raise Unusable("file.no_rows")
    return records[at].cells, rows
