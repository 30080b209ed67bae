"""Asking for documents, and noting how each of them came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from tactful.contacts.actions import bump_gate
from tactful.engagements.models import DocumentSpell, Engagement, ReceivedFile, RequestedDocument
from tactful.engagements.types import NewEngagement, NewFile
from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.foundation.actions import record_audit

DONE = ("received", "waived")


@transaction.atomic
def open_engagements(news: Sequence[NewEngagement], *, acting_user: int | None, now: datetime) -> list[int]:
    """Open engagements and ask for their documents: the fact starts the journey.

    A contact that has the same engagement open already keeps that one and is not asked twice.
    """
    taken = set(
        Engagement.objects.filter(
            contact_id__in=[new.contact_id for new in news], closed_at=None
        ).values_list("contact_id", "kind", "year")
    )
    fresh = []
    for new in news:
        if (key := (new.contact_id, new.kind, new.year)) not in taken:
            taken.add(key)
            fresh.append(new)
    rows = Engagement.objects.bulk_create(_engagement(new, now) for new in fresh)
    documents = RequestedDocument.objects.bulk_create(
        RequestedDocument(engagement=row, slug=slug, name_en=en, name_nb=nb, position=place)
        for row, new in zip(rows, fresh, strict=True)
        for place, (slug, en, nb) in enumerate(new.documents)
    )
    DocumentSpell.objects.bulk_create(
        DocumentSpell(
            document=document, state="missing", how="request", from_at=now, recorded_at=now, by=acting_user
        )
        for document in documents
    )
    record([fact for row in rows for fact in _opening(row)], now=now)
    bump_gate([row.contact_id for row in rows])
    ids = [row.id for row in rows]
    if ids:
        body = {"engagements": ids}
        record_audit(actor=acting_user, verb="engagements.opened", subject="engagements", now=now, body=body)
    return ids


@transaction.atomic
def close_engagement(engagement_id: int, *, acting_user: int | None, now: datetime) -> bool:
    """The work is done: nothing is asked for any more, and its personal link takes nothing in.

    ``False``: it was closed already.
    """
    row = Engagement.objects.select_for_update(of=("self",)).filter(id=engagement_id, closed_at=None).first()
    if row is None:
        return False
    row.closed_at = now
    row.save(update_fields=["closed_at"])
    record([NewFact("engagement.closed", row.contact_id, {"engagement": row.id, "kind": row.kind})], now=now)
    bump_gate([row.contact_id])
    record_audit(actor=acting_user, verb="engagement.closed", subject=f"engagement:{row.id}", now=now)
    return True


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a document came: upload, mail, other_way (by hand, paper), with its file if there is one."""

    document_id: int
    how: str
    acting_user: int | None = None
    file_id: int | None = None


@transaction.atomic
def receive_document(arrival: Arrival, *, now: datetime) -> None:
    """It has come. Its file, if there is one, is filed as this document; ``ValueError`` if it is of
    another client."""
    if arrival.file_id is not None:
        _file(arrival.file_id, arrival.document_id)
    _move(arrival, "received", now)


@transaction.atomic
def waive_document(document_id: int, *, acting_user: int, now: datetime) -> None:
    """We do not need it after all."""
    _move(Arrival(document_id, "waived", acting_user), "waived", now)


@transaction.atomic
def miss_document(document_id: int, *, acting_user: int, now: datetime) -> None:
    """A person has looked: it is not here."""
    _move(Arrival(document_id, "request", acting_user), "missing", now)


@transaction.atomic
def client_says_sent(document_id: int, *, now: datetime) -> None:
    """The client says that it has been sent already: no chaser until a person has looked.

    What has come, or is not needed, in the meantime stays so.
    """
    _move(Arrival(document_id, "client_says"), "claimed_sent", now, only_from="missing")


@transaction.atomic
def keep_files(
    contact_id: int, files: Sequence[NewFile], how: str, *, document_id: int | None, now: datetime
) -> list[ReceivedFile]:
    """Note files that have reached us; which document they are may be said later."""
    return ReceivedFile.objects.bulk_create(
        ReceivedFile(
            contact_id=contact_id,
            document_id=document_id,
            name=file.name[:200],
            content_type=file.content_type[:100],
            size=file.size,
            sha256=file.sha256,
            stored=file.stored,
            how=how,
            entry_file_id=file.entry_file_id,
            received_at=now,
        )
        for file in files
    )


def begin_upload(engagement_id: int, since: datetime) -> int:
    """Bytes that the client of this engagement has uploaded since then. Until the end of the transaction,
    which the caller has begun, others with the same link wait: many at once come to no more than one after
    another."""
    row = Engagement.objects.select_for_update().get(id=engagement_id)
    mine = ReceivedFile.objects.filter(contact_id=row.contact_id, how="upload", received_at__gt=since)
    return int(mine.aggregate(total=Sum("size"))["total"] or 0)


@transaction.atomic
def take_upload(document_id: int, files: Sequence[NewFile], *, now: datetime) -> None:
    """The client has uploaded a document through the personal link."""
    document = RequestedDocument.objects.select_related("engagement").get(id=document_id)
    kept = keep_files(document.engagement.contact_id, files, "upload", document_id=document_id, now=now)
    receive_document(Arrival(document_id, "upload", file_id=kept[0].id), now=now)


def _engagement(new: NewEngagement, now: datetime) -> Engagement:
    return Engagement(
        contact_id=new.contact_id,
        kind=new.kind,
        title_en=new.title_en,
        title_nb=new.title_nb,
        year=new.year,
        owner_id=new.owner_id,
        due_on=new.due_on,
        opened_at=now,
    )


def _opening(row: Engagement) -> list[NewFact]:
    data = {"engagement": row.id, "kind": row.kind, "year": row.year}
    return [
        NewFact("engagement.opened", row.contact_id, data),
        NewFact("engagement.documents_wanted", row.contact_id, data),
    ]


def _file(file_id: int, document_id: int) -> None:
    owner = Engagement.objects.filter(documents=document_id).values("contact_id")
    if not ReceivedFile.objects.filter(id=file_id, contact_id__in=owner).update(document_id=document_id):
        raise ValueError("This file is not of the client who was asked for this document.")


def _move(arrival: Arrival, state: str, now: datetime, only_from: str = "") -> None:
    document = (
        RequestedDocument.objects.select_for_update(of=("self",))
        .select_related("engagement")
        .get(id=arrival.document_id)
    )
    running = DocumentSpell.objects.running().filter(document=document).first()
    if running is not None and (running.state == state or (only_from and running.state != only_from)):
        return
    DocumentSpell.objects.running().filter(document=document).update(to_at=now, end_recorded_at=now)
    DocumentSpell.objects.create(
        document=document,
        state=state,
        how=arrival.how,
        by=arrival.acting_user,
        file_id=arrival.file_id,
        from_at=now,
        recorded_at=now,
    )
    _tell(document, state, arrival, now)


def _tell(document: RequestedDocument, state: str, arrival: Arrival, now: datetime) -> None:
    engagement = document.engagement
    data = {"engagement": engagement.id, "document": document.id, "how": arrival.how}
    facts = [NewFact(f"document.{state}", engagement.contact_id, data)]
    open_spells = DocumentSpell.objects.running().filter(document__engagement=engagement)
    if state in DONE and not open_spells.exclude(state__in=DONE).exists():
        facts.append(NewFact("documents.complete", engagement.contact_id, {"engagement": engagement.id}))
    record(facts, now=now)
    bump_gate([engagement.contact_id])
    if arrival.acting_user is not None:
        subject = f"document:{document.id}"
        record_audit(actor=arrival.acting_user, verb=f"document.{state}", subject=subject, now=now)
