"""Calls to other systems, against a real server on this machine."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings

from tactful.events.models import Event
from tactful.journeys.hot import calls
from tactful.journeys.models import WebhookCall
from tactful.journeys.rules.moves import CallWebhook
from tactful.journeys.tests.build import MONDAY
from tactful.journeys.worker import call_out
from tactful.testing.listener import Listener, listening

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings: LazySettings) -> Iterator[Listener]:
    settings.LOCAL_MAIL_HOSTS = True
    with listening() as made:
        made.body = b'{"order": 7, "list": [1], "word": "yes"}'
        yield made


def queue(url: str, visit: int = 1) -> WebhookCall:
    calls.queue([(5, 9, CallWebhook(visit, url, {"kind": "new"}))], MONDAY)
    return WebhookCall.objects.get(visit=visit)


def answers() -> list[dict[str, Any]]:
    return list(Event.objects.filter(name="webhook.answered").order_by("id").values_list("data", flat=True))


def again() -> None:
    """Back-off is machine time; a test does not wait for it."""
    WebhookCall.objects.filter(state="queued").update(not_before="2020-01-01T00:00Z")


def test_it_is_told_once_and_its_plain_answer_is_a_fact(server: Listener) -> None:
    call = queue(server.url)
    queue(server.url)
    assert (call_out(MONDAY), call_out(MONDAY)) == (1, 0)
    ((path, body, headers),) = server.told
    assert (path, json.loads(body), headers["Idempotency-Key"]) == (
        "/hook?a=1",
        {"kind": "new"},
        str(call.id),
    )
    assert answers() == [
        {"enrolment": 5, "visit": 1, "ok": True, "status": 200, "answer": {"order": 7, "word": "yes"}}
    ]


@pytest.mark.parametrize("status", [400, 404, 302])
def test_a_refusal_is_final_and_nobody_is_led_elsewhere(server: Listener, status: int) -> None:
    server.status = status
    call = queue(server.url)
    call_out(MONDAY)
    call.refresh_from_db()
    assert (call.state, call.status, len(server.told)) == ("dead", status, 1)
    assert [(each["ok"], each["status"]) for each in answers()] == [(False, status)]


@pytest.mark.parametrize("status", [500, 503, 429])
def test_what_may_pass_is_tried_again_with_the_same_key_and_then_given_up(
    server: Listener, status: int
) -> None:
    server.status = status
    call = queue(server.url)
    for _ in range(calls.MOST_ATTEMPTS):
        assert answers() == []
        assert call_out(MONDAY) == 1
        assert call_out(MONDAY) == 0, "it waits for its pause"
        again()
    call.refresh_from_db()
    assert (call.state, call.attempt) == ("dead", calls.MOST_ATTEMPTS)
    assert {headers["Idempotency-Key"] for *_, headers in server.told} == {str(call.id)}
    assert [each["ok"] for each in answers()] == [False]


def test_a_worker_that_dies_leaves_the_call_to_the_next_one(server: Listener) -> None:
    queue(server.url)
    (lost,) = calls.claim(5)
    assert calls.claim(5) == []
    again()
    assert call_out(MONDAY) == 1
    assert not calls.settle(lost, done=False, status=None, error="too late")
    assert [each["ok"] for each in answers()] == [True]


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "https://127.0.0.1:9/", "https://[::1]:9/"])
def test_this_machine_is_out_of_bounds(settings: LazySettings, url: str) -> None:
    settings.LOCAL_MAIL_HOSTS = False
    call = queue(url)
    call_out(MONDAY)
    call.refresh_from_db()
    assert (call.state == "dead") == url.startswith("https")
    assert call.error
    assert not any(each["ok"] for each in answers())


@pytest.mark.parametrize("body", [b"", b"no json", b"[1]", b"7", b"\xff", b'{"a": "' + b"x" * 70_000 + b'"}'])
def test_an_answer_that_says_nothing_plain_is_still_an_answer(server: Listener, body: bytes) -> None:
    server.body = body
    queue(server.url)
    call_out(MONDAY)
    assert [(each["ok"], each["answer"]) for each in answers()] == [(True, {})]


@pytest.mark.parametrize(
    "body",
    [b'{"a": NaN, "b": 1}', b'{"a": 1e999, "b": 1}', b'{"a": "\\u0000", "b": 1}', b'{"a": "\\ud800", "b": 1}',
     b'{"\\u0000": 1, "b": 1}', b"[" * 30_000],
)  # fmt: skip
def test_an_answer_that_cannot_be_kept_stops_no_call(server: Listener, body: bytes) -> None:
    server.body = body
    call = queue(server.url)
    assert call_out(MONDAY) == 1
    call.refresh_from_db()
    assert call.state == "done"
    assert answers()[0]["answer"] == ({} if body.startswith(b"[") else {"b": 1})
    assert call_out(MONDAY) == 0
