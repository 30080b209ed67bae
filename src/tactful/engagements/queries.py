"""Reads of engagements, a whole batch at a time; also as things stood at another moment."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from tactful.engagements.models import Engagement, ReceivedFile, RequestedDocument
from tactful.engagements.types import EngagementState, EngagementView, WantedDocument
from tactful.foundation import pg
from tactful.kernel.spans import Span

NONE: Mapping[int, WantedDocument] = {}
COLUMNS = ("id", "contact_id", "kind", "title_en", "title_nb", "year", "owner_id", "due_on", "closed_at")
ENGAGEMENTS = f"SELECT {', '.join(COLUMNS)} FROM engagement WHERE id = ANY(%(ids)s::bigint[])"  # noqa: S608
#: The spell in force, by what was known then (``foundation.SpellQuery.at``).
IN_FORCE = """s.document_id = d.id AND s.from_at <= %(at)s AND s.recorded_at <= %(at)s
    AND (s.to_at IS NULL OR s.to_at > %(at)s OR s.end_recorded_at > %(at)s)"""
#: Each document with the spell in force; the last one of a document counts.
DOCUMENTS = f"""
SELECT d.engagement_id, d.id, d.slug, d.name_en, d.name_nb, s.state, s.how
FROM requested_document d JOIN document_spell s ON {IN_FORCE}
WHERE d.engagement_id = ANY(%(ids)s::bigint[])
ORDER BY d.position, d.id, s.from_at"""  # noqa: S608, constants
STATES = f"""
SELECT e.id, e.contact_id, e.year, e.closed_at IS NULL OR e.closed_at > %(at)s, EXISTS (
    SELECT FROM requested_document d WHERE d.engagement_id = e.id AND 'missing' = (
        SELECT s.state FROM document_spell s WHERE {IN_FORCE} ORDER BY s.from_at DESC LIMIT 1))
FROM engagement e WHERE e.id = ANY(%(ids)s::bigint[])"""  # noqa: S608, constants


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


def states(engagement_ids: Collection[int], at: datetime) -> dict[int, EngagementState]:
    """The same in short, for a third of the price."""
    rows = pg.many(STATES, {"ids": pg.numbers(engagement_ids), "at": at})
    return {row[0]: EngagementState(*row) for row in rows}


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
    _then: "_Turning | None" = None
    _today: "_Turning | None" = None

    def _turning(self, then: bool) -> "_Turning":
        """``then``: by what was known at the moment itself; else by all that is known today."""
        moments: set[datetime | None] = {self.closed_at}
        for span, _ in self.spells:
            moments.update(span.turns() if then else span[:2])
        kept = _Turning([at for at in moments if at is not None])
        if then:
            self._then = kept
        else:
            self._today = kept
        return kept

    def view(self, at: datetime, known_by: datetime) -> EngagementView:
        """As it stood at ``at``, by what had been recorded by ``known_by``. By what was known at the
        moment itself, and by all that is known today, there is one object between two turns."""
        if at != known_by and known_by < _FAR:
            return self._view(at, known_by)
        then = at == known_by
        kept = (self._then if then else self._today) or self._turning(then)
        place = bisect_right(kept.moments, at)
        view = kept.views.get(place)
        if view is None:
            view = kept.views[place] = self._view(at, known_by)
        return view

    def _view(self, at: datetime, known_by: datetime) -> EngagementView:
        states = {document.id: document for span, document in self.spells if span.held(at, known_by)}
        is_open = self.closed_at is None or self.closed_at > at
        now, documents = self.today, tuple(states.values())
        # Named one by one: ``replace`` takes ten times as long, and a replay asks a million times.
        return EngagementView(
            now.id, now.contact_id, now.kind, now.title_en, now.title_nb, now.year, now.owner_id, now.due_on,
            is_open, documents,
        )  # fmt: skip


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


def files_of(contact_id: int, limit: int) -> list[ReceivedFile]:
    """What has come from a client, the newest first."""
    return list(ReceivedFile.objects.filter(contact_id=contact_id).order_by("-received_at", "-id")[:limit])


def _documents(engagement_ids: Collection[int], at: datetime) -> dict[int, dict[int, WantedDocument]]:
    """By engagement and document, in the order in which we ask."""
    found: dict[int, dict[int, WantedDocument]] = defaultdict(dict)
    for row in pg.many(DOCUMENTS, {"ids": pg.numbers(engagement_ids), "at": at}):
        found[row[0]][row[1]] = WantedDocument(row[1], row[2], row[3], row[4], row[5], row[6])
    return found
