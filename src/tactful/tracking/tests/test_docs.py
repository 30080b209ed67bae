"""The examples of docs/tracking.md, run."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from segment.analytics import client as library  # type: ignore[import-untyped]

from tactful.contacts.models import Contact
from tactful.events.models import Event
from tactful.tracking.actions import add_source, take_in
from tactful.tracking.hot import received
from tactful.tracking.rules.calls import user_hash
from tactful.tracking.rules.envelope import MOST_BYTES, MOST_BYTES_OF_A_CALL, MOST_CALLS
from tactful.tracking.rules.names import event_name
from tactful.tracking.types import KeyKind

PAGE = (Path(__file__).parents[4] / "docs" / "tracking.md").read_text()
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def take(body: dict[str, Any]) -> None:
    shop = add_source("Shop", KeyKind.SERVER, acting_user=None, now=NOW).source_id
    received.keep([(shop, "batch", json.dumps(body, default=str).encode())], NOW)
    take_in(NOW)


@pytest.mark.django_db
def test_the_request_makes_a_client_with_an_order() -> None:
    take(json.loads(blocks("http")[0].partition("\n\n")[2]))
    assert Contact.objects.get().name == "kari@example.no"
    assert Event.objects.get(name="Order Completed").data["order_id"] == "A-204"


@pytest.mark.django_db
def test_the_library_makes_a_client_with_an_order(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, Any]] = []

    def keep(_self: object, call: dict[str, Any]) -> None:
        sent.append(call)

    monkeypatch.setattr(library.Client, "_enqueue", keep)
    exec(blocks("python")[0], {})
    take({"batch": [{"messageId": str(number), **call} for number, call in enumerate(sent)]})
    assert Contact.objects.get().name == "Kari Nordmann"
    assert Event.objects.get(name="Order Completed").data["total"] == 499


def test_the_signature_of_a_user_id() -> None:
    made: dict[str, Any] = {}
    exec(blocks("python")[1], made)
    assert made["user_hash"] == user_hash(b"SECRET_OF_THE_KEY", "customer-17")


def test_limits_and_names_are_as_the_page_says() -> None:
    assert (MOST_BYTES_OF_A_CALL, MOST_BYTES, MOST_CALLS) == (32 * 1024, 500 * 1024, 2_500)
    assert event_name("message.sent") == "tracked.message.sent"
