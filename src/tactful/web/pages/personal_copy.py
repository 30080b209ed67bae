"""templates/web/personal_copy.html"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CopyRow:
    """``pairs``: what it is called, and what it says."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CopyPart:
    title: str
    rows: tuple[CopyRow, ...]


@dataclass(frozen=True, slots=True)
class CopyPage:
    """``business``: whose copy it is. ``language``: of the page, such as ``nb``."""

    name: str
    business: str
    at: datetime
    language: str
    parts: tuple[CopyPart, ...]
    files: int
