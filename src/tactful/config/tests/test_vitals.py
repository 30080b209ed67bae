"""/health, /ready and /metrics."""

import asyncio
import json
import re
from collections.abc import MutableMapping
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tactful.config import vitals
from tactful.delivery.actions import pause
from tactful.foundation.clock import business_now
from tactful.testing.fixtures import CommittedDatabase

HERE, ELSEWHERE = ("127.0.0.1", 5), ("192.0.2.7", 5)


def get(path: str, client: tuple[str, int] = HERE, **headers: str) -> tuple[int, str]:
    sent: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    asyncio.run(vitals.vitals({"path": path, "client": client, "headers": given}, send))
    return sent[0]["status"], sent[1]["body"].decode()


def register_worker() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sending_worker (id, machine, journal, started_at, lease_until)"
            " VALUES (1, 'm', 'j', clock_timestamp(), clock_timestamp() + interval '20 s')"
        )


def test_a_process_that_answers_is_alive() -> None:
    assert get("/health", ELSEWHERE) == (200, "alive\n")


def test_ready_means_database_migrations_and_a_worker(committed_db: CommittedDatabase) -> None:
    status, body = get("/ready")
    assert (status, json.loads(body)["troubles"]) == (503, ["No worker is alive."])
    register_worker()
    assert get("/ready")[0] == 200


def test_an_older_database_is_not_ready_and_a_newer_one_is(
    committed_db: CommittedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    register_worker()
    ours = vitals._ours()
    monkeypatch.setattr(vitals, "_ours", lambda: ours | {"delivery.9999_later"})
    assert "older than this release" in get("/ready")[1]
    monkeypatch.setattr(vitals, "_ours", lambda: frozenset(sorted(ours)[:-1]))
    assert get("/ready")[0] == 200


def test_figures_are_for_this_machine_only(committed_db: CommittedDatabase) -> None:
    assert get("/metrics", ELSEWHERE)[0] == 404
    assert get("/metrics", x_forwarded_for="192.0.2.7")[0] == 404
    assert get("/metrics")[0] == 200


def test_a_house_with_an_address_for_others_wants_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy on this machine may say nothing of for whom it asks."""
    monkeypatch.setattr(vitals, "figures", lambda: "all of them")
    monkeypatch.setattr(settings, "BASE_URL", "https://post.example.no")
    assert get("/metrics")[0] == 404


def test_or_for_whoever_has_the_token(
    committed_db: CommittedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = "t" * 40
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, metrics_token=token))
    assert get("/metrics")[0] == 404
    assert get("/metrics", ELSEWHERE, authorization="Bearer wrong")[0] == 404
    assert get("/metrics", ELSEWHERE, authorization=f"Bearer {token}")[0] == 200


def test_figures_are_as_prometheus_reads_them(committed_db: CommittedDatabase) -> None:
    register_worker()
    pause(scope="everything", acting_user=None, now=business_now())
    _, text = get("/metrics")
    values = dict(re.findall(r"^(tactful_\w+) (\S+)$", text, re.M))
    assert values["tactful_workers"] == "1"
    assert values["tactful_sending_paused"] == "1"
    assert float(values["tactful_database_bytes"]) > 0
    assert set(values) == {f"tactful_{name}" for name, _, _ in vitals.FIGURES}
    assert text.count("# TYPE") == len(values) + 1
