"""What others may know of an engagement and of the documents that we ask for."""

from dataclasses import dataclass
from datetime import date

from tactful.kernel.values import value


@value
class WantedDocument:
    """``state``: missing, claimed_sent, received, waived."""

    id: int
    slug: str
    name_en: str
    name_nb: str
    state: str
    how: str = ""

    def name(self, language: str) -> str:
        return self.name_nb if language.startswith(("nb", "no", "nn")) else self.name_en


@value
class EngagementState:
    """What most conditions ask. ``misses``: a document, as of ``EngagementView.missing``."""

    id: int
    contact_id: int
    year: int | None
    is_open: bool
    misses: bool


@value
class EngagementView:
    id: int
    contact_id: int
    kind: str
    title_en: str
    title_nb: str
    year: int | None
    owner_id: int | None
    due_on: date | None
    is_open: bool
    documents: tuple[WantedDocument, ...]

    @property
    def missing(self) -> tuple[WantedDocument, ...]:
        return tuple(document for document in self.documents if document.state == "missing")

    @property
    def misses(self) -> bool:
        return any(document.state == "missing" for document in self.documents)

    @property
    def received(self) -> tuple[WantedDocument, ...]:
        return tuple(document for document in self.documents if document.state == "received")

    def title(self, language: str) -> str:
        return self.title_nb if language.startswith(("nb", "no", "nn")) else self.title_en


@dataclass(frozen=True, slots=True)
class NewEngagement:
    """``documents``: slug, English name, Norwegian name, in the order in which we ask."""

    contact_id: int
    kind: str
    title_en: str
    title_nb: str
    documents: tuple[tuple[str, str, str], ...]
    year: int | None = None
    owner_id: int | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that already rests in the file store under ``stored``."""

    name: str
    content_type: str
    size: int
    sha256: str
    stored: str
    entry_file_id: int | None = None
