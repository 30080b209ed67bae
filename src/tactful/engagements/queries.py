"""Reads of engagements, a whole batch at a time; also as things stood at another moment."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from tactful.engagements.models import Engagement, ReceivedFile, RequestedDocument
from tactful.engagements.types import EngagementView, WantedDocument
from tactful.foundation import pg
from tactful.kernel.spans import Span

NONE: Mapping[int, WantedDocument] = {}
COLUMNS = ("id", "contact_id", "kind", "title_en", "title_nb", "year", "owner_id", "due_on", "closed_at")
ENGAGEMENTS = f"SELECT {', '.join(COLUMNS)} FROM engagement WHERE id = ANY(%(ids)s::bigint[])"  # noqa: S608
#: Each document with the spell in force, by what was known then (``foundation.SpellQuery.at``); the last
#: one of a document counts.
DOCUMENTS = """
SELECT d.engagement_id, d.id, d.slug, d.name_en, d.name_nb, s.state, s.how
FROM requested_document d JOIN document_spell s ON s.document_id = d.id
WHERE d.engagement_id = ANY(%(ids)s::bigint[]) AND s.from_at <= %(at)s AND s.recorded_at <= %(at)s
    AND (s.to_at IS NULL OR s.to_at > %(at)s OR s.end_recorded_at > %(at)s)
ORDER BY d.position, d.id, s.from_at"""


def views(engagement_ids: Collection[int], at: datetime) -> dict[int, EngagementView]:
    """Engagements with their documents as they stood at ``at``. Two queries, and no objects of the ORM:
    journeys ask for thousands in a second."""
    rows = pg.many(ENGAGEMENTS, {"ids": pg.numbers(engagement_ids)})
    documents = _documents(engagement_ids, at)
    return {
        ident: EngagementView(
            ident, contact, kind, title_en, title_nb, year, owner, due_on,
            closed_at is None or closed_at > at, tuple(documents.get(ident, NONE).values()),
        )
        for ident, contact, kind, title_en, title_nb, year, owner, due_on, closed_at in rows
    }  # fmt: skip


_FAR = datetime(9999, 1, 1, tzinfo=UTC)


class _Turning:
    """Moments between which nothing changes, and what it looked like between them."""

    __slots__ = ("moments", "views")

    def __init__(self, moments: Collection[datetime]) -> None:
        self.moments = sorted(moments)
        self.views: dict[int, EngagementView] = {}


@dataclass(slots=True)
class EngagementPast:
    """An engagement with every state that its documents have had. ``closed_at`` is today's."""

    today: EngagementView
    closed_at: datetime | None
    spells: tuple[tuple[Span, WantedDocument], ...]
    _then: "_Turning" = field(init=False)
    _today: "_Turning" = field(init=False)

    def __post_init__(self) -> None:
        ends = () if self.closed_at is None else (self.closed_at,)
        self._then = _Turning({*ends, *(turn for span, _ in self.spells for turn in span.turns())})
        self._today = _Turning({*ends, *(at for span, _ in self.spells for at in span[:2] if at is not None)})

    def view(self, at: datetime, known_by: datetime) -> EngagementView:
        """As it stood at ``at``, by what had been recorded by ``known_by``. By what was known at the
        moment itself, and by all that is known today, there is one object between two turns."""
        if at != known_by and known_by < _FAR:
            return self._view(at, known_by)
        kept = self._then if at == known_by else self._today
        place = bisect_right(kept.moments, at)
        view = kept.views.get(place)
        if view is None:
            view = kept.views[place] = self._view(at, known_by)
        return view

    def _view(self, at: datetime, known_by: datetime) -> EngagementView:
        states = {document.id: document for span, document in self.spells if span.held(at, known_by)}
        is_open = self.closed_at is None or self.closed_at > at
        return replace(self.today, is_open=is_open, documents=tuple(states.values()))


_PAST = """
SELECT d.engagement_id, d.id, d.slug, d.name_en, d.name_nb, s.state, s.how,
    s.from_at, s.to_at, s.recorded_at, s.end_recorded_at
FROM requested_document d JOIN document_spell s ON s.document_id = d.id
WHERE d.engagement_id = ANY(%s::bigint[]) ORDER BY d.position, d.id, s.from_at"""


def pasts(engagement_ids: Collection[int]) -> dict[int, EngagementPast]:
    """Engagements with all that is known of their documents over time. Two queries."""
    spells: dict[int, list[tuple[Span, WantedDocument]]] = defaultdict(list)
    for row in pg.many(_PAST, [pg.numbers(engagement_ids)]):
        spells[row[0]].append((Span(*row[7:]), WantedDocument(*row[1:7])))
    rows = pg.many(ENGAGEMENTS, {"ids": pg.numbers(engagement_ids)})
    return {row[0]: _past(row, tuple(spells[row[0]])) for row in rows}


def _past(row: pg.Row, spells: tuple[tuple[Span, WantedDocument], ...]) -> EngagementPast:
    ident, contact, kind, title_en, title_nb, year, owner, due_on, closed_at = row
    today = EngagementView(
        ident, contact, kind, title_en, title_nb, year, owner, due_on, closed_at is None, ()
    )
    return EngagementPast(today, closed_at, spells)


def of_contact(contact_id: int, at: datetime) -> list[EngagementView]:
    ids = list(
        Engagement.objects.filter(contact_id=contact_id).order_by("-opened_at").values_list("id", flat=True)
    )
    found = views(ids, at)
    return [found[ident] for ident in ids]


def open_with_missing(contact_ids: Collection[int], at: datetime) -> dict[int, list[EngagementView]]:
    """Open engagements that still lack a document, by contact."""
    ids = Engagement.objects.filter(contact_id__in=contact_ids, closed_at=None).values_list("id", flat=True)
    found: dict[int, list[EngagementView]] = defaultdict(list)
    for view in views(list(ids), at).values():
        if view.missing:
            found[view.contact_id].append(view)
    return found


def document(document_id: int) -> RequestedDocument | None:
    return RequestedDocument.objects.select_related("engagement").filter(id=document_id).first()


def file(file_id: int) -> ReceivedFile | None:
    return ReceivedFile.objects.filter(id=file_id).first()


def _documents(engagement_ids: Collection[int], at: datetime) -> dict[int, dict[int, WantedDocument]]:
    """By engagement and document, in the order in which we ask."""
    found: dict[int, dict[int, WantedDocument]] = defaultdict(dict)
    for row in pg.many(DOCUMENTS, {"ids": pg.numbers(engagement_ids), "at": at}):
        found[row[0]][row[1]] = WantedDocument(row[1], row[2], row[3], row[4], row[5], row[6])
    return found
