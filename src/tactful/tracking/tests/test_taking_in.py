"""The way in, on the database."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tactful.contacts.models import Contact, DuplicatePair, Identity
from tactful.events.models import Event
from tactful.tracking.actions import add_source, take_in
from tactful.tracking.hot import received
from tactful.tracking.models import TrackingReceived, VisitorEvent
from tactful.tracking.types import KeyKind

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def source(kind: KeyKind = KeyKind.SERVER) -> int:
    return add_source("Shop", kind, ["https://shop.example"], acting_user=None, now=NOW).source_id


def send(source_id: int, *calls: dict[str, Any], now: datetime = NOW) -> None:
    body = json.dumps({"batch": list(calls)}).encode()
    received.keep([(source_id, "batch", body)], now)
    assert take_in(now) == 1
    assert not TrackingReceived.objects.exists()


def call(kind: str, number: int, **fields: Any) -> dict[str, Any]:
    at = NOW - timedelta(hours=1) + timedelta(seconds=number)
    return {"type": kind, "messageId": f"m{number}", "timestamp": at.isoformat(), **fields}


def test_identify_makes_a_client_and_tracks_are_on_their_line() -> None:
    shop = source()
    send(
        shop,
        call("track", 1, userId="u1", event="Order Completed", properties={"total": 12.5}),
        call(
            "identify",
            2,
            userId="u1",
            traits={"email": "Kari@Example.no", "name": "Kari Nordmann", "plan": "gold"},
        ),
        call("track", 3, userId="u1", event="Order Completed", properties={"total": 3}),
    )
    contact = Contact.objects.get()
    assert contact.name == "Kari Nordmann"
    assert contact.given_name == "Kari"
    assert contact.attributes == {"family_name": "Nordmann", "plan": "gold"}
    assert set(contact.identities.values_list("kind", "value", "is_primary")) == {
        ("email", "kari@example.no", True),
        ("external", "u1", True),
    }
    totals = Event.objects.filter(name="Order Completed").order_by("ts").values_list("data__total", flat=True)
    assert list(totals) == [12.5, 3]
    assert not VisitorEvent.objects.exists()


def test_the_same_message_counts_once() -> None:
    shop = source()
    one = call("track", 1, userId="u1", event="Seen", properties={})
    send(shop, one, one)
    send(shop, one)
    assert VisitorEvent.objects.count() == 1


def test_a_known_address_takes_the_user_id() -> None:
    kari = Contact.objects.create(name="Kari", sort_key="kari", created_at=NOW)
    Identity.objects.create(contact=kari, kind="email", value="kari@example.no", shown="", added_at=NOW)
    send(source(), call("identify", 1, userId="u1", traits={"email": "kari@example.no", "name": "Somebody"}))
    assert Identity.objects.get(kind="external").contact == kari
    assert Contact.objects.get().name == "Kari"


def test_an_address_of_another_contact_makes_a_pair_and_merges_nothing() -> None:
    shop = source()
    send(shop, call("identify", 1, userId="u1", traits={"email": "a@example.no"}))
    send(shop, call("identify", 2, userId="u2", traits={"email": "b@example.no"}))
    send(shop, call("identify", 3, userId="u2", traits={"email": "a@example.no"}))
    assert Contact.objects.count() == 2
    pair = DuplicatePair.objects.get()
    owner = Identity.objects.get(value="a@example.no").contact_id
    assert owner == Identity.objects.get(value="u1").contact_id
    assert {pair.one, pair.other} == set(Contact.objects.values_list("id", flat=True))


def test_an_anonymous_history_goes_to_the_client_it_turns_out_to_be() -> None:
    shop = source()
    send(shop, call("page", 1, anonymousId="x1", properties={"url": "https://shop.example/"}))
    assert VisitorEvent.objects.count() == 1
    send(shop, call("identify", 2, anonymousId="x1", userId="u1", traits={"email": "a@example.no"}))
    send(shop, call("track", 3, anonymousId="x1", event="Seen"))
    names = Event.objects.filter(contact_id=Contact.objects.get().id, source="tracking").order_by("ts")
    assert list(names.values_list("name", flat=True)) == ["Page Viewed", "Seen"]


def test_an_earlier_claim_that_comes_late_moves_what_followed() -> None:
    """Who said it first is decided by the clock of the calls, not by the order in which they come."""
    shop = source()
    send(shop, call("identify", 9, userId="u2", traits={"email": "a@example.no", "plan": "late"}))
    send(shop, call("track", 10, userId="u2", event="Seen"))
    send(shop, call("identify", 1, userId="u1", traits={"email": "a@example.no"}))
    contact = Contact.objects.get()
    assert set(contact.identities.values_list("value", flat=True)) == {"a@example.no", "u1", "u2"}
    assert contact.attributes == {"plan": "late"}
    assert Event.objects.get(name="Seen").contact_id == contact.id
    assert not DuplicatePair.objects.exists()


def test_browser_keys_reach_no_client_without_a_signed_user() -> None:
    shop, page = source(), source(KeyKind.BROWSER)
    send(shop, call("identify", 1, userId="u1", traits={"email": "a@example.no"}))
    send(
        page,
        call("track", 2, userId="u1", anonymousId="x1", event="Seen"),
        call(
            "identify", 3, userId="u1", anonymousId="x1", traits={"email": "evil@example.no", "name": "Evil"}
        ),
        call("track", 4, userId="u1", event="Seen"),
    )
    assert Contact.objects.get().name == "a@example.no"
    assert not Event.objects.filter(source="tracking").exists()
    assert VisitorEvent.objects.filter(unverified=True).count() == 3
