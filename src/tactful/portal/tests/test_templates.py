"""The pages that clients see, in both languages."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.utils import translation

from tactful.portal.tests.pages import BUSINESS, PAGES

CASES = [(name, language) for name in PAGES for language in ("en", "nb")]


def render(name: str, language: str) -> str:
    context = {
        "page": PAGES[name],
        "business": BUSINESS,
        "csrf_token": "token",
        "request": RequestFactory().get(f"/{name}"),
    }
    template = f"portal/{name.split('-', maxsplit=1)[0]}.html"
    with translation.override(language), override_settings(ROOT_URLCONF="tactful.portal.tests.urls"):
        return render_to_string(template, context)


@pytest.mark.parametrize(("name", "language"), CASES)
def test_a_page_names_the_business_and_speaks_the_language(name: str, language: str) -> None:
    html = render(name, language)
    assert f'<html lang="{language}"' in html
    assert html.count("<h1") == 1
    assert "Fjordkontoret Regnskap" in html
    assert ("Ingen sporing" if language == "nb" else "No tracking") in html


@pytest.mark.parametrize(("name", "language"), CASES)
def test_every_change_is_a_post_with_a_token_and_nothing_is_inline(name: str, language: str) -> None:
    html = render(name, language)
    posts = re.findall(r'<form[^>]*method="post"', html)
    assert html.count("csrfmiddlewaretoken") == len(posts) == html.count("<form")
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style", html)
    assert not re.search(r"<script(?![^>]*src=)", html)


def test_opening_the_unsubscribe_page_only_offers_the_button() -> None:
    html = render("unsubscribe", "en")
    assert "Stop these messages" in html
    assert "Undo" not in html
    assert "Undo" in render("unsubscribe-done", "en")


def test_consent_boxes_show_what_holds_and_no_more() -> None:
    """A box is ticked only for what the client has said yes to, or what the contract needs."""
    html = render("preferences", "en")
    ticked = re.findall(r'<input type="checkbox" name="(\w+)" checked', html)
    assert ticked == ["service", "mail"]


def test_a_person_comes_before_any_setting() -> None:
    html = render("why", "en")
    assert html.index("tel:+4755000000") < html.index('class="choices"')
