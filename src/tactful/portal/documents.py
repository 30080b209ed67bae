"""The page on which a client hands documents in."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from tactful.engagements import actions as engagements
from tactful.engagements.types import EngagementView, NewFile
from tactful.foundation import files
from tactful.inbox.actions.tasks import open_tasks
from tactful.inbox.types import NewTask
from tactful.portal.links import Visit
from tactful.portal.types import UploadItem, UploadPage
from tactful.wiring import looking

LARGEST_MB = files.LARGEST // (1024 * 1024)
MOST_FILES = 20
MOST_MB = 100
MOST_BYTES = MOST_MB * 1024 * 1024


MOST_IN_A_WHILE = 500 * 1024 * 1024  # bytes of one client, whatever links they hold
A_WHILE = timedelta(days=30)
LEAST_ROOM = 1_000_000_000  # bytes that stay free on the disk, for the database and the mail that comes


class UploadRefused(ValueError):
    """The files were not taken in; the sentence says why and what to do."""


class NoRoom(UploadRefused):
    """More than we take by a link. ``reason``: quota, disk."""

    def __init__(self, reason: str) -> None:
        super().__init__(_("We cannot take more files here just now. One of us has been told of it."))
        self.reason = reason


def upload_page(
    visit: Visit, view: EngagementView, token: str, *, error: str = "", done: str = ""
) -> UploadPage:
    norwegian = visit.language == "nb"
    title = view.title(visit.language)
    open_ones = [document for document in view.documents if document.state not in ("received", "waived")]
    asks = _("%(business)s needs this from you.") % {"business": visit.house.name}
    said_sent = all(document.state == "claimed_sent" for document in open_ones)
    return UploadPage(
        title=title,
        intro=asks if open_ones else _("We have everything. Thank you."),
        items=tuple(
            UploadItem(
                id=document.id,
                name=document.name_nb if norwegian else document.name_en,
                note=_("You have told us that it is sent. A person is looking.")
                if document.state == "claimed_sent"
                else "",
                is_done=document.state in ("received", "waived"),
            )
            for document in view.documents
        ),
        url=reverse("portal:documents", args=[token]),
        sent_url="" if said_sent else reverse("portal:documents_sent", args=[token]),
        limits=_("Pictures, PDF or spreadsheets, at most %(size)s MB each") % {"size": LARGEST_MB},
        someone=visit.someone,
        error=error,
        done=done,
    )


def closed_page(visit: Visit, view: EngagementView, token: str) -> UploadPage:
    """The work is finished: nothing is asked for, whatever had not come."""
    done = _("This piece of work is finished, and we need nothing more for it.")
    page = upload_page(visit, view, token, done=done)
    items = tuple(item for item in page.items if item.is_done)
    return replace(page, items=items, intro=_("We have everything. Thank you."))


def take_files(
    view: EngagementView, uploads: Sequence["UploadedFile[bytes]"], chosen: str, *, now: datetime
) -> None:
    """Keep the files. ``chosen``: the id of the document that they are, or "" when the client is not sure.

    A single missing document needs no choosing. When nobody knows which it is, a person is asked; and a
    person is told where there is no room.
    """
    try:
        _take(view, uploads, chosen, now)
    except NoRoom as full:
        _tell(view, full.reason, now)
        raise


@transaction.atomic
def _take(view: EngagementView, uploads: Sequence["UploadedFile[bytes]"], chosen: str, now: datetime) -> None:
    if not uploads:
        raise UploadRefused(_("Choose at least one file first."))
    if len(uploads) > MOST_FILES:
        raise UploadRefused(_("Send at most %(count)s files at a time.") % {"count": MOST_FILES})
    size = sum(upload.size or 0 for upload in uploads)
    if size > MOST_BYTES:
        raise UploadRefused(
            _("Together these are more than %(size)s MB. Send them in parts.") % {"size": MOST_MB}
        )
    if engagements.begin_upload(view.id, now - A_WHILE) + size > MOST_IN_A_WHILE:
        raise NoRoom("quota")
    if files.room() - size < LEAST_ROOM:
        raise NoRoom("disk")
    news = _all_kept(uploads)
    open_ones = [document for document in view.documents if document.state in ("missing", "claimed_sent")]
    mine = [document for document in open_ones if str(document.id) == chosen]
    document = mine[0] if mine else open_ones[0] if len(open_ones) == 1 else None
    if document is not None:
        engagements.take_upload(document.id, news, now=now)
        return
    kept = engagements.keep_files(view.contact_id, news, "upload", document_id=None, now=now)
    looking.ask_is_this_it({file.id: file.name for file in kept}, view, now)


def _tell(view: EngagementView, reason: str, now: datetime) -> None:
    """Once a day for each link."""
    task = NewTask(
        kind="call",
        code="upload_full",
        dedupe_key=f"upload_full:{view.id}:{now.date().isoformat()}",
        contact_id=view.contact_id,
        owner_id=view.owner_id,
        params={"reason": reason},
        subject_kind="contact",
        subject_id=view.contact_id,
    )
    open_tasks([task], now=now)


def _all_kept(uploads: Sequence["UploadedFile[bytes]"]) -> list[NewFile]:
    """All of them or none: where one is refused, those before it leave no trace."""
    news: list[NewFile] = []
    try:
        for upload in uploads:
            news.append(_kept(upload))  # noqa: PERF401, those kept so far must be known
    except UploadRefused:
        for new in news:
            files.drop(new.stored)
        raise
    return news


def _kept(upload: "UploadedFile[bytes]") -> NewFile:
    name = files.shown_name(upload.name or "")
    try:
        if (upload.size or 0) > files.LARGEST:  # before it is read into memory
            raise files.FileRefused("too_large")
        stored = files.keep(upload.read())
    except files.FileRefused as refused:
        raise UploadRefused(_why(refused.code) % {"name": name, "size": LARGEST_MB}) from refused
    return NewFile(name, stored.content_type, stored.size, stored.sha256, stored.stored)


def _why(code: str) -> str:
    return {
        "empty": _("“%(name)s” is empty. Look at it on your device and send it again."),
        "too_large": _("“%(name)s” is larger than %(size)s MB. Send it in parts, or ask us for another way."),
        "executable": _("“%(name)s” is a program, and we take documents only. Send a picture or a PDF."),
    }[code]
