"""Segments: the list, the builder, and one of them. Building keeps nothing; only saving does."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tactful.broadcasts import queries as broadcasts
from tactful.segments import actions, queries
from tactful.segments.actions import NewSegment, SegmentRefused
from tactful.segments.queries import Segment
from tactful.web.access import Sorry, StaffRequest, done, refused, staff_page, writes
from tactful.web.build.segment_builder import Building, builder_page
from tactful.web.build.segment_starts import STARTS
from tactful.web.build.segments import segment_page, segments_page
from tactful.web.forms.segment.drafts import Bracket, acted, document, from_document, from_post
from tactful.web.visit import Visit
from tactful.wiring.segments import ALLOWED, begun_by, moment_at


@require_safe
@staff_page("clients")
def segments(request: StaffRequest) -> HttpResponseBase:
    return render(request, "web/segments.html", {"page": segments_page(request.visit)})


@require_safe
@staff_page("clients")
def segment(request: StaffRequest, slug: str) -> HttpResponseBase:
    page = segment_page(_segment(slug), request.visit, request.GET.dict())
    return render(request, "web/segment.html", {"page": page})


@staff_page("clients")
def new(request: StaffRequest) -> HttpResponseBase:
    if not request.user.may_write:
        return refused(request, _("You may look at everything here, but not change it. Ask an owner."))
    if request.method == "POST":
        return _keep(request, None)
    start = STARTS.get(request.GET.get("start", ""))
    root = from_document(start.where) if start else Bracket("all")
    return _builder(request, Building(root, str(start.name) if start else ""))


@staff_page("clients")
def edit(request: StaffRequest, slug: str) -> HttpResponseBase:
    row = _segment(slug)
    if not request.user.may_write:
        return refused(request, _("You may look at everything here, but not change it. Ask an owner."))
    if request.method == "POST":
        return _keep(request, row)
    return _builder(request, Building(from_document(row.document["where"]), row.name, slug))


@staff_page("clients")
@writes
def preview(request: StaffRequest) -> HttpResponseBase:
    """What has been clicked so far, drawn anew with its sentence and its number."""
    return _builder(request, _building(request.POST))


@staff_page("clients")
@writes
def live(request: StaffRequest, slug: str) -> HttpResponseBase:
    on = request.POST.get("live") == "yes"
    if not on:
        _asked_by_no_journey(slug, request.visit)
    actions.set_live(_segment(slug).id, on, acting_user=request.user.id, now=request.visit.now)
    if on:
        return done(request, _("It is kept up to date from now on. Journeys can begin with it."))
    return done(request, _("It is no longer kept up to date. No journey begins with it."))


@staff_page("clients")
@writes
def removal(request: StaffRequest, slug: str) -> HttpResponseBase:
    row = _segment(slug)
    _asked_by_no_journey(slug, request.visit)
    for broadcast in broadcasts.going_to(slug):
        raise Sorry(
            _("The broadcast “%(name)s” goes to this segment. Change it first.") % {"name": broadcast.name}
        )
    actions.remove_segment(row.id, allowed=ALLOWED, acting_user=request.user.id, now=request.visit.now)
    messages.success(request, _("“%(name)s” is gone.") % {"name": row.name})
    return redirect("web:segments")


def _asked_by_no_journey(slug: str, visit: Visit) -> None:
    for name in begun_by(slug, visit.language):
        raise Sorry(
            _("The journey “%(name)s” begins with this segment. Switch that journey off first.")
            % {"name": name}
        )


def _keep(request: StaffRequest, row: Segment | None) -> HttpResponseBase:
    building = _building(request.POST, row)
    if "act" in request.POST:  # a click without a script: the page is drawn anew
        return _builder(request, building)
    asked: dict[str, Any] = {"allowed": ALLOWED, "acting_user": request.user.id}
    asked["moment"] = moment_at(request.visit.now)
    new_one = NewSegment(building.name, document(building.root) or {"format": "", "where": {}})
    try:
        if document(building.root) is None:
            raise SegmentRefused(_("There is no condition yet. Add at least one."))
        if row is None:
            row = actions.make_segment(new_one, **asked)
        else:
            actions.change_segment(row.id, new_one, **asked)
    except SegmentRefused as error:
        again = Building(building.root, building.name, building.slug, str(error))
        return _builder(request, again, status=422)
    messages.success(request, _("Kept."))
    return redirect("web:segment", row.slug)


def _building(post: QueryDict, row: Segment | None = None) -> Building:
    slug = row.slug if row else str(post.get("slug", ""))[:60]
    root = acted(from_post(post), str(post.get("act", "")))
    return Building(root, str(post.get("name", "")).strip()[:120], slug if _is_there(slug) else "")


def _is_there(slug: str) -> bool:
    return bool(slug) and queries.segment(slug) is not None


def _builder(request: StaffRequest, building: Building, status: int = 200) -> HttpResponseBase:
    page = builder_page(building, request.visit)
    return render(request, "web/segment_builder.html", {"page": page}, status=status)


def _segment(slug: str) -> Segment:
    found = queries.segment(slug)
    if found is None:
        raise Http404
    return found
