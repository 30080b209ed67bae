"""The editor, by whole requests."""

import re
from collections.abc import Mapping
from html import unescape

import pytest
from django.test import Client

from tactful.journeys import queries, recipes
from tactful.journeys.actions import import_journey
from tactful.journeys.rules.definition import read, write
from tactful.journeys.rules.editing import place_text
from tactful.journeys.rules.flow import every_line, lay_out
from tactful.journeys.types import Definition
from tactful.web.tests.cast import Cast

DRAFT = "/journeys/first-visit/draft/"
FIELD = re.compile(r"<(input|select|textarea)\b([^>]*)>(.*?)(?=<input|<select|<textarea|</form>)", re.DOTALL)


def begun(cast: Cast, language: str = "en") -> Client:
    client = cast.signed_in(cast.colleague, language)
    answer = client.post("/journeys/new/", {"name": "First visit"})
    assert answer["Location"] == DRAFT
    return client


def draft(slug: str = "first-visit") -> Definition:
    found = queries.draft_of(slug)
    assert found is not None
    return read(found.text)


def revision(slug: str = "first-visit") -> int:
    found = queries.draft_of(slug)
    assert found is not None
    return found.revision


def last_place(slug: str = "first-visit") -> str:
    """Just before the last end."""
    lines = [spot.line for spot in every_line(lay_out(draft(slug))) if spot.line.place]
    return place_text(lines[-1].place)


def put(client: Client, kind: str, given: Mapping[str, object], place: str = "") -> int:
    body = {"kind": kind, "place": place or last_place(), "revision": revision(), **given}
    return client.post(f"{DRAFT}steps/", body).status_code


EVERY_KIND: dict[str, dict[str, object]] = {
    "wait": {"delay.amount": "3", "delay.unit": "working_days", "delay.at": "09:00"},
    "send": {"touchpoint": "document-reminder", "template": "document-reminder", "latest.unit": "none"},
    "task": {"title.en": "Call", "title.nb": "Ring", "owner": "account_manager", "task": "call",
             "answers.0.en": "Later", "answers.0.nb": "Senere", "within.unit": "days", "within.amount": "2",
             "time_out": "1"},
    "branch": {"arms.0.0.what": "fact:documents.missing", "arms.0.0.op": "holds"},
    "wait_for": {"event.what": "reply.received", "up_to.unit": "days", "up_to.amount": "7"},
    "approval": {"title.en": "May we?", "title.nb": "Får vi?", "owner": "business_owner"},
    "update": {"set.0.key": "vip", "set.0.value": "yes"},
    "tag": {"add": "new, warm"},
    "split": {"shares.0.weight": "90", "shares.1.weight": "10", "shares.1.hold_out": "1"},
    "start_journey": {"journey": "another"},
    "stop_journey": {"journey": "another"},
    "webhook": {"url": "https://example.org/hook", "body.0.key": "order", "body.0.what": "other-entry:",
                "body.0.name": "order"},
    "exit": {"reason.en": "done", "reason.nb": "ferdig"},
}  # fmt: skip


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_kind_is_added_opened_and_kept_as_it_is(cast: Cast, kind: str) -> None:
    client = begun(cast)
    assert "Begins" in client.get(DRAFT).content.decode()
    place = last_place()
    form = client.get(DRAFT, {"add": place, "kind": kind}).content.decode()
    assert 'id="form-title"' in form
    assert put(client, kind, EVERY_KIND[kind], place) == 302
    made = draft()
    step = made.steps[0]
    assert step.id != "done"
    before = write(made)
    page = client.get(DRAFT, {"edit": step.id}).content.decode()
    sent = fields(page)
    answer = client.post(f"{DRAFT}steps/{step.id}/", sent)
    assert answer.status_code == 302, unescape(answer.content.decode())
    assert write(draft()) == before  # what the form shows is what stands there
    for act in ("copy", "removal"):
        answer = client.post(f"{DRAFT}steps/{step.id}/{act}/", {"revision": revision()})
        assert answer.status_code == 302


def fields(page: str) -> dict[str, object]:
    """What a browser would send of the first open form."""
    start = page.index("<form", page.index('class="openform'))
    form = page[start : page.index("</form>", start) + 7]
    found: dict[str, object] = {}
    for kind, attrs, rest in FIELD.findall(form):
        named = re.search(r'name="([^"]*)"', attrs)
        if named is None:
            continue
        name, value = unescape(named[1]), re.search(r'value="([^"]*)"', attrs)
        if kind == "select":
            chosen = re.search(r'<option value="([^"]*)" selected', rest) or re.search(
                r'<option value="([^"]*)"', rest
            )
            found[name] = unescape(chosen[1]) if chosen else ""
        elif kind == "textarea":
            found[name] = unescape(rest.partition("</textarea>")[0])
        elif 'type="checkbox"' in attrs:
            if " checked" in attrs and value is not None:
                found[name] = [*found.get(name, []), unescape(value[1])]  # type: ignore[misc]
        elif value is not None:
            found[name] = unescape(value[1])
    return found


@pytest.mark.parametrize(
    "slug", ["quote-follow-up", "annual-accounts-documents", "appointment-reminders", "birthday-greeting"]
)
def test_every_form_of_every_recipe_gives_back_what_it_shows(cast: Cast, slug: str) -> None:
    version = import_journey(recipes.text(slug), acting_user=None, now=cast.now)
    client = cast.signed_in(cast.colleague)
    url = f"/journeys/{slug}/draft/"
    client.post(url)
    before = write(draft(slug))
    for step in draft(slug).steps:
        sent = fields(client.get(url, {"edit": step.id}).content.decode())
        answer = client.post(f"{url}steps/{step.id}/", sent)
        assert answer.status_code == 302, (step.id, unescape(answer.content.decode()))
        assert write(draft(slug)) == before, step.id
    for part in ("entry", "about", "goal", "rules", "names"):
        sent = fields(client.get(url, {"part": part}).content.decode())
        assert client.post(f"{url}parts/{part}/", sent).status_code == 302, part
        assert draft(slug) == read(before), part
    assert version.number == 1
