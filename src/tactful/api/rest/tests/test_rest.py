"""What a program sees and does."""

from typing import Any

import pytest

from tactful.api.rest.tests.conftest import Program
from tactful.contacts.models import Contact, ContactSpell
from tactful.events.models import Event
from tactful.foundation.models import Audit
from tactful.inbox.actions.tasks import open_tasks
from tactful.inbox.types import NewTask
from tactful.journeys.actions import import_journey, switch_on

LIV = {
    "name": "Liv Strand",
    "emails": ["Liv.Strand@Client.example"],
    "phones": ["911 22 333"],
    "language": "nb",
    "company": "Strand AS",
    "tags": ["vip"],
    "attributes": {"city": "Bergen"},
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


def test_attributes_are_kept_as_intervals(full: Program) -> None:
    made = full.asks("POST", "/contacts", LIV).json()
    full.asks("PATCH", f"/contacts/{made['id']}", {"attributes": {"city": "Voss"}})
    rows = ContactSpell.objects.filter(contact_id=made["id"], kind="attribute", key="city").order_by("id")
    assert [(row.value, row.to_at is None) for row in rows] == [("Bergen", False), ("Voss", True)]
