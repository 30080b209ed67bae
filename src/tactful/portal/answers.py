"""How the portal answers: a page in the business's own time, or back to it with a word of what was done."""

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from tactful.portal.links import Visit


def back(name: str, token: str, word: str) -> HttpResponse:
    response = redirect(f"portal:{name}", token)
    response["Location"] += f"?{word}"
    return response


def shown(request: HttpRequest, visit: Visit, name: str, page: object, status: int = 200) -> HttpResponse:
    context = {"page": page, "business": visit.business}
    with timezone.override(ZoneInfo(visit.house.time_zone)):
        return render(request, f"portal/{name}.html", context, status=status)
