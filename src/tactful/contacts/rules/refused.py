"""The refused rows of an import as a file that can be fixed and sent again."""

from collections.abc import Iterable, Sequence

from .headings import REASON_HEADINGS, fold_heading
from .safe_csv import write_csv


def refused_file(
    header: Sequence[str], refused: Iterable[tuple[Sequence[str], str]], reason_heading: str, delimiter: str
) -> bytes:
    """The rows as they came, with the reason as the last column; the import ignores that column.

    ``refused``: cells of a row and its reasons as one text. A file that was downloaded, sent again and
    refused again gets its reason replaced.
    """
    keep = [i for i, cell in enumerate(header) if fold_heading(cell) not in REASON_HEADINGS]
    rows = [[*(cells[i] if i < len(cells) else "" for i in keep), reason] for cells, reason in refused]
    return write_csv([*(header[i] for i in keep), reason_heading], rows, delimiter)
