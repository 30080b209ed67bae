"""CSV that no spreadsheet takes for formulas, and that comes back as it was.

A cell that begins with =, +, -, @, tab, CR (or LF, |, %, and their full-width forms) gets an
apostrophe in front, which spreadsheets hide; one that already has such an apostrophe gets another,
so taking off one apostrophe always restores the cell. ``defusedcsv`` underneath is the second net.
"""

import io
import re
from collections.abc import Iterable, Sequence

from defusedcsv import csv as defused

#: What looks like nothing may stand in front: some programs take it off before they look.
_BLANK = r"[\s\x00-\x1f\u00ad\u200b-\u200f\u2060\ufeff]*"
_SIGN = r"[=+\-@\t\r\n|%\u2212\ufe62\ufe63\ufe66\ufe6b\uff1d\uff0b\uff0d\uff20\uff05\uff5c]"
_DANGER = _BLANK + _SIGN
_NEEDS = re.compile(f"'*{_DANGER}")
_HAS = re.compile(f"'+{_DANGER}")


def escape(cell: str) -> str:
    return "'" + cell if _NEEDS.match(cell) else cell


def unescape(cell: str) -> str:
    """The cell as it was before ``escape``. Other apostrophes ("'Ndrangheta") stay."""
    return cell[1:] if _HAS.match(cell) else cell


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str = ";") -> bytes:
    """UTF-8 with byte order mark, CRLF: what Excel opens without a question."""
    out = io.StringIO(newline="")
    writer = defused.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([escape(cell) for cell in header])
    writer.writerows([escape(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig", errors="replace")
