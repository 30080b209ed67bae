"""Clients and the outbox, by whole requests."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tactful.contacts.models import ContactSpell
from tactful.delivery.models import Dispatch
from tactful.foundation.clock import business_now
from tactful.gate.models import StandingHold
from tactful.gate.rules.table import plan
from tactful.gate.types import Author
from tactful.inbox.models import Conversation, Entry, Task
from tactful.touchpoints.types import MessageClass
from tactful.web.build import clients as build
from tactful.web.tests.cast import REASON, Cast

QUESTION = "When is the payroll run? Could you call me?"
LATE = {
    "check": "not_too_late",
    "code": "late.grace",
    "params": {"due_at": "2026-04-09T07:00:00+00:00"},
    "owner": None,
}


@pytest.mark.parametrize("language", ["en", "nb"])
@pytest.mark.parametrize(
    "url", ["/clients/", "/clients/?q=liv", "/clients/?show=strained", "/clients/?id=x&after=y"]
)
def test_the_list(cast: Cast, language: str, url: str) -> None:
    cast.writes(cast.consenting, "This is unacceptable, I complain!")
    page = cast.signed_in(cast.owner, language).get(url)
    assert page.status_code == 200
    assert "Liv Sandal" in page.content.decode()


def test_the_list_goes_on_by_key(cast: Cast) -> None:
    for each in range(build.PAGE):
        cast.client(f"Client {each:02}")
    client = cast.signed_in(cast.owner)
    first = client.get("/clients/").context["page"]
    second = client.get(first.pager.next_url).context["page"]
    names = [row.who.name for row in (*first.rows, *second.rows)]
    assert len(names) == len(set(names)) == build.PAGE + 3
    assert (second.pager.first, second.pager.last, second.pager.next_url) == (51, 53, "")


@pytest.mark.parametrize("language", ["en", "nb"])
def test_a_profile_has_one_line_of_all_that_was_and_will_be(cast: Cast, language: str) -> None:
    cast.writes(cast.consenting, QUESTION)
    cast.plans(cast.consenting)
    held = cast.holds(cast.consenting)
    gone = cast.plans(cast.consenting)
    Dispatch.objects.filter(pk=gone.pk).update(state="refused", settled_at=cast.now, reasons=[LATE])
    cast.asks_for_documents(cast.consenting)
    page = cast.signed_in(cast.colleague, language).get(f"/clients/{cast.consenting.id}/").content.decode()
    assert QUESTION in page
    assert f"/outbox/{held.pk}/" in page
    assert f"/outbox/{gone.pk}/" in page
    assert "liv@client.example" in page
    if language == "en":
        assert "Liv has asked us something and has no answer yet" in page
        assert "contract" in page
        assert "Received another way" in page


@pytest.mark.parametrize("show", ["people", "automation", "documents", "nonsense"])
def test_a_profile_of_somebody_of_whom_nothing_is_known(cast: Cast, show: str) -> None:
    assert cast.signed_in(cast.reader).get(f"/clients/{cast.unknown.id}/?show={show}").status_code == 200


def test_the_time_line_goes_on_before_a_moment(cast: Cast) -> None:
    entry = cast.writes(cast.consenting, QUESTION)
    for back in range(60):
        Entry.objects.create(
            conversation_id=entry.conversation_id, kind="note", channel="note",
            at=cast.now - timedelta(hours=back + 1), text=f"note {back:02}", author_id=cast.owner.id,
        )  # fmt: skip
    client, url = cast.signed_in(cast.owner), f"/clients/{cast.consenting.id}/?show=people"
    first = client.get(url).context["page"]
    second = client.get(first.more.url).context["page"]
    texts = [row.text for row in (*first.timeline, *second.timeline) if row.icon == "note"]
    assert sorted(texts) == [f"note {back:02}" for back in range(60)]
    assert second.more is None


def test_a_hold_with_reason_owner_and_end(cast: Cast) -> None:
    client = cast.signed_in(cast.colleague)
    until = (cast.now + timedelta(days=10)).date()
    given = {"reason": "Moves house", "until": until.isoformat(), "owner": str(cast.owner.id)}
    assert cast.signed_in(cast.reader).post(f"/clients/{cast.consenting.id}/holds/", given).status_code == 403
    client.post(f"/clients/{cast.consenting.id}/holds/", given)
    hold = StandingHold.objects.get()
    assert (hold.reason, hold.owner_id, hold.placed_by) == ("Moves house", cast.owner.id, cast.colleague.id)
    assert hold.expires_at is not None
    page = client.get(f"/clients/{cast.consenting.id}/").content.decode()
    assert "Held by Ingrid Solheim. Moves house" in page
    client.post(f"/holds/{hold.id}/release/")
    hold.refresh_from_db()
    assert hold.released_by == cast.colleague.id


@pytest.mark.parametrize("until", ["31.12.2026", "2020-01-01", "9999-12-31"])
def test_a_hold_until_a_day_that_cannot_be(cast: Cast, until: str) -> None:
    cast.signed_in(cast.colleague).post(f"/clients/{cast.consenting.id}/holds/", {"until": until})
    assert not StandingHold.objects.exists()


def test_bereavement_on_and_off(cast: Cast) -> None:
    client, url = cast.signed_in(cast.colleague), f"/clients/{cast.consenting.id}/bereavement/"
    assert client.get(url).status_code == 405
    cast.writes(cast.consenting, "Thank you, all is fine.")
    before = client.get(f"/clients/{cast.consenting.id}/").content.decode()
    assert "Going well." in before
    assert "lost somebody?" in before, "asked before it is done"
    client.post(url)
    assert ContactSpell.objects.running().filter(key="bereaved").exists()
    page = client.get(f"/clients/{cast.consenting.id}/").content.decode()
    assert '<b class="b">In mourning.</b>' in page
    assert "Going well." not in page
    assert "lost somebody?" not in page
    client.post(url + "end/")
    assert not ContactSpell.objects.running().filter(key="bereaved").exists()


def test_writing_to_somebody_with_whom_nothing_was_said(cast: Cast) -> None:
    client = cast.signed_in(cast.colleague)
    there = client.post(f"/clients/{cast.left.id}/conversation/")
    assert there.status_code == 302
    page = client.get(there["Location"])
    assert "<textarea" in page.content.decode()
    client.post(f"/clients/{cast.left.id}/notes/", {"text": "Prefers the phone."})
    assert "Prefers the phone." in client.get(f"/clients/{cast.left.id}/").content.decode()


@pytest.mark.parametrize("language", ["en", "nb"])
@pytest.mark.parametrize("show", ["held", "planned", "sent", "stopped", "unknown", "nonsense"])
def test_the_outbox(cast: Cast, language: str, show: str) -> None:
    client = cast.signed_in(cast.owner, language)
    assert client.get(f"/outbox/?show={show}").status_code == 200
    states = {"planned": "queued", "stopped": "cancelled"}
    for _number in range(4):
        row = cast.holds(cast.consenting)
        cast.becomes(row, states.get(show, show) if show != "nonsense" else "held")
    page = client.get(f"/outbox/?show={show}&client={cast.consenting.id}").content.decode()
    assert f"/outbox/{row.pk}/" in page


@pytest.mark.parametrize("state", ["queued", "held", "unknown", "dead", "refused", "cancelled", "expired"])
def test_a_message_says_why(cast: Cast, state: str) -> None:
    row = cast.holds(cast.consenting)
    reasons = [LATE, *(row.reasons or [])]
    cast.becomes(row, state, reasons=reasons, result="550 no such user")
    page = cast.signed_in(cast.reader).get(f"/outbox/{row.pk}/").content.decode()
    assert "It is too late" in page
    assert "Some documents are missing." in page
    frame = cast.signed_in(cast.reader).get(f"/outbox/{row.pk}/frame/")
    assert frame["Content-Security-Policy"].startswith("sandbox allow-same-origin; default-src 'none'")
    assert "script" not in frame["Content-Security-Policy"]
    assert 'sandbox="allow-same-origin"' in page or "<iframe" not in page


@pytest.mark.parametrize(
    ("act", "before", "fields", "after"),
    [
        ("stop", "queued", {}, "cancelled"),
        ("late", "held", {"send": "yes"}, "queued"),
        ("late", "held", {"send": "no"}, "cancelled"),
        ("late", "held", {}, "held"),
        ("unknown", "unknown", {"again": "no"}, "unknown"),
        ("unknown", "sent", {"again": "yes"}, "sent"),
        ("stop", "cancelled", {}, "cancelled"),
    ],
)
def test_a_person_decides(cast: Cast, act: str, before: str, fields: dict[str, str], after: str) -> None:
    row = cast.plans(cast.consenting)
    cast.becomes(row, before)
    url = f"/outbox/{row.pk}/{act}/"
    assert cast.signed_in(cast.reader).post(url, fields).status_code == 403
    client = cast.signed_in(cast.colleague)
    assert client.get(url).status_code == 405
    assert client.post(url, fields).status_code == 302
    assert Dispatch.objects.get(pk=row.pk).state == after
    assert client.post(f"/outbox/17/{act}/", fields).status_code == 404


@pytest.mark.parametrize("url", ["/clients/?show=all", "/outbox/?show=held"])
def test_more_rows_cost_no_more_queries(cast: Cast, url: str) -> None:
    client = cast.signed_in(cast.owner)

    def fill(count: int) -> int:
        for each in range(count):
            contact = cast.client(f"Client {each}")
            cast.writes(contact, QUESTION)
            cast.holds(contact)
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        return len(queries)

    few = fill(3)
    assert fill(12) <= few


def test_a_longer_life_costs_no_more_queries(cast: Cast) -> None:
    client, url = cast.signed_in(cast.owner), f"/clients/{cast.consenting.id}/"

    def fill(count: int) -> int:
        for _each in range(count):
            cast.writes(cast.consenting, QUESTION)
            cast.holds(cast.consenting)
            gone = cast.plans(cast.consenting)
            Dispatch.objects.filter(pk=gone.pk).update(state="cancelled", settled_at=business_now())
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        return len(queries)

    few = fill(3)
    assert fill(8) == few


@pytest.mark.parametrize(
    "url",
    [
        "/clients/3/", "/clients/3/holds/", "/clients/3/notes/", "/clients/3/bereavement/",
        "/holds/3/release/",
        "/clients/3/conversation/", "/outbox/3/", "/outbox/3/frame/", "/inbox/3/", "/entries/3/", "/files/3/",
        "/clients/99999999999999999999/",
    ],
)  # fmt: skip
def test_ids_of_nobody_are_404(cast: Cast, url: str) -> None:
    client = cast.signed_in(cast.owner)
    assert 404 in (client.get(url).status_code, client.post(url).status_code)


@pytest.mark.parametrize("language", ["en", "nb"])
def test_bad_news_holds_automation_and_asks_a_person_to_tell(cast: Cast, language: str) -> None:
    client, address = cast.signed_in(cast.owner, language), f"/clients/{cast.consenting.id}/"
    refused = client.post(f"{address}bad-news/", {"about": " . ", "writer": cast.colleague.id}, follow=True)
    assert refused.status_code == 200
    assert not Task.objects.filter(code="bad_news").exists()
    given = {"about": "the accounts are late.", "writer": cast.colleague.id}
    client.post(f"{address}bad-news/", given)
    page = client.get(address).content.decode()
    task = Task.objects.get(code="bad_news")
    assert (task.owner_id, task.params["about"]) == (cast.colleague.id, "the accounts are late")
    assert 'aria-current="step"' in page
    assert "the accounts are late" in cast.signed_in(cast.colleague, language).get("/").content.decode()
    assert cast.signed_in(cast.reader).post(f"{address}bad-news/", given).status_code == 403


def test_a_check_that_failed_says_so_and_the_others_are_counted(cast: Cast) -> None:
    row = cast.holds(cast.consenting)
    against = [REASON, {"check": "mood", "code": "mood.complaint_open", "params": {}, "owner": None}]
    Dispatch.objects.filter(pk=row.pk).update(reasons=against)
    page = cast.signed_in(cast.owner).get(f"/outbox/{row.pk}/").content.decode()
    assert "The mood is not good" in page
    assert "There is something to wait for" in page
    assert "The mood is good" not in page
    assert "Nobody from us is talking" not in page
    kind = MessageClass(row.message.message_class)
    asked = plan(Author(row.author), kind, kind.purpose, frozenset()).checks
    assert f"{len(asked) - 2} others were fine" in page


def test_documents_are_not_asked_for_before_the_request_has_gone(cast: Cast) -> None:
    cast.writes(cast.consenting, QUESTION)
    wanted = cast.asks_for_documents(cast.consenting)
    client = cast.signed_in(cast.owner)
    thread = Conversation.objects.get(contact_id=cast.consenting.id).id
    row = cast.plans(cast.consenting, topics=(f"engagement:{wanted}",))
    for state, said in (("held", "Not asked for yet, held"), ("queued", "Not asked for yet"), ("sent", "")):
        cast.becomes(row, state, held_since=cast.now, on_release="recompute")
        for url in (f"/clients/{cast.consenting.id}/", f"/inbox/{thread}/"):
            page = client.get(url).content.decode()
            assert "We asked for documents" not in page
            assert said in page if said else "Not asked for yet" not in page, (state, url)


def test_a_new_message_begins_with_whom_it_is_for(cast: Cast) -> None:
    client, said = cast.signed_in(cast.colleague), "Choose who it is for."
    assert "/clients/?write=1" in client.get("/").content.decode()
    page = client.get("/clients/?write=1").content.decode()
    assert said in page
    assert '<input type="hidden" name="write" value="1">' in page, "and a search does not forget it"
    assert said not in client.get("/clients/").content.decode()
