"""Each template renders in both languages, obeys the content security policy, and names what it shows."""

import re
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.http import Http404
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings

from tactful.web import samples
from tactful.web.tests.rendering import PAGES, STAFF, render
from tactful.web.views.parts import parts

LANGUAGES = ("en", "nb")
# The parts page shows buttons that lead nowhere, to be looked at.
SHOWN_BUTTONS = re.compile(r'<button class="btn[^"]*" type="button">')


class Outline(HTMLParser):
    """What the tests ask about a page: its elements with their attributes, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.fixture(params=[f"{name} {language}" for name in PAGES for language in LANGUAGES])
def page(request: pytest.FixtureRequest) -> tuple[str, str, Outline]:
    name, language = request.param.split()
    html = render(name, language)
    return html, language, Outline(html)


def test_every_page_renders_with_one_title_and_its_language(page: tuple[str, str, Outline]) -> None:
    html, language, outline = page
    assert outline.all("html")[0]["lang"] == language
    assert len(outline.all("h1")) == 1
    assert len(outline.all("main")) == 1
    assert "{{" not in html
    assert "{%" not in html


def test_no_page_needs_inline_scripts_or_styles(page: tuple[str, str, Outline]) -> None:
    _, _, outline = page
    assert not outline.all("style")
    assert not [attrs for _, attrs in outline.elements if "style" in attrs]
    handlers = [key for _, attrs in outline.elements for key in attrs if re.match(r"on|hx-on", key)]
    assert not handlers
    inline = [attrs for attrs in outline.all("script") if "src" not in attrs]
    assert all(attrs.get("type") == "application/json" for attrs in inline)


def test_every_sign_stands_in_the_sprite_and_ids_are_unique(page: tuple[str, str, Outline]) -> None:
    _, _, outline = page
    ids = [str(attrs["id"]) for _, attrs in outline.elements if attrs.get("id")]
    assert len(ids) == len(set(ids))
    wanted = {str(attrs["href"]) for attrs in outline.all("use")}
    assert wanted <= {f"#{name}" for name in ids}


def test_every_form_that_changes_something_carries_its_token(page: tuple[str, str, Outline]) -> None:
    html, _, outline = page
    posts = [attrs for attrs in outline.all("form") if (attrs.get("method") or "").lower() == "post"]
    assert html.count('name="csrfmiddlewaretoken"') == len(posts)


def test_every_button_does_something(page: tuple[str, str, Outline]) -> None:
    """A button submits a form, opens something here, or is known to a script."""
    html, _, _ = page
    lead_somewhere = r"popovertarget|data-dismiss|data-opens-keys|id=\"mfa_"
    only_shown = len(SHOWN_BUTTONS.findall(html)) if "p-parts" in html else 0
    plain = re.findall(r'<button[^>]*type="button"[^>]*>', html)
    assert sum(re.search(lead_somewhere, opening) is None for opening in plain) == only_shown


def test_one_strong_button_per_view(page: tuple[str, str, Outline]) -> None:
    html, _, _ = page
    top = html.split("<main", 1)[1].split("<h2", 1)[0]
    assert len(re.findall(r'class="btn go', top)) <= 1


@pytest.mark.parametrize("name", [name for name, given in STAFF.items() if given[1] != "postbox"])
def test_the_menu_marks_where_we_are(name: str) -> None:
    menu = re.findall(r'<nav class="nav".*?</nav>', render(name, "en"), re.S)[:3]
    assert sum(part.count('aria-current="page"') for part in menu) == 1


def test_a_hold_says_reason_then_owner_until_then() -> None:
    html = render("outbox", "en")
    card = html[html.index('class="hold') :]
    places = [card.index(word) for word in ("We owe Liv", ">Owner<", ">Until<", ">Then<")]
    assert places == sorted(places)
    assert "Nobody yet" in html
    assert "in 20 minutes at the latest" in html


def test_the_arc_is_drawn_by_an_attribute() -> None:
    arcs = re.findall(r'stroke-dasharray="(\d+) 100"', render("parts", "en"))
    assert arcs == ["96", "50", "8"]


def test_what_clients_wrote_is_escaped() -> None:
    hostile = samples.TASKS[0].__class__(
        name="<script>", matter="<img src=x onerror=alert(1)>", act=samples.go("ok"), quote=True
    )
    html = render_to_string("components/task.html", {"task": hostile})
    assert "<img" not in html
    assert "<script>" not in html


def test_readers_get_no_buttons_that_change_something() -> None:
    html = render("today-read-only", "en")
    posts = re.findall(r'<form method="post" action="([^"]*)"', html)
    assert posts == []
    assert "/settings/" not in html


@pytest.mark.parametrize(("debug", "demo"), [(True, False), (False, True)])
def test_the_parts_page_stands_in_a_demo_and_while_developing(debug: bool, demo: bool) -> None:
    with override_settings(DEBUG=debug, DEMO=demo, ROOT_URLCONF="tactful.web.tests.urls"):
        request = RequestFactory().get("/parts")
        request._messages = []  # type: ignore[attr-defined]
        request.user = None  # type: ignore[assignment]
        with override_settings(TEMPLATES=_templates_without_processors()):
            assert parts(request).status_code == 200


def test_the_parts_page_is_not_there_otherwise() -> None:
    with override_settings(DEBUG=False, DEMO=False), pytest.raises(Http404):
        parts(RequestFactory().get("/parts"))


def _templates_without_processors() -> list[dict[str, object]]:
    return [{**settings.TEMPLATES[0], "OPTIONS": {}}]
