"""The whole way: a signed request at the door, the worker, the client's line."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection as database

from tactful.api.hooks.door import HookDoor
from tactful.connectors import actions, queries
from tactful.connectors.actions import MOST_BYTES, receiving
from tactful.connectors.models import Connection, Delivery
from tactful.connectors.tests import samples
from tactful.connectors.tests.samples import MAPPING, SAMPLES, SECRET, Sample, calcom, calendly, signed
from tactful.contacts.models import Contact, Identity
from tactful.events.models import Event
from tactful.testing.fixtures import CommittedDatabase
from tactful.tracking.actions import open_sources, take_in
from tactful.tracking.models import TrackingReceived
from tactful.tracking.queries import sources

NAMES = [sample.system for sample in SAMPLES]
Ask = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The moment at which the signatures of the samples were made."""
    at = datetime.fromtimestamp(samples.MOMENT, UTC)
    monkeypatch.setattr(receiving, "machine_now", lambda: at)
    monkeypatch.setattr(receiving, "business_now", lambda: at)
    return at


@pytest.fixture
def ask(committed_db: CommittedDatabase, moment: datetime) -> Ask:
    """One request through the whole door: (status, JSON)."""
    del committed_db, moment

    def once(
        path: str, body: bytes, headers: dict[str, str], method: str = "POST"
    ) -> tuple[int, dict[str, Any]]:
        return asyncio.run(_through(path, body, {"host": "localhost"} | headers, method))

    return once


async def _through(
    path: str, body: bytes, headers: dict[str, str], method: str
) -> tuple[int, dict[str, Any]]:
    said: list[Any] = []
    scope = {
        "type": "http", "path": path, "method": method, "scheme": "http",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        said.append(message)

    door = HookDoor()
    await door(scope, receive, send)
    await asyncio.get_running_loop().run_in_executor(door.thread, _hang_up)
    door.thread.shutdown()
    return said[0]["status"], json.loads(said[1]["body"])


def _hang_up() -> None:
    """In the thread of the door, whose connection it is."""
    database.close()


def connected(system: str, at: datetime) -> Connection:
    row = actions.connect(system, "Ours", acting_user=None, now=at)
    actions.set_secret(row, SECRET, acting_user=None, now=at)
    if system == "other":
        actions.set_mapping(row, MAPPING, acting_user=None, now=at)
        actions.switch_on(row, acting_user=None, now=at)
    return row


def path_of(row: Connection) -> str:
    return "/hooks/in/" + queries.address_of(row).rpartition("/")[2]


def told(row: Connection, at: datetime, sample: Sample) -> Delivery:
    """Past the door: stored, taken in, carried out."""
    token = path_of(row).rpartition("/")[2]
    assert actions.receive(token, signed(sample), sample.body).status == 200
    actions.take_deliveries(at)
    take_in(at)
    return Delivery.objects.filter(connection=row).latest("id")


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
def test_from_the_door_to_the_clients_line(ask: Ask, moment: datetime, sample: Sample) -> None:
    row = connected(sample.system, moment)
    assert ask(path_of(row), sample.body, signed(sample)) == (200, {"ok": True})
    assert ask(path_of(row), sample.body, signed(sample)) == (200, {"ok": True})  # twice, counts once
    assert Delivery.objects.get().state == "waiting"
    assert actions.take_deliveries(moment) == 1
    assert take_in(moment) == 1
    contact = Contact.objects.get()
    assert contact.identities.get(kind="email").value == "kari@example.no"
    facts = Event.objects.filter(contact_id=contact.id, source="tracking")
    assert sorted(facts.values_list("name", flat=True)) == sorted(sample.events)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.events, delivery.reason) == ("done", list(sample.events), "")
    row.refresh_from_db()
    assert (row.received, row.refused) == (1, 0)


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
def test_a_wrong_signature_leaves_nothing_but_a_count(ask: Ask, moment: datetime, sample: Sample) -> None:
    row = connected(sample.system, moment)
    for headers in (signed(sample, "another-secret"), sample.headers):
        status, said = ask(path_of(row), sample.body, headers)
        assert (status, said["code"]) == (401, "signature")
    assert not Delivery.objects.exists()
    row.refresh_from_db()
    assert (row.received, row.refused) == (0, 2)


def test_without_a_secret_the_door_is_closed(ask: Ask, moment: datetime) -> None:
    row = actions.connect("shopify", "", acting_user=None, now=moment)
    status, said = ask(path_of(row), samples.SHOPIFY.body, signed(samples.SHOPIFY, ""))
    assert (status, said["code"]) == (401, "secret")
    assert not Delivery.objects.exists()


def test_what_the_door_refuses(ask: Ask, moment: datetime) -> None:
    row = connected("tally", moment)
    assert ask("/hooks/in/nobody", b"{}", {})[0] == 404
    assert ask(path_of(row), b"", {}, method="GET")[0] == 405
    assert ask(path_of(row), b" " * (MOST_BYTES + 1), {})[0] == 413
    assert ask(path_of(row), b"{}", {"host": "elsewhere.example"})[0] == 400
    actions.disconnect(row, acting_user=None, now=moment)
    assert ask(path_of(row), samples.TALLY.body, signed(samples.TALLY))[0] == 404


def test_a_shop_that_only_asks_if_anybody_is_there(ask: Ask, moment: datetime) -> None:
    row = connected("woocommerce", moment)
    assert ask(path_of(row), b"webhook_id=12", {})[0] == 200
    assert not Delivery.objects.exists()


def test_an_appointment_keeps_its_key_however_often_it_moves(db: None, moment: datetime) -> None:
    row = connected("calcom", moment)
    told(row, moment, calcom("BOOKING_CREATED", "u1"))
    told(row, moment, calcom("BOOKING_RESCHEDULED", "u2", "2026-12-02T09:00:00Z", rescheduleUid="u1"))
    told(row, moment, calcom("BOOKING_RESCHEDULED", "u3", "2026-12-03T09:00:00Z", rescheduleUid="u2"))
    told(row, moment, calcom("BOOKING_CANCELLED", "u3"))
    facts = Event.objects.filter(name__startswith="appointment.").order_by("id")
    assert [(fact.name, fact.data["appointment"]) for fact in facts] == [
        ("appointment.booked", "u1"),
        ("appointment.dated", "u1"),
        ("appointment.moved", "u1"),
        ("appointment.moved", "u1"),
        ("appointment.cancelled", "u1"),
    ]


def test_a_moved_appointment_of_calendly_is_not_a_cancelled_one(db: None, moment: datetime) -> None:
    row, first, second = connected("calendly", moment), "https://c.example/1", "https://c.example/2"
    told(row, moment, calendly("invitee.created", first))
    assert told(row, moment, calendly("invitee.canceled", first, rescheduled=True)).state == "ignored"
    told(row, moment, calendly("invitee.created", second, old_invitee=first))
    told(row, moment, calendly("invitee.canceled", second, cancellation={"canceler_type": "host"}))
    facts = Event.objects.filter(name__startswith="appointment.").order_by("id")
    assert [fact.data["appointment"] for fact in facts] == [first] * 4
    assert facts.last().data["by_us"] is True  # type: ignore[union-attr]


def test_an_order_that_is_updated_often_counts_once(db: None, moment: datetime) -> None:
    row = connected("woocommerce", moment)
    for number in range(3):
        payload = samples.WOO.payload | {
            "note": str(number),
            "status": "completed" if number else "processing",
        }
        again = Sample(
            "woocommerce", payload, (), samples.WOO.headers | {"x-wc-webhook-delivery-id": f"d{number}"}
        )
        told(row, moment, again)
    assert Event.objects.filter(name="Order Completed").count() == 1


def test_any_other_system_waits_until_it_is_switched_on(db: None, moment: datetime) -> None:
    row = actions.connect("other", "Till", acting_user=None, now=moment)
    secret = queries.signing_secret(row)
    token = path_of(row).rpartition("/")[2]
    assert actions.receive(token, signed(samples.OTHER, secret), samples.OTHER.body).status == 200
    assert actions.take_deliveries(moment) == 0
    delivery = Delivery.objects.get()
    assert delivery.state == "kept"
    with pytest.raises(actions.ConnectionTrouble, match="Say first"):
        actions.switch_on(row, acting_user=None, now=moment)
    with pytest.raises(actions.ConnectionTrouble, match="Choose where the client"):
        actions.set_mapping(row, MAPPING | {"client": {}}, acting_user=None, now=moment)
    actions.set_mapping(row, MAPPING, acting_user=None, now=moment)
    actions.switch_on(row, acting_user=None, now=moment)
    assert actions.try_again(delivery)
    assert (actions.take_deliveries(moment), take_in(moment)) == (1, 1)
    assert Event.objects.get(name="Order Completed").data["total"] == 1499.5


def test_what_cannot_be_used_is_kept_with_its_reason_and_tried_again(db: None, moment: datetime) -> None:
    row = connected("other", moment)
    bad = Sample("other", samples.OTHER.payload | {"when": "on Tuesday"}, ())
    delivery = told(row, moment, bad)
    assert (delivery.state, delivery.reason, delivery.params) == ("failed", "moment", {"path": "when"})
    broken = MAPPING | {"rules": [MAPPING["rules"][0] | {"at": None}]}
    actions.set_mapping(row, broken, acting_user=None, now=moment)
    assert actions.try_again(delivery)
    assert not actions.try_again(delivery)
    assert (actions.take_deliveries(moment), take_in(moment)) == (1, 1)
    delivery.refresh_from_db()
    assert delivery.state == "done"


@pytest.mark.parametrize(
    "body", [b"", b"nonsense", b"[" * 100_000, b'"\\ud800"', b"\xff\xfe", b"null", b"1e999"]
)
def test_bodies_of_strangers_fail_alone(db: None, moment: datetime, body: bytes) -> None:
    row = connected("other", moment)
    token = path_of(row).rpartition("/")[2]
    headers = {"authorization": f"Bearer {SECRET}"}
    assert actions.receive(token, headers, body).status == 200
    assert actions.receive(token, headers, samples.OTHER.body).status == 200
    assert actions.take_deliveries(moment) == 2
    assert sorted(Delivery.objects.values_list("state", flat=True))[0] == "done"


def test_twenty_stay_and_after_a_week_none(db: None, moment: datetime) -> None:
    row = connected("other", moment)
    for number in range(25):
        told(row, moment, Sample("other", samples.OTHER.payload | {"no": number}, ()))
    assert Delivery.objects.count() == 20
    Delivery.objects.filter(id=Delivery.objects.earliest("id").id).update(state="failed")
    actions.forget_deliveries(now=moment + timedelta(days=8))
    assert list(Delivery.objects.values_list("state", flat=True)) == ["failed"]
    actions.forget_deliveries(now=moment + timedelta(days=31))
    assert not Delivery.objects.exists()


def test_who_is_erased_is_in_no_delivery(db: None, moment: datetime) -> None:
    row = connected("other", moment)
    told(row, moment, samples.OTHER)
    told(
        row,
        moment,
        Sample("other", samples.OTHER.payload | {"buyer": {"mail": "ola@example.no"}, "no": 2}, ()),
    )
    assert actions.erase(["kari@example.no"]) == 1
    assert [b"ola@" in bytes(each.body) for each in Delivery.objects.all()] == [True]
    assert not TrackingReceived.objects.exists()


def test_no_key_opens_the_source_of_a_connection(db: None, moment: datetime) -> None:
    row = connected("tally", moment)
    assert row.source_id not in {source.id for source in open_sources().values()}
    assert not sources().exists()


def test_an_address_that_a_client_has_leads_to_that_client(db: None, moment: datetime) -> None:
    kari = Contact.objects.create(name="Kari", sort_key="kari", created_at=moment)
    Identity.objects.create(contact=kari, kind="email", value="kari@example.no", shown="", added_at=moment)
    told(connected("stripe", moment), moment, samples.STRIPE)
    assert Event.objects.get(name="Order Completed").contact_id == kari.id
    assert Contact.objects.get().name == "Kari"


def test_headers_that_tell_secrets_are_not_kept(db: None, moment: datetime) -> None:
    row = connected("shopify", moment)
    token = path_of(row).rpartition("/")[2]
    more = {"cookie": "a=b", "x-shopify-access-token": "t", "x-forwarded-for": "1.2.3.4"}
    actions.receive(token, signed(samples.SHOPIFY) | more, samples.SHOPIFY.body)
    assert set(Delivery.objects.get().headers) == {"x-shopify-topic", "x-shopify-webhook-id"}
