"""Where somebody is signed in is noted once a minute, and at once when it is somewhere else."""

from datetime import datetime

import pytest
from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse
from django.test import Client

from tactful.web import middleware
from tactful.web.tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seconds = [1_000.0]
    monkeypatch.setattr("tactful.web.middleware.monotonic", lambda: seconds[0])
    return seconds


def seen(client: Client) -> tuple[datetime, str]:
    row = UserSession.objects.get(session_key=client.session.session_key)
    return row.last_seen_at, row.ip


def test_a_session_is_noted_once_a_minute(cast: Cast, clock: list[float]) -> None:
    client = cast.signed_in(cast.colleague)
    client.get("/clients/")
    first = seen(client)
    clock[0] += 59
    client.get("/clients/")
    assert seen(client) == first
    clock[0] += 2
    client.get("/clients/")
    assert seen(client)[0] > first[0]


def test_a_session_that_comes_from_elsewhere_is_noted_at_once(cast: Cast, clock: list[float]) -> None:
    client = cast.signed_in(cast.colleague)
    client.get("/clients/", REMOTE_ADDR="192.0.2.1")
    client.get("/clients/", REMOTE_ADDR="192.0.2.2")
    assert seen(client)[1] == "192.0.2.2"


def test_what_is_remembered_does_not_grow_without_end(
    cast: Cast, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[HttpRequest] = []
    monkeypatch.setattr(UserSession.objects, "create_from_request", noted.append)
    door = middleware.SessionsMiddleware(lambda _: HttpResponse())
    monkeypatch.setattr(door, "REMEMBERED", 2)
    for number in (1, 2, 3, 3):
        door._note(HttpRequest(), (str(number), "192.0.2.1", ""))
    assert len(noted) == 3
    assert len(door._noted) == 1
