"""Renders each template from plausible data, without views and without a database."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.utils import timezone, translation

from tactful.web import samples
from tactful.web.views.parts import sample_form

Context = dict[str, object]


def _parts() -> tuple[str, Context]:
    return "web/parts.html", {**samples.everything(), "form": sample_form()}


PAGES: dict[str, Callable[[], tuple[str, Context]]] = {"parts": _parts}


def render(name: str, language: str) -> str:
    """The page as HTML, in Bergen's time zone, at 09:42 on 9 April 2026."""
    request = RequestFactory().get(f"/{name}")
    zone = timezone.override(ZoneInfo("Europe/Oslo"))
    with zone, translation.override(language), override_settings(ROOT_URLCONF="tactful.web.tests.urls"):
        template, context = PAGES[name]()
        full = {"now": samples.NOW, "csrf_token": "token", **context, "request": request}
        return render_to_string(template, full)
