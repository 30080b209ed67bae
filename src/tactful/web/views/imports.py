"""Bringing in clients: a file, what its columns mean, and what became of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import PurePath

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tactful.contacts import queries
from tactful.contacts.actions import ContactError, ask_undo, begin_import, import_file
from tactful.contacts.queries import ImportRun
from tactful.contacts.types import ImportRequest
from tactful.foundation.actions import record_audit
from tactful.web.access import Sorry, StaffRequest, owner_only, staff_page, writes
from tactful.web.build.import_run import run_page
from tactful.web.build.import_undo import undo_page
from tactful.web.build.imports import import_page, mapping_page
from tactful.web.forms.imports import UploadForm, mapping_of, mapping_trouble
from tactful.web.waiting_file import (
    SentFile,
    WaitingFile,
    forget,
    let_go,
    put_aside,
    remember_mapping,
    waiting,
)
from tactful.wiring import undoing

AT_ONCE = 500  # rows; about half a second


@staff_page("import")
def start(request: StaffRequest) -> HttpResponseBase:
    """The start page; a POST takes the file and goes on to its columns."""
    if request.method == "POST":
        return _take(request)
    return render(request, "web/import.html", {"page": import_page(UploadForm(), request.visit)})


@writes
def _take(request: StaffRequest) -> HttpResponseBase:
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "web/import.html", {"page": import_page(form, request.visit)}, status=422)
    upload = form.cleaned_data["file"]
    sent = SentFile(PurePath(upload.name).name, upload.read(), form.declared())
    put_aside(request.session, sent, request.user.id, request.visit.now)
    return redirect("web:import_mapping")


@staff_page("import")
def mapping(request: StaffRequest) -> HttpResponseBase:
    """The columns with a preview; a POST keeps what was chosen and previews again."""
    if request.method == "POST":
        return _choose(request)
    file = waiting(request.session, request.visit.house.country)
    if file is None:
        messages.info(request, _("There is no file here. Choose one."))
        return redirect("web:import")
    return render(request, "web/import_mapping.html", {"page": mapping_page(file, request.visit)})


@writes
def _choose(request: StaffRequest) -> HttpResponseBase:
    _chosen(request)
    return redirect("web:import_mapping")


@staff_page("import")
@writes
def bring_in(request: StaffRequest) -> HttpResponseBase:
    file = _chosen(request)
    if mapping_trouble(file.mapping):
        return redirect("web:import_mapping")
    try:
        run = _read(request, file)
    except ContactError as trouble:
        messages.error(request, str(trouble))
        return redirect("web:import_mapping")
    return redirect("web:import_run", run.id)


def _read(request: StaffRequest, file: WaitingFile) -> ImportRun:
    """A short file is read while one waits. A long one is left to the worker, and its page shows how far
    that is."""
    wanted = ImportRequest(file.name, file.content, file.mapping, file.declared)
    by, now = request.user.id, request.visit.now
    if len(file.table.rows) > AT_ONCE:
        run = begin_import(wanted, file.stored, acting_user=by, now=now)
        forget(request.session)
    else:
        run = import_file(wanted, acting_user=by, now=now)
        let_go(request.session)
    return run


@require_safe
@staff_page("import")
def import_run(request: StaffRequest, pk: int) -> HttpResponseBase:
    page = request.GET.get("page", "")
    number = int(page) if page.isdecimal() and len(page) < 7 else 0
    shown = run_page(_run(pk), request.GET.get("rows", ""), number, request.visit)
    return render(request, "web/import_run.html", {"page": shown})


@staff_page("import")
def undo(request: StaffRequest, pk: int) -> HttpResponseBase:
    """What taking the file back would do; an owner's POST does it."""
    run = _run(pk)
    if request.method == "POST":
        return _undo(request, run)
    page = undo_page(run, undoing.preview, request.visit)
    return render(request, "web/import_undo.html", {"page": page})


@owner_only
@writes
def _undo(request: StaffRequest, run: ImportRun) -> HttpResponseBase:
    """A short file is taken back while one waits, a long one by the worker."""
    try:
        ask_undo(run.id, acting_user=request.user.id, now=request.visit.now)
    except ContactError as trouble:
        messages.info(request, str(trouble))
        return redirect("web:import_run", run.id)
    if run.total <= AT_ONCE:
        while undoing.continue_undoing(request.visit.now, run.id):
            pass
    return redirect("web:import_run", run.id)


@require_safe
@staff_page("import")
def refused(_request: StaffRequest, pk: int) -> HttpResponseBase:
    """The refused rows as a file to mend and send again."""
    run = _run(pk)
    name = _("refused rows of %(file)s") % {"file": PurePath(run.file_name).stem}
    response = HttpResponse(queries.refused_csv(run.id), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=f"{name}.csv") or ""
    )
    return response


@staff_page("import")
@owner_only
@writes
def leaving(request: StaffRequest) -> HttpResponseBase:
    """All clients as a file. By POST, for it is written down who took them out."""
    kind = KINDS.get(request.POST.get("format", ""))
    if kind is None:
        raise Sorry(_("Choose one of the two formats."))
    record_audit(actor=request.user.id, verb="contacts.exported", subject=kind.name, now=request.visit.now)
    response = HttpResponse(kind.content(), content_type=kind.content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=kind.name) or ""
    return response


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    content_type: str
    content: Callable[[], bytes]


KINDS = {
    "csv": Kind("clients.csv", "text/csv; charset=utf-8", queries.as_csv),
    "lines": Kind("clients.jsonl", "application/jsonl", lambda: b"".join(queries.as_json_lines())),
}


def _run(pk: int) -> ImportRun:
    run = queries.import_run(pk)
    if run is None:
        raise Http404
    return run


def _chosen(request: StaffRequest) -> WaitingFile:
    """The file that waits, with the columns as they were just chosen."""
    region = request.visit.house.country
    file = waiting(request.session, region)
    if file is None:
        raise Sorry(_("The file is no longer here. Send it again."))
    chosen = mapping_of(request.POST, len(file.table.header), region)
    remember_mapping(request.session, chosen)
    return replace(file, mapping=chosen)
