"""Two clients who may be one person: a person looks, decides, and may take it back."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from tactful.contacts import actions as people
from tactful.contacts import queries as contacts
from tactful.contacts.queries import ContactMerge
from tactful.contacts.rules.merging import Side
from tactful.web.access import Sorry, StaffRequest, number, staff_page, writes
from tactful.web.build import pairs as build
from tactful.web.build.around import look_around
from tactful.wiring import merging


@require_safe
@staff_page("clients")
def pairs(request: StaffRequest) -> HttpResponse:
    given = request.GET
    first = number(given.get("n", "")) or 1
    page = build.pairs_page(
        _before(given.get("before", ""), given.get("one", ""), given.get("other", "")), first
    )
    return render(request, "web/pairs.html", {"page": page})


def _before(at: str, one: str, other: str) -> tuple[datetime, int, int] | None:
    """What cannot be read is the first page."""
    ids = number(one), number(other)
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    if moment.tzinfo is None or ids[0] is None or ids[1] is None:
        return None
    return moment, ids[0], ids[1]


@require_safe
@staff_page("clients")
def find_same(request: StaffRequest, pk: int) -> HttpResponse:
    """Whom a client may be as well, found by a person."""
    around = look_around(request.visit, [pk])
    if pk not in around.clients:
        raise Http404
    page = build.find_page(around.client(pk), pk, request.GET.get("q", "").strip()[:200])
    return render(request, "web/same.html", {"page": page})


@require_safe
@staff_page("clients")
def pair(request: StaffRequest, pk: int, other: int) -> HttpResponse:
    """Side by side; ``pk`` is the one who would be kept."""
    ours, theirs = _both(pk, other)
    return render(request, "web/pair.html", {"page": build.pair_page(ours, theirs, request.visit)})


def _both(pk: int, other: int) -> tuple[Side, Side]:
    found = contacts.sides({pk, other})
    if pk == other or len(found) < 2:
        raise Http404
    return found[pk], found[other]


@staff_page("clients")
@writes
def merge(request: StaffRequest, pk: int, other: int) -> HttpResponse:
    ours, theirs = _both(pk, other)
    merging.merge(pk, other, acting_user=request.user.id, now=request.visit.now)
    names = {"kept": ours.columns["name"], "gone": theirs.columns["name"]}
    messages.success(request, _("%(gone)s is part of %(kept)s now. You can take it back.") % names)
    return redirect("web:client", pk)


@staff_page("clients")
@writes
def apart(request: StaffRequest, pk: int, other: int) -> HttpResponse:
    _both(pk, other)
    people.tell_apart(pk, other, acting_user=request.user.id, now=request.visit.now)
    messages.success(request, _("Kept: they are two people. We will not ask again."))
    return redirect("web:pairs")


@require_safe
@staff_page("clients")
def merged(request: StaffRequest, pk: int) -> HttpResponse:
    row = _merge(pk)
    around = look_around(request.visit, [row.kept])
    page = build.merged_page(row, around.client(row.kept), request.visit)
    return render(request, "web/merged.html", {"page": page})


@staff_page("clients")
@writes
def unmerge(request: StaffRequest, pk: int) -> HttpResponse:
    row = _merge(pk)
    if not merging.may_undo(pk, request.visit.now):
        raise Sorry(_("This can no longer be taken back. It is too long ago."))
    lost = merging.unmerge(pk, acting_user=request.user.id, now=request.visit.now)
    said = _("%(gone)s is a client of their own again.") % {"gone": row.shown}
    if lost:
        said += " " + ngettext(
            "One thing stayed where it was, for something newer stands in its place.",
            "%(n)d things stayed where they were, for something newer stands in their place.",
            lost,
        ) % {"n": lost}
    messages.success(request, said)
    return redirect("web:client", row.gone)


def _merge(pk: int) -> ContactMerge:
    row = contacts.merge_of(pk)
    if row is None or row.undone_at is not None:
        raise Http404
    return row
