"""The editor, by whole requests."""

import re
from collections.abc import Mapping
from html import unescape

import pytest
from django.test import Client

from tactful.contacts.models import Contact
from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.foundation.models import Audit
from tactful.journeys import queries, recipes
from tactful.journeys.actions import import_journey
from tactful.journeys.rules.definition import document, read, write
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


def test_what_is_left_empty_is_asked_for_and_what_was_typed_stays(cast: Cast) -> None:
    client = begun(cast)
    answer = client.post(
        f"{DRAFT}steps/",
        {
            "kind": "task",
            "place": last_place(),
            "revision": revision(),
            "title.en": "",
            "owner": "",
            "task": "call",
        },
    )
    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "“What to do” is not filled in as it must be." in page
    answer = client.post(
        f"{DRAFT}steps/", {"kind": "send", "place": last_place(), "revision": revision(), "template": "tip"}
    )
    assert "“Touchpoint” is not filled in as it must be." in unescape(answer.content.decode())
    assert len(draft().steps) == 1


def test_another_line_is_asked_for_without_keeping_anything(cast: Cast) -> None:
    client = begun(cast)
    given = {"kind": "branch", "place": last_place(), "revision": revision(), "more": "more.arms.0"}
    page = client.post(f"{DRAFT}steps/", given | EVERY_KIND["branch"]).content.decode()
    assert 'name="arms.0.0.what"' in page
    assert len(draft().steps) == 1


def test_a_step_as_text_says_what_is_wrong_at_its_line(cast: Cast) -> None:
    client = begun(cast)
    put(client, "wait", EVERY_KIND["wait"])
    url = f"{DRAFT}steps/wait/"
    wrong = {"as_text": "1", "revision": revision(), "source": "kind: wait\ndelay:\n  dayz: 3\n"}
    answer = client.post(url, wrong)
    assert answer.status_code == 422
    assert "dayz" in answer.content.decode()
    right = {"as_text": "1", "revision": revision(), "source": "kind: wait\ndelay:\n  days: 4\n"}
    assert client.post(url, right).status_code == 302
    assert "days: 4" in write(draft())


def test_two_windows_are_told_of_each_other(cast: Cast) -> None:
    mine = begun(cast)
    theirs = cast.signed_in(cast.owner)
    seen = revision()
    body = {"kind": "wait", "place": last_place(), "revision": seen, **EVERY_KIND["wait"]}
    assert mine.post(f"{DRAFT}steps/", body).status_code == 302
    page = theirs.post(f"{DRAFT}steps/", body, follow=True).content.decode()
    assert "changed this draft meanwhile" in page
    assert len(draft().steps) == 2
    answer = theirs.post(f"{DRAFT}text/", {"text": "mine: yes\n", "revision": seen})
    assert answer.status_code == 409
    assert "mine: yes" in answer.content.decode()
    assert (
        theirs.post(f"{DRAFT}text/", {"text": "mine: yes\n", "revision": seen, "mine": "1"}).status_code
        == 302
    )
    found = queries.draft_of("first-visit")
    assert found is not None
    assert found.text == "mine: yes\n"


def test_undo_and_redo_are_buttons(cast: Cast) -> None:
    client = begun(cast)
    before = write(draft())
    put(client, "wait", EVERY_KIND["wait"])
    after = write(draft())
    client.post(f"{DRAFT}undo/", {"revision": revision()})
    assert write(draft()) == before
    client.post(f"{DRAFT}redo/", {"revision": revision()})
    assert write(draft()) == after


def test_a_text_that_cannot_be_read_is_kept_and_explained(cast: Cast) -> None:
    client = begun(cast)
    text = write(draft()).replace("kind: exit", "kind: nap")
    headers = {"X-Saves-Itself": "1"}
    state = client.post(f"{DRAFT}text/", {"text": text, "revision": revision()}, headers=headers)
    line = text.splitlines().index("  kind: nap") + 1
    assert f'data-line="{line}"' in state.content.decode()
    page = client.get(DRAFT).content.decode()
    assert "cannot be read as a journey" in page
    act = client.post(f"{DRAFT}steps/", {"kind": "wait", "revision": revision()}, follow=True)
    assert "Mend it first, or undo" in act.content.decode()
    client.post(f"{DRAFT}undo/", {"revision": revision()})
    assert "cannot be read" not in client.get(DRAFT).content.decode()


def test_a_check_is_mended_with_a_click(cast: Cast) -> None:
    client = begun(cast)
    text = write(draft()) + "- id: lost\n  kind: exit\n"
    client.post(f"{DRAFT}text/", {"text": text, "revision": revision()})
    page = client.get(DRAFT).content.decode()
    found = re.search(r'name="finding" value="([^"]*)"', page)
    assert found is not None
    client.post(f"{DRAFT}fixes/", {"finding": unescape(found[1]), "revision": revision()})
    assert [step.id for step in draft().steps] == ["done"]


def test_publishing_shows_the_difference_and_asks(cast: Cast) -> None:
    import_journey(recipes.text("quote-follow-up"), acting_user=None, now=cast.now)
    client = cast.signed_in(cast.colleague)
    url = "/journeys/quote-follow-up/draft/"
    client.post(url)
    page = client.get(f"{url}publication/").content.decode()
    assert "Nothing that a client would notice" in page
    assert "See the touchpoint" not in page
    sent = fields(client.get(url, {"edit": "more-time"}).content.decode()) | {"delay.amount": "6"}
    client.post(f"{url}steps/more-time/", sent)
    page = unescape(client.get(f"{url}publication/").content.decode())
    assert "6 working days" in page
    assert "4 working days" in page
    assert "stop it" in page  # its touchpoints are not decided
    answer = client.post(f"{url}publication/", {"revision": revision("quote-follow-up")}, follow=True)
    assert "A check stops it" in unescape(answer.content.decode())


def test_a_quiet_journey_is_published_by_somebody_who_may(cast: Cast) -> None:
    client = begun(cast)
    put(client, "wait", EVERY_KIND["wait"])
    given = {"revision": revision(), "switch_on": "1"}
    assert cast.signed_in(cast.reader).post(f"{DRAFT}publication/", given).status_code == 403
    page = client.post(f"{DRAFT}publication/", given, follow=True).content.decode()
    assert "Version 1 is published, and the journey is on" in page
    assert queries.all_journeys()[0].is_on
    assert Audit.objects.filter(verb="journey.imported", actor=cast.colleague.id).exists()
    assert client.get(DRAFT).status_code == 404


def test_where_data_of_clients_go_to_is_for_an_owner(cast: Cast) -> None:
    colleague, owner = begun(cast), cast.signed_in(cast.owner)
    hook = {"url": "https://example.org/hook", "body.0.key": "order", "body.0.what": "other-entry:",
            "body.0.name": "order"}  # fmt: skip
    put(colleague, "webhook", hook)
    publication = f"{DRAFT}publication/"
    answer = colleague.post(publication, {"revision": revision()}, follow=True)
    assert "example.org" in unescape(answer.content.decode())
    assert "Ask an owner" in unescape(answer.content.decode())
    assert not Audit.objects.filter(verb="journey.imported").exists()
    said = owner.post(publication, {"revision": revision()}, follow=True).content.decode()
    assert "Version 1 is published" in unescape(said)
    colleague.post(DRAFT)
    put(colleague, "wait", EVERY_KIND["wait"])
    said = colleague.post(publication, {"revision": revision()}, follow=True).content.decode()
    assert "Version 2 is published" in unescape(said), "it calls nobody new"


def test_readers_look_and_change_nothing(cast: Cast) -> None:
    begun(cast)
    reader = cast.signed_in(cast.reader)
    page = reader.get(DRAFT, {"edit": "done"}).content.decode()
    assert "draft/steps/" not in page
    assert reader.post("/journeys/new/", {"name": "Mine"}).status_code == 403


@pytest.mark.parametrize("language", ["en", "nb"])
def test_a_journey_begins_from_a_file_and_is_put_away(cast: Cast, language: str) -> None:
    client = cast.signed_in(cast.colleague, language)
    wrong = client.post("/journeys/new/", {"source": "slug: x\n"})
    assert wrong.status_code == 422
    assert client.post("/journeys/new/", {"name": " ", "name_nb": "!"}).status_code == 422
    source = recipes.text("birthday-greeting")
    url = client.post("/journeys/new/", {"source": source})["Location"]
    found = queries.draft_of("birthday-greeting")
    assert found is not None
    assert found.text == source
    assert url in client.get("/journeys/").content.decode()
    assert client.post("/journeys/new/", {"source": source}).status_code == 422
    client.post(f"{url}discard/", {"revision": 1})
    assert queries.journey_by_slug("birthday-greeting") is None


def comes(cast: Cast, name: str, **data: object) -> None:
    record([NewFact(name, cast.consenting.id, dict(data))], now=cast.now)


def entry_form(client: Client) -> str:
    return client.get(DRAFT, {"part": "entry"}).content.decode()


def begins(client: Client, **given: str) -> dict[str, object]:
    sent = {**fields(entry_form(client)), **{name.replace("__", "."): value for name, value in given.items()}}
    answer = client.post(f"{DRAFT}parts/entry/", sent)
    assert answer.status_code == 302, unescape(answer.content.decode())
    return dict(document(draft())["entry"])


def test_what_a_journey_begins_with_is_chosen_from_what_the_house_has_heard(cast: Cast) -> None:
    comes(cast, "moped.dated", moped="7", service_due="2027-03-01", colour="red")
    comes(cast, "form.submitted", form="booking-wish")
    comes(cast, "Moped Sold", moped="7", total=12)
    Contact.objects.filter(id=cast.left.id).update(
        attributes={"driving_test": "2019-05-02", "city": "Bergen"}
    )
    client = begun(cast)
    page = entry_form(client)
    for value in ("moped.service_due", "contact.attribute.driving_test", "booking-wish", "Moped Sold"):
        assert f'<option value="{value}">' in page
    for value in ("moped.colour", "contact.attribute.city", "contact.created.", "message.sent"):
        assert f'<option value="{value}">' not in page
    assert re.search(r'<option value="contact.attribute.birthday">[a-z ]+</option>', page), "in its words"
    event = page[page.index('name="event.what"') :]
    assert event[: event.index("</select>")].endswith("Something else, by its name…</option></optgroup>")
    assert begins(client, kind="date", date__what="moped.service_due") == {
        "date": "moped.service_due", "key": "moped",
    }  # fmt: skip
    assert begins(client, kind="form", form__what="booking-wish", key__what="") == {"form": "booking-wish"}
    sold = begins(client, kind="event", event__what="Moped Sold", key__what="order")
    assert sold == {"event": "Moped Sold", "key": "order"}
    page = entry_form(client)  # it hears of them now
    assert '<option value="moped">' in page
    assert '<option value="entry:total">' in page
    assert begins(client, key__what="moped")["key"] == "moped"


def test_what_nobody_has_told_of_yet_is_typed(cast: Cast) -> None:
    client = begun(cast)
    typed = begins(client, kind="date", date__what="other-name", date__name="boat.launched_on")
    assert typed == {"date": "boat.launched_on", "key": "boat"}
    assert '<option value="boat.launched_on" selected>' in entry_form(client)
    own = {"form__what": "other-name", "form__name": "feedback"}
    typed = begins(client, kind="form", **own, key__what="other-name", key__name="visit_day")
    assert typed == {"form": "feedback", "key": "visit_day"}
