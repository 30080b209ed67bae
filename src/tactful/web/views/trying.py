"""Trying a journey out: the story stands in the address, and nothing is written."""

from django.http import HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tactful.journeys.rules.plan import compile_plan
from tactful.web.access import StaffRequest, staff_page
from tactful.web.build.trying import begun_by_itself, data_for, first_moment, try_page
from tactful.web.chosen import Chosen, asked_for
from tactful.web.trial import LATER, Trial, read_trial
from tactful.web.visit import Visit


@require_safe
@staff_page("journeys")
def trial(request: StaffRequest, slug: str) -> HttpResponseBase:
    chosen = asked_for(slug, request.GET)
    story = story_of(request.GET, chosen, request.visit)
    if "add" in request.GET or "drop" in request.GET:
        return redirect(f"{reverse('web:journey_try', args=[slug])}?{story.query(chosen.query)}#story")
    page = try_page(chosen, story, request.GET.get("q", "").strip()[:80], request.visit)
    return render(request, "web/try.html", {"page": page})


def story_of(given: QueryDict, chosen: Chosen, visit: Visit) -> Trial:
    """As the address says it, with what was just added."""
    zone = visit.house.time_zone
    story = read_trial(given, zone, first_moment(visit.now, zone), visit.house.language)
    if story.is_new:
        return begun_by_itself(story, chosen)
    what = given.get("add", "")[:120]
    if what == "chosen":
        what = given.get("what", "")[:120]
    if not what:
        return story
    at = story.last + LATER.get(given.get("later", "day"), LATER["day"])
    return story.with_one(what, at, data_for(what, at, compile_plan(chosen.definition)))
