"""Other programs hear of what happened, signed, once, against a real server on this machine (R62, R54)."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings
from django.db import connection
from standardwebhooks import Webhook, WebhookVerificationError

from tactful.events.actions import record
from tactful.events.models import Event
from tactful.events.types import Fact, NewFact
from tactful.foundation import calling
from tactful.foundation.models import Role, User
from tactful.inbox.models import Task
from tactful.testing.listener import Listener, dripping, listening
from tactful.webhooks import actions
from tactful.webhooks.actions import EndpointTrouble, announce
from tactful.webhooks.models import Endpoint, Telling
from tactful.webhooks.rules.patience import PAUSES
from tactful.webhooks.types import NewEndpoint
from tactful.webhooks.worker import tell_waiting
from tactful.wiring.reactor import react

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 4, 6, 8, tzinfo=UTC)


@pytest.fixture
def server(settings: LazySettings) -> Iterator[Listener]:
    settings.LOCAL_MAIL_HOSTS = True
    with listening() as made:
        yield made


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.add(email="o@fjord.example", name="Ola", role=Role.OWNER)


def add(owner: User, url: str, *events: str) -> tuple[Endpoint, str]:
    new = NewEndpoint("Shop", url, events or ("reply.received",))
    return actions.add_endpoint(new, acting_user=owner.id, now=MONDAY)


def happens(name: str = "reply.received", contact: int | None = 7) -> Fact:
    (ident,) = record([NewFact(name, contact, {"entry": 2**60})], now=MONDAY)
    row = Event.objects.get(id=ident)
    fact = Fact(row.id, row.name, row.contact_id, row.ts, row.recorded_at, row.data)
    announce([fact], MONDAY)
    return fact


def again() -> None:
    """Back-off is machine time; a test does not wait for it."""
    Telling.objects.filter(state="queued").update(not_before="2020-01-01T00:00Z")


def test_it_is_told_once_and_the_published_library_believes_it(server: Listener, owner: User) -> None:
    _endpoint, secret = add(owner, server.url)
    fact = happens()
    announce([fact], MONDAY)  # the log is read again
    happens("contact.created")  # nobody wants to hear of it
    assert (tell_waiting(MONDAY), tell_waiting(MONDAY)) == (1, 0)
    ((path, body, headers),) = server.told
    assert path == "/hook?a=1"
    told = Webhook(secret).verify(body, headers)
    assert told == {
        "type": "reply.received",
        "timestamp": MONDAY.isoformat(),
        "data": {"contact_id": "7", "entry": str(2**60)},
    }
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.replace(b"7", b"8"), headers)
    assert Telling.objects.get().state == "done"


def test_the_same_id_until_it_is_heard(server: Listener, owner: User) -> None:
    endpoint, secret = add(owner, server.url)
    happens()
    server.status = 503
    for _attempt in range(3):
        assert tell_waiting(MONDAY) == 1
        assert tell_waiting(MONDAY) == 0  # not at once
        again()
    endpoint.refresh_from_db()
    assert endpoint.failing_since is not None
    server.status = 204
    tell_waiting(MONDAY)
    assert len({headers["webhook-id"] for _, _, headers in server.told}) == 1
    assert all(Webhook(secret).verify(body, headers) for _, body, headers in server.told)
    endpoint.refresh_from_db()
    assert endpoint.failing_since is None


def test_after_some_days_it_is_over_and_a_person_may_tell_it_again(server: Listener, owner: User) -> None:
    add(owner, server.url)
    happens()
    server.status = 500
    for _attempt in range(len(PAUSES) + 1):
        tell_waiting(MONDAY)
        again()
    telling = Telling.objects.get()
    assert (telling.state, telling.status, telling.error) == ("dead", 500, "HTTP 500")
    server.status = 200
    assert actions.tell_again(telling.id, acting_user=owner.id, now=MONDAY)
    assert not actions.tell_again(telling.id, acting_user=owner.id, now=MONDAY)
    tell_waiting(MONDAY)
    assert Telling.objects.get().state == "done"
    assert len({headers["webhook-id"] for _, _, headers in server.told}) == 1


def test_who_says_gone_is_told_nothing_more_and_an_owner_hears_of_it(server: Listener, owner: User) -> None:
    endpoint, _ = add(owner, server.url)
    happens()
    happens()
    server.status = 410
    tell_waiting(MONDAY)
    endpoint.refresh_from_db()
    assert (endpoint.stopped_at, endpoint.stopped_why) == (MONDAY, "gone")
    assert not Telling.objects.filter(state="queued").exists()
    happens()
    assert Telling.objects.count() == 2
    row = Event.objects.get(name="webhook.endpoint_stopped")
    react([Fact(row.id, row.name, None, row.ts, row.recorded_at, row.data)], MONDAY)
    assert Task.objects.get().code == "endpoint_stopped"


def test_five_days_without_an_answer_are_enough(server: Listener, owner: User) -> None:
    endpoint, _ = add(owner, server.url)
    happens()
    server.status = 500
    tell_waiting(MONDAY)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE webhook_endpoint SET failing_since = failing_since - interval '6 days'")
    again()
    tell_waiting(MONDAY)
    endpoint.refresh_from_db()
    assert endpoint.stopped_why == "failing"
    actions.change_endpoint(
        endpoint.id, NewEndpoint("Shop", server.url, ("reply.received",)), acting_user=owner.id, now=MONDAY
    )
    server.status = 200
    happens()
    assert tell_waiting(MONDAY) == 1


def test_both_secrets_sign_while_one_replaces_the_other(server: Listener, owner: User) -> None:
    endpoint, old = add(owner, server.url)
    new = actions.rotate_secret(endpoint.id, acting_user=owner.id, now=MONDAY)
    assert new != old
    happens()
    tell_waiting(MONDAY)
    (_, body, headers) = server.told[-1]
    assert Webhook(old).verify(body, headers) == Webhook(new).verify(body, headers)
    Endpoint.objects.update(old_until=MONDAY - timedelta(days=9_000))
    happens()
    tell_waiting(MONDAY)
    (_, body, headers) = server.told[-1]
    Webhook(new).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(body, headers)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "shop",
        "ftp://shop.example/",
        "https://",
        "https://a:b@shop.example/",
        "https://[",
        "https://shop\x00.example",
    ],
)
def test_what_is_no_address_is_refused(owner: User, url: str) -> None:
    with pytest.raises(EndpointTrouble):
        add(owner, url)


def test_plain_http_and_addresses_of_this_machine_are_refused(owner: User, settings: LazySettings) -> None:
    settings.LOCAL_MAIL_HOSTS = False
    with pytest.raises(EndpointTrouble):
        add(owner, "http://shop.example/hook")
    add(owner, "https://127.0.0.1/hook")
    happens()
    tell_waiting(MONDAY)
    assert "this machine" in Telling.objects.get().error


def test_a_redirect_is_not_followed(server: Listener, owner: User) -> None:
    add(owner, server.url)
    happens()
    server.status = 302
    tell_waiting(MONDAY)
    assert len(server.told) == 1
    assert Telling.objects.get().error == "HTTP 302"


def test_a_server_that_drips_holds_nobody_up(
    owner: User, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LOCAL_MAIL_HOSTS = True
    monkeypatch.setattr(calling, "SECONDS", 0.3)
    with dripping() as url:
        answer = calling.post(url, b"{}", {})  # its head would take an hour
    assert answer.status is None


@pytest.mark.parametrize("chosen", [(), ("everything",)])
def test_something_must_be_chosen(owner: User, chosen: tuple[str, ...]) -> None:
    with pytest.raises(EndpointTrouble):
        actions.add_endpoint(NewEndpoint("A", "https://a.example/", chosen), acting_user=owner.id, now=MONDAY)


def test_old_tellings_are_forgotten(server: Listener, owner: User) -> None:
    add(owner, server.url)
    happens()
    tell_waiting(MONDAY)
    assert actions.forget_old_tellings(now=MONDAY + timedelta(days=29)) == 0
    assert actions.forget_old_tellings(now=MONDAY + timedelta(days=31)) == 1


def test_its_body_is_what_was_queued(server: Listener, owner: User) -> None:
    add(owner, server.url)
    happens()
    tell_waiting(MONDAY)
    assert json.loads(server.told[0][1]) == json.loads(Telling.objects.get().body)
