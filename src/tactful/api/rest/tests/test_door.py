"""Keys, how often, and asking twice (R14, R63)."""

from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.db import connection

from tactful.api.rest import door
from tactful.api.rest.scopes import Scope
from tactful.api.rest.tests.conftest import Program, program
from tactful.contacts.models import Contact
from tactful.foundation.clock import machine_now
from tactful.foundation.keep import forget_old_answers, keep_answer
from tactful.foundation.keys.actions import KeyTrouble, KeyWish, key_of, make_key, revoke_key
from tactful.foundation.keys.queries import all_keys
from tactful.foundation.limits import Limit
from tactful.foundation.models import ApiKey, Audit, GivenAnswer
from tactful.testing.fixtures import CommittedDatabase
from tactful.testing.threads import together
from tactful.web.tests.cast import Cast, make_cast
from tactful.wiring.erasing import carry_on

LIV = {"name": "Liv Strand", "emails": ["liv.strand@client.example"]}


def test_a_key_is_kept_as_a_digest_and_shown_once(cast: Cast) -> None:
    row, key = make_key(KeyWish("Web shop", ["contacts:read"]), acting_user=cast.owner.id, now=cast.now)
    assert key.startswith(f"tact_{row.shown}_")
    secret = key.rpartition("_")[2]
    row.refresh_from_db()
    assert secret not in str(row.__dict__)
    assert secret.encode() not in bytes(row.digest)
    assert Audit.objects.filter(verb="api_key.made", actor=cast.owner.id).count() == 1
    found = key_of(key)
    assert found is not None
    assert found.id == row.id
    row.refresh_from_db()
    assert row.last_used_at is not None


@pytest.mark.parametrize("wish", [KeyWish(" ", ["contacts:read"]), KeyWish("Shop", [])])
def test_a_key_needs_a_name_and_something_to_do(cast: Cast, wish: KeyWish) -> None:
    with pytest.raises(KeyTrouble):
        make_key(wish, acting_user=cast.owner.id, now=cast.now)


def test_what_is_no_key_opens_nothing(cast: Cast) -> None:
    row, key = make_key(KeyWish("Shop", ["contacts:read"]), acting_user=cast.owner.id, now=cast.now)
    other = f"tact_{row.shown}_{'0' * 48}"
    for wrong in ("", "tact", key[:-1], key + "0", key.replace("tact", "sk"), other, "tact__", "tact_é_x"):
        assert key_of(wrong) is None
    assert revoke_key(row.id, acting_user=cast.owner.id, now=cast.now)
    assert not revoke_key(row.id, acting_user=cast.owner.id, now=cast.now)
    assert key_of(key) is None
    assert [each.id for each in all_keys()] == [row.id]


def test_a_key_ends_by_itself(cast: Cast) -> None:
    row, key = make_key(KeyWish("Shop", ["contacts:read"], 30), acting_user=cast.owner.id, now=cast.now)
    assert key_of(key)
    ApiKey.objects.filter(id=row.id).update(expires_at=machine_now() - timedelta(seconds=1))
    assert key_of(key) is None


def test_without_a_key_nobody_comes_in(full: Program) -> None:
    full.key = "tact_000000000000_" + "0" * 48
    answer = full.asks("GET", "/contacts")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["title"] == "Unauthorized"


@pytest.mark.parametrize(
    ("scope", "method", "path"),
    [
        (Scope.READ_CONTACTS, "GET", "/contacts"),
        (Scope.WRITE_CONTACTS, "POST", "/contacts"),
        (Scope.ERASE_CONTACTS, "DELETE", "/contacts/1?reason=asked"),
        (Scope.READ_JOURNEYS, "GET", "/journeys"),
        (Scope.BEGIN_JOURNEYS, "POST", "/journeys/x/enrolments"),
        (Scope.READ_MESSAGES, "GET", "/messages"),
        (Scope.READ_CONVERSATIONS, "GET", "/conversations"),
        (Scope.READ_TASKS, "GET", "/tasks"),
    ],
)
def test_a_key_does_what_it_may_and_nothing_else(cast: Cast, scope: Scope, method: str, path: str) -> None:
    without = program(cast, [each for each in Scope if each is not scope])
    assert without.asks(method, path).status_code == 403
    assert program(cast, [scope]).asks(method, path).status_code != 403


def test_a_key_may_ask_so_often(full: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "A_MINUTE", Limit("api", 2, 60))
    assert [full.asks("GET", "/journeys").status_code for _ in range(3)] in ([200, 200, 429],)
    assert full.asks("GET", "/journeys")["Retry-After"] == "60"


def test_whoever_guesses_keys_waits(full: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "KNOCKS", Limit("api_knocks", 1, 60))
    full.key = "guess"
    assert [full.asks("GET", "/journeys").status_code for _ in range(2)] == [401, 429]


def test_asked_again_the_same_answer_is_given(full: Program) -> None:
    name = str(uuid4())
    first = full.asks("POST", "/contacts", LIV, **{"Idempotency-Key": name})
    again = full.asks("POST", "/contacts", LIV, **{"Idempotency-Key": name})
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert Contact.objects.filter(name="Liv Strand").count() == 1
    other = full.asks("POST", "/contacts", LIV | {"name": "Siv"}, **{"Idempotency-Key": name})
    assert other.status_code == 422
    assert "another request" in other.json()["detail"]


def test_a_refusal_is_an_answer_too_and_a_moment_is_none(full: Program) -> None:
    refused = {"Idempotency-Key": "refused"}
    assert full.asks("POST", "/contacts", {"name": ""}, **refused).status_code == 422
    assert full.asks("POST", "/contacts", {"name": ""}, **refused)["Idempotent-Replayed"] == "true"
    missing = {"Idempotency-Key": "missing"}
    assert full.asks("PUT", "/contacts/1/tags/vip", **missing).status_code == 404
    assert "Idempotent-Replayed" not in full.asks("PUT", "/contacts/1/tags/vip", **missing)


def test_two_keys_may_use_the_same_name(full: Program) -> None:
    other = program(full.cast, list(Scope))
    assert full.asks("POST", "/contacts", LIV, **{"Idempotency-Key": "1"}).status_code == 201
    taken = other.asks("POST", "/contacts", LIV, **{"Idempotency-Key": "1"})
    assert taken.status_code == 422
    assert "Idempotent-Replayed" not in taken


def test_a_refused_request_leaves_nothing(full: Program) -> None:
    """The client is made before the attribute is refused by the database."""
    body = LIV | {"tags": ["a"], "emails": ["new@client.example", "liv@@client"]}
    assert full.asks("POST", "/contacts", body).status_code == 422
    assert not Contact.objects.filter(name="Liv Strand").exists()


def test_an_error_of_ours_changes_nothing_and_tells_nothing(
    full: Program, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("secret words")

    monkeypatch.setattr("tactful.api.rest.contacts.audit", fails)
    answer = full.asks("POST", "/contacts", LIV, **{"Idempotency-Key": "x"})
    assert answer.status_code == 500
    assert "secret" not in answer.content.decode()
    assert "secret words" in caplog.text
    assert not Contact.objects.filter(name="Liv Strand").exists()
    assert not GivenAnswer.objects.exists()


def test_asked_at_the_same_time_one_waits(
    committed_db: CommittedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = program(make_cast(), list(Scope))
    inside, go = Event(), Event()
    real = keep_answer

    def slowly(*given: Any) -> None:
        inside.set()
        assert go.wait(20)
        real(*given)

    def first() -> None:
        assert full.asks("POST", "/contacts", LIV, **{"Idempotency-Key": "k"}).status_code == 201

    def second() -> None:
        assert inside.wait(20)
        assert full.asks("POST", "/contacts", LIV, **{"Idempotency-Key": "k"}).status_code == 409
        go.set()

    monkeypatch.setattr(door, "keep_answer", slowly)
    together(first, second)
    assert full.asks("POST", "/contacts", LIV, **{"Idempotency-Key": "k"})["Idempotent-Replayed"] == "true"


def test_old_answers_are_forgotten(full: Program) -> None:
    full.asks("POST", "/contacts", LIV, **{"Idempotency-Key": "old"})
    assert forget_old_answers() == 0
    with connection.cursor() as cursor:
        cursor.execute("UPDATE given_answer SET at = at - interval '4 days'")
    assert forget_old_answers() == 1


def test_what_is_not_there_is_said_to_be_so(full: Program) -> None:
    assert full.asks("GET", "/nothing").status_code == 404
    wrong = full.asks("DELETE", "/contacts")
    assert wrong.status_code == 405
    assert "POST" in wrong["Allow"]
    assert full.asks("POST", "/contacts", b"x" * (door.LARGEST_BODY + 1)).status_code == 413


def test_a_program_erases_a_client(cast: Cast, settings: LazySettings, tmp_path: Path) -> None:
    settings.ERASURES_FOLDER = tmp_path / "erasures"
    shop, who = program(cast, [Scope.ERASE_CONTACTS, Scope.READ_CONTACTS]), cast.consenting.id
    assert shop.asks("DELETE", f"/contacts/{who}").status_code == 422
    assert shop.asks("DELETE", f"/contacts/{who}?reason=whim").status_code == 422
    asked = shop.asks("DELETE", f"/contacts/{who}?reason=asked")
    assert asked.status_code == 202
    assert shop.asks("DELETE", f"/contacts/{who}?reason=asked").json()["id"] == asked.json()["id"]
    assert carry_on(int(asked.json()["id"]), cast.now)
    assert shop.asks("GET", f"/contacts/{who}").status_code == 404
