"""The door itself: keys, limits, origins, and whatever strangers send. Never a 5xx."""

import asyncio
import base64
import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tactful.api.tracking import desk as desks
from tactful.api.tracking.door import TrackingDoor
from tactful.events.models import Event
from tactful.testing.fixtures import CommittedDatabase
from tactful.tracking.actions import NewKey, add_source, revoke_source, take_in, taking_in
from tactful.tracking.actions.taking_in import _take
from tactful.tracking.hot import received
from tactful.tracking.models import TrackingReceived, TrackingRefusal, VisitorEvent
from tactful.tracking.rules import marks
from tactful.tracking.rules.envelope import MOST_BYTES_OF_A_CALL, opened
from tactful.tracking.types import Heard, KeyKind

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SITE = "https://shop.example"

Ask = Callable[..., tuple[int, dict[str, str], dict[str, Any]]]


@pytest.fixture
def ask(committed_db: CommittedDatabase, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """One request through the whole door: (status, headers, JSON)."""
    del committed_db
    monkeypatch.setattr(desks, "KEYS_FOR", 0.0)

    def once(
        path: str, body: bytes = b"", key: str = "", method: str = "POST", **headers: str
    ) -> tuple[int, dict[str, str], dict[str, Any]]:
        given = {"host": "localhost"} | {name.replace("_", "-"): value for name, value in headers.items()}
        if key:
            given["authorization"] = "Basic " + base64.b64encode(f"{key}:".encode()).decode()
        return asyncio.run(_through(path, body, method, given))

    return once


async def _through(
    path: str, body: bytes, method: str, headers: dict[str, str]
) -> tuple[int, dict[str, str], dict[str, Any]]:
    said: list[Any] = []
    scope = {
        "type": "http",
        "path": path,
        "method": method,
        "scheme": "http",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        said.append(message)

    door = TrackingDoor()
    await door(scope, receive, send)
    door.desk.thread.shutdown()
    told = {name.decode(): value.decode() for name, value in said[0]["headers"]}
    return said[0]["status"], told, json.loads(said[1]["body"] or b"{}")


def key_of(kind: KeyKind = KeyKind.SERVER) -> NewKey:
    return add_source("Shop", kind, [SITE], acting_user=None, now=NOW)


def batch(*calls: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"batch": calls, **more}).encode()


TRACK = {"type": "track", "userId": "u1", "event": "Seen"}


def test_each_call_is_taken_in(ask: Ask) -> None:
    key = key_of().key
    for kind, more in (
        ("identify", {}),
        ("track", {"event": "Seen"}),
        ("page", {"name": "Home"}),
        ("screen", {"name": "Home"}),
        ("group", {"groupId": "g1"}),
        ("alias", {"previousId": "x1"}),
    ):
        status, headers, said = ask(f"/v1/{kind}", json.dumps({"userId": "u1", **more}).encode(), key)
        assert (status, said) == (200, {"success": True})
        assert headers["x-content-type-options"] == "nosniff"
    while take_in(NOW):
        pass
    names = VisitorEvent.objects.order_by("name").values_list("name", flat=True)
    assert list(names) == ["Page Viewed", "Screen Viewed", "Seen"]


def test_keys(ask: Ask) -> None:
    made = key_of()
    assert ask("/v1/batch", batch(TRACK))[0] == 401
    status, headers, said = ask("/v1/batch", batch(TRACK), "tw_wrong")
    assert (status, said["code"]) == (401, "key")
    assert headers["www-authenticate"].startswith("Basic")
    assert ask("/v1/batch", batch(TRACK, writeKey=made.key))[0] == 200
    revoke_source(made.source_id, acting_user=None, now=NOW)
    assert ask("/v1/batch", batch(TRACK), made.key)[0] == 401


def test_browser_keys_only_from_their_sites_and_server_keys_from_none(ask: Ask) -> None:
    site, server = key_of(KeyKind.BROWSER).key, key_of().key
    status, headers, _ = ask("/v1/batch", batch(TRACK, writeKey=site), origin=SITE)
    assert (status, headers["access-control-allow-origin"]) == (200, SITE)
    assert ask("/v1/batch", batch(TRACK), site, origin="https://evil.example")[0] == 403
    assert ask("/v1/batch", batch(TRACK), server, origin=SITE)[2]["code"] == "server_key"
    assert ask("/v1/batch", method="OPTIONS", origin=SITE)[0] == 204
    assert ask("/v1/batch", method="OPTIONS", origin="https://evil.example")[0] == 403


def test_limits(ask: Ask) -> None:
    key = key_of().key
    large = TRACK | {"properties": {"text": "x" * 33_000}}
    assert ask("/v1/batch", batch(large), key)[2]["code"] == "call_large"
    assert ask("/v1/track", json.dumps(large).encode(), key)[2]["code"] == "call_large"
    assert ask("/v1/batch", b" " * 600_000, key)[2]["code"] == "large"
    assert ask("/v1/batch", batch(*[{"type": "track"}] * 2_501), key)[2]["code"] == "many"
    bomb = gzip.compress(b" " * 50_000_000)
    assert ask("/v1/batch", bomb, key, content_encoding="gzip")[2]["code"] == "large"
    assert ask("/v1/batch", gzip.compress(batch(TRACK)), key, content_encoding="gzip")[0] == 200
    assert ask("/v1/batch", b"nothing of it", key, content_encoding="gzip")[2]["code"] == "gzip"
    assert ask("/v1/track", json.dumps({"event": "Seen"}).encode(), key)[2]["code"] == "nobody"
    assert ask("/v1/elsewhere", b"{}", key)[0] == 404
    assert ask("/v1/batch", b"{}", key, method="GET")[0] == 405
    assert ask("/v1/batch", b"{}", key, host="evil.example")[0] == 400


def test_our_own_names_cannot_be_said(ask: Ask) -> None:
    key = key_of().key
    identify = {"type": "identify", "userId": "u1", "traits": {"email": "a@example.no"}}
    calls = [
        TRACK | {"event": name}
        for name in ("message.sent", " reply.received\0", "Message.sent", "order.paid")
    ]
    assert ask("/v1/batch", batch(identify, *calls), key)[0] == 200
    take_in(NOW)
    names = set(Event.objects.filter(source="tracking").values_list("name", flat=True))
    assert names == {"tracked.message.sent", "tracked.reply.received", "tracked.Message.sent", "order.paid"}


def test_one_odd_call_loses_only_itself_and_is_told(ask: Ask) -> None:
    key = key_of().key
    odd: list[Any] = [
        7,
        None,
        [],
        {"type": "track"},
        {"type": "track", "userId": {}, "event": "x"},
        {"type": "no", "userId": "u"},
    ]
    assert ask("/v1/batch", batch(*odd, TRACK), key)[0] == 200
    take_in(NOW)
    assert VisitorEvent.objects.count() == 1
    assert TrackingRefusal.objects.count() >= 2


scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.integers(10**30, 10**40), st.floats(),
    st.text(), st.sampled_from(["\0", "\ud800", "a\0b", "x" * 9_000, "1e999", "$"]),
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=9), inner, max_size=4)
    ),
    max_leaves=15,
)
FIELDS = (
    "type", "userId", "anonymousId", "previousId", "groupId", "event", "name", "timestamp", "sentAt",
    "messageId", "properties", "traits", "context", "$",
)  # fmt: skip
strange = (
    st.dictionaries(st.sampled_from(FIELDS), values, max_size=8)
    .flatmap(
        lambda call: st.sampled_from(["identify", "track", "page", "group", "alias"]).map(
            lambda kind: {"userId": "u1", "event": "Seen", **call, "type": kind}
        )
    )
    .filter(lambda call: len(json.dumps(call)) < MOST_BYTES_OF_A_CALL)
)  # a larger one is refused with its batch


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(strange, min_size=1, max_size=6))
def test_strangers_break_nothing(calls: list[dict[str, Any]]) -> None:
    with transaction.atomic():
        body, count, _ = opened(batch(*calls, TRACK), "batch")
        received.keep([(key_of().source_id, "batch", body)], NOW)
        assert count == len(calls) + 1
        assert _take(NOW, 60) == 1, "as a whole, without falling back to single calls"
        transaction.set_rollback(True)


def _tracked(properties: bytes) -> bytes:
    return b'{"batch":[{"type":"track","userId":"u","event":"e","properties":' + properties + b"}]}"


HOSTILE = [
    *(b"", b"null", b"[]", b"{", b"\xff\xfe", b'{"batch":7}', b'{"batch":[1]}'),
    *(b"[" * 100_000, b"{" * 400_000),
    _tracked(b'{"a":' * 5_000 + b"1" + b"}" * 5_000),
    _tracked(b'{"a":' + b"9" * 5_000 + b"}"),
    _tracked(b'{"a":1e999999,"b":NaN,"c":"\\ud800\\u0000"}'),
    _tracked(b"{" + b",".join(b'"k%d":1' % n for n in range(3_000)) + b"}"),
    _tracked(b'{},"timestamp":"0001-01-01T00:00:00+14:00"').replace(
        b"}]", b'}],"sentAt":"9999-12-31T23:59:59-14:00"'
    ),
]


def test_hostile_bodies(ask: Ask) -> None:
    key = key_of().key
    for body in HOSTILE:
        assert ask("/v1/batch", body, key)[0] in (200, 400), body[:60]
    while take_in(NOW):
        pass
    assert not TrackingReceived.objects.exists()


def test_a_call_that_fails_loses_only_itself(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    key = key_of().key
    real = marks.mark

    def failing(call: Heard) -> bytes:
        if call.name == "Bad":
            raise RuntimeError("a fault of ours")
        return real(call)

    monkeypatch.setattr(taking_in, "mark", failing)
    assert ask("/v1/batch", batch(TRACK, TRACK | {"event": "Bad"}, TRACK), key)[0] == 200
    while take_in(NOW):
        pass
    assert VisitorEvent.objects.count() == 2
    assert TrackingRefusal.objects.get().code == "unreadable"
