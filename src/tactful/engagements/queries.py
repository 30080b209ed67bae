"""Reads of engagements, a whole batch at a time; also as things stood at another moment."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from tactful.engagements.models import DocumentSpell, Engagement, ReceivedFile, RequestedDocument
from tactful.engagements.types import EngagementView, WantedDocument


def views(engagement_ids: Collection[int], at: datetime) -> dict[int, EngagementView]:
    """Engagements with their documents as they stood at ``at``."""
    rows = Engagement.objects.filter(id__in=engagement_ids)
    documents = _documents(engagement_ids, at)
    return {row.id: _view(row, tuple(documents[row.id]), at) for row in rows}


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


def files_of(contact_id: int) -> list[ReceivedFile]:
    return list(
        ReceivedFile.objects.filter(contact_id=contact_id).select_related("document").order_by("-received_at")
    )


def _documents(engagement_ids: Collection[int], at: datetime) -> dict[int, list[WantedDocument]]:
    rows = RequestedDocument.objects.filter(engagement_id__in=engagement_ids).order_by("position", "id")
    spells = DocumentSpell.objects.at(at).filter(document__engagement_id__in=engagement_ids)
    states = {spell.document_id: (spell.state, spell.how) for spell in spells.order_by("from_at")}
    found: dict[int, list[WantedDocument]] = defaultdict(list)
    for row in rows:
        if row.id in states:
            state, how = states[row.id]
            found[row.engagement_id].append(
                WantedDocument(row.id, row.slug, row.name_en, row.name_nb, state, how)
            )
    return found


def _view(row: Engagement, documents: tuple[WantedDocument, ...], at: datetime) -> EngagementView:
    return EngagementView(
        id=row.id,
        contact_id=row.contact_id,
        kind=row.kind,
        title_en=row.title_en,
        title_nb=row.title_nb,
        year=row.year,
        owner_id=row.owner_id,
        due_on=row.due_on,
        is_open=row.closed_at is None or row.closed_at > at,
        documents=documents,
    )
