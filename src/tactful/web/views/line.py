"""The line: its map, one touchpoint, and a new one."""

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tactful.touchpoints import actions
from tactful.touchpoints.actions import LineError
from tactful.touchpoints.queries import Touchpoint, by_slug
from tactful.touchpoints.types import Line
from tactful.web.access import StaffRequest, done, number, owner_only, staff_page, writes
from tactful.web.build.line import line_page
from tactful.web.build.touchpoint import Typed, as_it_stands, touchpoint_page
from tactful.web.decisions import Refused, keep_decision, typed_by
from tactful.web.forms.line import NewTouchpointForm


@require_safe
@staff_page("line")
def line(request: StaffRequest) -> HttpResponseBase:
    return render(request, "web/line.html", {"page": line_page(request.visit)})


@staff_page("line")
def touchpoint(request: StaffRequest, slug: str) -> HttpResponseBase:
    row = by_slug(slug)
    if row is None:
        raise Http404
    if request.method == "POST":
        return _decide(request, row)
    return _show(request, row, _leaning(as_it_stands(row), request.GET.get("line", "")))


@owner_only
@writes
def _decide(request: StaffRequest, row: Touchpoint) -> HttpResponseBase:
    typed = typed_by(request.POST, row, request.visit)
    try:
        keep_decision(row, typed, acting_user=request.user.id, now=request.visit.now)
    except Refused as refused:
        return _show(request, row, refused.typed, status=422)
    messages.success(request, _("It is kept. It holds from the next message on."))
    return redirect("web:touchpoint", row.slug)


@staff_page("line")
@owner_only
@writes
def preview(request: StaffRequest, slug: str) -> HttpResponseBase:
    """How long before they go out its messages are shown to a person."""
    row, given = by_slug(slug), number(request.POST.get("hours", ""))
    if row is None:
        raise Http404
    if given is None:
        raise LineError(_("Say how many hours, as a number. 0 is never."))
    actions.show_before(row.id, given, acting_user=request.user.id, now=request.visit.now)
    said = _("They are shown before they go out.") if given else _("They go out without being shown.")
    return done(request, said, reverse("web:touchpoint", args=[slug]))


@staff_page("line")
@writes
def comment(request: StaffRequest, slug: str) -> HttpResponseBase:
    """Whoever works here may say what they think before an owner moves the line."""
    row = by_slug(slug)
    if row is None:
        raise Http404
    words = request.POST.get("text", "")
    actions.comment(row.id, words, acting_user=request.user.id, now=request.visit.now)
    return done(request, _("It stands there for whoever decides."), reverse("web:touchpoint", args=[slug]))


@require_safe
@staff_page("line")
def printed(request: StaffRequest) -> HttpResponseBase:
    """The whole line on one sheet of paper, for the wall of a workshop."""
    return render(request, "web/line_print.html", {"page": line_page(request.visit)})


@staff_page("line")
@owner_only
def touchpoint_add(request: StaffRequest) -> HttpResponseBase:
    if request.method == "POST":
        return _add(request)
    return render(request, "web/touchpoint_add.html", {"form": NewTouchpointForm()})


@writes
def _add(request: StaffRequest) -> HttpResponseBase:
    form = NewTouchpointForm(request.POST)
    if form.is_valid():
        try:
            row = actions.add(form.touchpoint(), acting_user=request.user.id, now=request.visit.now)
        except LineError as error:
            form.add_error("name_en", str(error))
        else:
            messages.success(request, _("It is there. Now say on which side of the line it stands."))
            return redirect("web:touchpoint", row.slug)
    return render(request, "web/touchpoint_add.html", {"form": form}, status=422)


def _show(request: StaffRequest, row: Touchpoint, typed: Typed, status: int = 200) -> HttpResponseBase:
    page = touchpoint_page(row, typed, request.visit)
    return render(request, "web/touchpoint.html", {"page": page}, status=status)


def _leaning(typed: Typed, line: str) -> Typed:
    """A link may choose a side beforehand; only the form decides."""
    return typed.on(Line(line)) if line in (Line.JUDGEMENT, Line.STRUCTURAL) else typed
