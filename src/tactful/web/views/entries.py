"""What came with a mail: the whole of it in a frame of its own, and its files."""

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tactful.foundation import files
from tactful.inbox import queries as inbox
from tactful.inbox.actions.misread import was_no_objection
from tactful.inbox.queries import Entry
from tactful.inbox.types import OUTSIDE
from tactful.web.access import StaffRequest, done, staff_page, writes
from tactful.web.frames import framed, framed_text, shut

HARMLESS = {"application/pdf", "image/png", "image/jpeg", "image/gif"}


@require_safe
@staff_page("inbox")
def entry(request: StaffRequest, pk: int) -> HttpResponse:
    """The page around the frame."""
    return render(request, "web/entry.html", {"entry": _entry(pk)})


@require_safe
@staff_page("inbox")
def entry_html(request: StaffRequest, pk: int) -> HttpResponse:  # noqa: ARG001
    found = _entry(pk)
    return framed(found.html) if found.html else framed_text(found.full_text or found.text)


@require_safe
@staff_page("inbox")
def entry_file(request: StaffRequest, pk: int) -> HttpResponseBase:  # noqa: ARG001
    """Always a download, under the name that the sender gave and a type that no browser runs."""
    file = inbox.file(pk)
    if file is None:
        raise Http404
    try:
        content = files.path_of(file.stored).open("rb")
    except FileNotFoundError as gone:
        raise Http404 from gone
    kind = file.content_type if file.content_type in HARMLESS else "application/octet-stream"
    response = FileResponse(content, as_attachment=True, filename=file.name or "file", content_type=kind)
    shut(response)
    return response


@staff_page("inbox")
@writes
def not_an_objection(request: StaffRequest, pk: int) -> HttpResponse:
    reason = request.POST.get("reason", "")
    lifted = was_no_objection(_entry(pk).id, reason, acting_user=request.user.id, now=request.visit.now)
    stays = _("Noted. The client has said no another way too, and that stays.")
    return done(
        request, _("Corrected. Reminders and the rest may be sent again.") if lifted else stays, "web:inbox"
    )


def _entry(pk: int) -> Entry:
    found = inbox.entry(pk)
    if found is None or (found.kind != Entry.Kind.INBOUND and found.code != OUTSIDE):
        raise Http404
    return found
