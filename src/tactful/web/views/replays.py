"""Replays: asked for, watched, read, and the day of any client in them."""

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tactful.journeys import actions, queries
from tactful.journeys.queries import ReplayRun
from tactful.web.access import Sorry, StaffRequest, done, staff_page, writes
from tactful.web.build.replay_lines import day_page
from tactful.web.build.replays import DAYS, replay_page, replays_page, run_url
from tactful.web.chosen import asked_for

MOST_DAYS = 365
LARGEST = 2**31 - 1


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("journeys")
def replays(request: StaffRequest, slug: str) -> HttpResponseBase:
    """What has been replayed; a POST asks for one more."""
    if request.method == "POST":
        return _ask(request, slug)
    page = replays_page(asked_for(slug, request.GET), request.visit)
    return render(request, "web/replays.html", {"page": page, "days": DAYS})


@writes
def _ask(request: StaffRequest, slug: str) -> HttpResponseBase:
    chosen = asked_for(slug, request.POST)
    days = _small(request.POST.get("days", "")) or DAYS
    try:
        run = actions.ask_replay(
            chosen.definition,
            days=min(days, MOST_DAYS),
            version=chosen.version or None,
            draft=chosen.draft,
            acting_user=request.user.id,
            now=request.visit.now,
        )
    except actions.ReplayBusy as busy:
        raise Sorry(_("Another replay is under way. Wait for it, or cancel it.")) from busy
    return redirect(run_url(run))


@require_safe
@staff_page("journeys")
def replay(request: StaffRequest, slug: str, pk: int) -> HttpResponseBase:
    show, after = request.GET.get("show", ""), _small(request.GET.get("after", ""))
    page = replay_page(_run(slug, pk), show, after, request.visit)
    return render(request, "web/replay.html", {"page": page})


@staff_page("journeys")
@writes
def cancellation(request: StaffRequest, slug: str, pk: int) -> HttpResponseBase:
    run = _run(slug, pk)
    if not actions.cancel_replay(run.id, acting_user=request.user.id, now=request.visit.now):
        raise Sorry(_("It was over already."))
    return done(request, _("Cancelled. Nothing has been changed."), run_url(run))


@require_safe
@staff_page("journeys")
def day(request: StaffRequest, slug: str, pk: int, number: int) -> HttpResponseBase:
    run = _run(slug, pk)
    line = queries.replayed_line(run.id, number) if number <= LARGEST else None
    if line is None:
        raise Http404
    return render(request, "web/replay_day.html", {"page": day_page(run, line, request.visit)})


def _run(slug: str, pk: int) -> ReplayRun:
    run = queries.replay_run(pk)
    if run is None or run.slug != slug:
        raise Http404
    return run


def _small(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
