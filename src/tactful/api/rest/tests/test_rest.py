"""What a program sees and does."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest

from tactful.api.rest.tests.conftest import Program
from tactful.api.rest.urls import document
from tactful.contacts.actions import NO_ATTRIBUTES
from tactful.contacts.models import Contact, ContactSpell
from tactful.delivery.models import Message
from tactful.events.models import Event
from tactful.foundation.models import Audit
from tactful.inbox.actions.tasks import open_tasks
from tactful.inbox.models import Entry
from tactful.inbox.types import PROPOSAL, NewTask
from tactful.journeys.actions import import_journey, switch_on
from tactful.segments.actions import NewSegment, make_segment, refresh_due, set_live
from tactful.segments.models import Segment
from tactful.touchpoints import actions as line
from tactful.touchpoints.models import Touchpoint
from tactful.touchpoints.types import Line
from tactful.web.tests.cast import Cast
from tactful.wiring.segments import ALLOWED, moment_at

LIV = {
    "name": "Liv Strand",
    "emails": ["Liv.Strand@Client.example"],
    "phones": ["911 22 333"],
    "language": "nb",
    "company": "Strand AS",
    "tags": ["vip"],
    "attributes": {"city": "Bergen"},
}
BERGEN = {
    "format": "tactful.segment/1",
    "where": {"attribute": "city", "is": "Bergen"},
}
TOLD = """
format: tactful.journey/1
slug: called-by-shop
name: {en: Called by the shop, nb: Kalt av butikken}
entry: {manual: true, key: order}
steps:
  - {id: mark, kind: tag, add: [shop]}
"""


def all_of(full: Program, path: str, limit: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    for _ in range(100):
        sign = "&" if "?" in path else "?"
        page = full.asks("GET", f"{path}{sign}limit={limit}&cursor={cursor}").json()
        found += page["data"]
        cursor = page["next"]
        if cursor is None:
            return found
    raise AssertionError("There is no end.")


def test_a_client_is_made_found_and_changed(full: Program) -> None:
    made = full.asks("POST", "/contacts", LIV).json()
    assert made["addresses"] == [
        {"kind": "email", "value": "liv.strand@client.example", "primary": True},
        {"kind": "phone", "value": "+4791122333", "primary": True},
    ]
    assert made["tags"] == ["vip"]
    assert made["company"] == "Strand AS"
    assert made["attributes"]["city"] == "Bergen"
    one = f"/contacts/{made['id']}"
    assert full.asks("GET", one).json() == made
    for query in ("email=LIV.strand@client.example", "email=liv.strand@client.example&phone=%2B4791122333"):
        assert [each["id"] for each in full.asks("GET", f"/contacts?{query}").json()["data"]] == [made["id"]]
    assert full.asks("GET", "/contacts?email=nobody@client.example").json() == {"data": [], "next": None}
    for words, found in (
        ("stran", [made["id"]]),
        ("liv+strand+as", [made["id"]]),
        ("zzyzx", []),
        ("%25", []),
    ):
        assert [each["id"] for each in full.asks("GET", f"/contacts?find={words}").json()["data"]] == found
    assert [each["id"] for each in full.asks("GET", "/contacts?tag=vip").json()["data"]] == [made["id"]]

    before = Contact.objects.get(id=made["id"]).gate_rev
    changed = full.asks("PATCH", one, {"tier": "gold", "attributes": {"city": "Voss"}}).json()
    assert changed == made | {"tier": "gold", "attributes": made["attributes"] | {"city": "Voss"}}
    assert Contact.objects.get(id=made["id"]).gate_rev > before
    assert full.asks("PUT", f"{one}/tags/new").json()["tags"] == ["new", "vip"]
    assert full.asks("PUT", f"{one}/tags/new").json()["tags"] == ["new", "vip"]
    assert full.asks("DELETE", f"{one}/tags/vip").json()["tags"] == ["new"]
    more = full.asks("POST", f"{one}/addresses", {"kind": "email", "value": "liv@other.example"}).json()
    assert [each["value"] for each in more["addresses"] if each["kind"] == "email"] == [
        "liv.strand@client.example",
        "liv@other.example",
    ]
    acts = Audit.objects.filter(subject=f"contact:{made['id']}").order_by("id")
    assert [(row.verb, row.actor) for row in acts] == [
        ("api.contact.created", None),
        ("api.contact.updated", None),
        ("api.contact.tag_set", None),
        ("api.contact.tag_cleared", None),
        ("api.contact.identity_added", None),
    ]


def test_nobody_is_merged_and_consent_is_not_taken_from_a_program(full: Program) -> None:
    assert full.asks("POST", "/contacts", LIV).status_code == 201
    taken = full.asks("POST", "/contacts", LIV | {"name": "Siv"})
    assert taken.status_code == 422
    assert "liv.strand@client.example" in taken.json()["detail"]
    assert full.asks("POST", "/contacts", LIV | {"consent": True}).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'{"name": "A\\u0000B"}',
        b'{"name": "A", "attributes": {"x": NaN}}',
        b'{"name": "\\ud800"}',
        {"name": "A", "emails": ["not a mail"]},
        {"name": "A", "attributes": {"a b": "c"}},
        {"name": "A", "language": "klingon"},
        {"name": " "},
        {"name": "x" * 201},
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_bad_input_gets_a_sentence(full: Program, body: Any) -> None:
    answer = full.asks("POST", "/contacts", body)
    assert answer.status_code in (400, 422), answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "cursor=x", "cursor=W10", "cursor=WyJhIl0", "tag=%00"]
)
def test_a_bad_question_gets_a_sentence(full: Program, query: str) -> None:
    assert full.asks("GET", f"/contacts?{query}").status_code == 422


@pytest.mark.parametrize("ident", ["0", "x", "9" * 19, "9" * 30, "%00", "1%20"])
def test_ids_that_no_row_has(full: Program, ident: str) -> None:
    assert full.asks("GET", f"/contacts/{ident}").status_code in (404, 422)


def test_lists_have_every_row_once(full: Program) -> None:
    for number in range(7):
        full.asks("POST", "/contacts", {"name": f"Client {number}"})
    found = [each["id"] for each in all_of(full, "/contacts", 3)]
    assert sorted(map(int, found)) == list(Contact.objects.order_by("id").values_list("id", flat=True))
    assert len(set(found)) == len(found)


def test_what_happened_with_a_client(full: Program) -> None:
    ident = full.cast.consenting.id
    found = all_of(full, f"/contacts/{ident}/events", 2)
    assert len(found) == Event.objects.filter(contact_id=ident).count() > 2
    assert [each["at"] for each in found] == sorted((each["at"] for each in found), reverse=True)
    named = all_of(full, f"/contacts/{ident}/events?name=contact.created", 2)
    assert [each["name"] for each in named] == ["contact.created"]


def test_a_journey_begins_when_told(full: Program) -> None:
    cast = full.cast
    kept = import_journey(TOLD, acting_user=cast.owner.id, now=cast.now)
    switch_on(kept.journey_id, acting_user=cast.owner.id, now=cast.now)
    (told,) = full.asks("GET", "/journeys").json()
    assert told["slug"] == "called-by-shop"
    assert told["begins_when_told"]
    assert told["on"]
    client = str(cast.consenting.id)
    path = "/journeys/called-by-shop/enrolments"
    assert full.asks("POST", path, {"contact_id": client}).status_code == 422
    assert full.asks("POST", path, {"contact_id": "1", "data": {"order": "7"}}).status_code == 404
    assert full.asks("POST", path, {"contact_id": client, "data": {"order": "7"}}).status_code == 202
    assert Event.objects.filter(contact_id=client, name="journey.start_wanted").count() == 1
    assert full.asks("GET", path).json() == {"data": [], "next": None}  # it begins when the log is read


def test_messages_say_where_they_stand_and_why(full: Program) -> None:
    held = full.cast.holds(full.cast.consenting)
    found = all_of(full, f"/messages?contact_id={full.cast.consenting.id}&state=held", 1)
    assert [each["id"] for each in found] == [str(held.pk)]
    assert found[0]["reasons"] == [{"check": "nobody_talking", "code": "talk.question"}]
    assert found[0]["held_until"] is not None
    assert "body" not in found[0]
    assert full.asks("GET", "/messages?state=lost").status_code == 422


def test_conversations_and_what_was_said(full: Program) -> None:
    full.cast.writes(full.cast.consenting, "May I come on Friday?")
    (talk,) = all_of(full, "/conversations?state=open", 1)
    assert talk["contact_id"] == str(full.cast.consenting.id)
    said = all_of(full, f"/conversations/{talk['id']}/entries", 1)
    assert "May I come on Friday?" in [each["text"] for each in said]
    assert full.asks("GET", "/conversations/7/entries").status_code == 404


def test_tasks(full: Program) -> None:
    new = NewTask(kind="call", code="journey.call", dedupe_key="t:1", contact_id=full.cast.consenting.id)
    open_tasks([new], now=full.cast.now)
    (task,) = all_of(full, f"/tasks?contact_id={full.cast.consenting.id}", 1)
    assert (task["kind"], task["code"], task["done_at"]) == ("call", "journey.call", None)
    assert all_of(full, "/tasks?done=true", 5) == []


@pytest.mark.parametrize("name", sorted(NO_ATTRIBUTES))
def test_what_is_no_attribute_is_not_changed_by_that_name(full: Program, name: str) -> None:
    """Whose client it is, and where they live, by which the gate knows their night, is not for programs."""
    made = full.asks("POST", "/contacts", LIV).json()
    before = Contact.objects.filter(id=made["id"]).values().get()
    answer = full.asks("PATCH", f"/contacts/{made['id']}", {"attributes": {name: "Pacific/Auckland"}})
    assert answer.status_code == 422
    assert full.asks("POST", "/contacts", {"name": "Kari", "attributes": {name: "7"}}).status_code == 422
    assert Contact.objects.filter(id=made["id"]).values().get() == before


def test_attributes_are_kept_as_intervals(full: Program) -> None:
    made = full.asks("POST", "/contacts", LIV).json()
    full.asks("PATCH", f"/contacts/{made['id']}", {"attributes": {"city": "Voss"}})
    rows = ContactSpell.objects.filter(contact_id=made["id"], kind="attribute", key="city").order_by("id")
    assert [(row.value, row.to_at is None) for row in rows] == [("Bergen", False), ("Voss", True)]


def segment_of_bergen(cast: Cast, name: str = "Called by shop") -> Segment:
    """Its slug is that of the journey, so that whoever invents addresses finds both."""
    moment = moment_at(cast.now)
    return make_segment(NewSegment(name, BERGEN), allowed=ALLOWED, acting_user=None, moment=moment)


def news_on_the_line(cast: Cast) -> None:
    place = Touchpoint.objects.get(slug="news").id
    line.decide(
        place, Line.STRUCTURAL, "Said yes to.", owner_id=None, acting_user=cast.owner.id, now=cast.now
    )


@pytest.mark.parametrize("live", [True, False])
def test_who_is_in_a_segment_and_why(full: Program, live: bool) -> None:
    row, now = segment_of_bergen(full.cast), full.cast.now
    cities = ["Bergen", "Voss", "Bergen", "Bergen"]
    made = [
        full.asks("POST", "/contacts", {"name": f"Client {n}", "attributes": {"city": city}}).json()["id"]
        for n, city in enumerate(cities)
    ]
    if live:
        set_live(row.id, True, acting_user=full.cast.owner.id, now=now)
        refresh_due(allowed=ALLOWED, moment=moment_at(now + timedelta(hours=2)))
    (shown,) = full.asks("GET", "/segments").json()
    assert (shown["slug"], shown["live"]) == (row.slug, live)
    assert "Bergen" in shown["sentence"]
    members = [each["contact_id"] for each in all_of(full, f"/segments/{row.slug}/members", 2)]
    assert members == [made[0], made[2], made[3]]
    inside = full.asks("GET", f"/segments/{row.slug}/members/{made[0]}").json()
    assert inside["member"] is True
    outside = full.asks("GET", f"/segments/{row.slug}/members/{made[1]}").json()
    assert outside["member"] is False
    (why,) = outside["reasons"]
    assert (why["holds"], "Bergen" in why["condition"], "Voss" in why["evidence"]) == (False, True, True)
    assert full.asks("GET", "/segments/no-such/members").status_code == 404
    assert full.asks("GET", f"/segments/{row.slug}/members/7").status_code == 404


def test_what_happened_is_told(full: Program) -> None:
    client = full.cast.consenting.id
    told = {"name": "Order Completed", "data": {"total": 499.5, "items": [{"sku": "A"}]}}
    answer = full.asks("POST", f"/contacts/{client}/events", told)
    assert answer.status_code == 201
    assert answer.json() in full.asks("GET", f"/contacts/{client}/events").json()["data"]
    row = Event.objects.get(id=answer.json()["id"])
    assert (row.name, row.data, row.contact_id) == (told["name"], told["data"], client)
    assert row.source.startswith("api:")


@pytest.mark.parametrize(
    ("told", "answer"),
    [
        ({"name": "message.sent"}, "tracked.message.sent"),
        ({"name": "Visit", "at": "2020-01-02T03:04:05+01:00"}, "Visit"),
        ({"name": "Visit", "at": "2999-01-01T00:00:00Z"}, 422),
        ({"name": "Visit", "at": "2020-01-02T03:04:05"}, 422),
        ({"name": " \u200b "}, 422),
        ({"name": "Visit", "data": {"$": {"unverified": False}}}, 422),
    ],
)
def test_what_a_program_may_tell(full: Program, told: dict[str, Any], answer: str | int) -> None:
    said = full.asks("POST", f"/contacts/{full.cast.consenting.id}/events", told)
    assert (said.json()["name"] if said.status_code == 201 else said.status_code) == answer


def test_each_list_offers_its_own_states(full: Program) -> None:
    assert full.asks("GET", "/messages?state=held").status_code == 200
    assert full.asks("GET", "/conversations?state=held").status_code == 422
    offered = {
        path: next(
            each["schema"]["anyOf"][0]["enum"]
            for each in said["get"]["parameters"]
            if each["name"] == "state"
        )
        for path, said in document()["paths"].items()
        if path in ("/api/v1/messages", "/api/v1/conversations")
    }
    assert "held" in offered["/api/v1/messages"]
    assert "held" not in offered["/api/v1/conversations"]


def test_a_program_proposes_and_a_person_sends(full: Program) -> None:
    cast = full.cast
    cast.writes(cast.consenting, "Is this all?")
    thread = cast.thread(cast.consenting)
    told = full.asks("POST", f"/conversations/{thread.id}/proposals", {"text": "Yes, thank you!"})
    assert told.status_code == 201
    assert not Message.objects.filter(contact_id=cast.consenting.id).exists()
    person, here = cast.signed_in(cast.owner), f"/inbox/{thread.id}/"
    page = person.get(here).content.decode()
    assert "Proposed by test. Only we see it." in page
    (use,) = re.findall(r'href="([^"]*words=[^"#]*)', page)
    assert ">Yes, thank you!</textarea>" in person.get(html.unescape(use)).content.decode()
    (theirs,) = Entry.objects.exclude(id=told.json()["id"])
    assert ">Is this all?</textarea>" not in person.get(f"{here}?words={theirs.id}").content.decode()


def test_nothing_is_proposed_where_a_complaint_stands(full: Program) -> None:
    cast = full.cast
    cast.writes(cast.consenting, "I am very disappointed and want to complain about your terrible service.")
    thread = cast.thread(cast.consenting)
    told = full.asks("POST", f"/conversations/{thread.id}/proposals", {"text": "We are sorry to hear that."})
    assert (told.status_code, "own words" in told.json()["detail"]) == (422, True)
    assert not Entry.objects.filter(code=PROPOSAL).exists()
