"""docs/connectors.md: its example and its table, checked."""

import re
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tactful.connectors import actions, queries
from tactful.connectors.models import Delivery
from tactful.connectors.systems import systems
from tactful.connectors.tests.samples import MAPPING
from tactful.events.models import Event
from tactful.tracking.actions import take_in

PAGE = (Path(__file__).parents[4] / "docs" / "connectors.md").read_text()
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.django_db
def test_the_few_lines_send_a_message_that_is_taken_in(monkeypatch: pytest.MonkeyPatch) -> None:
    row = actions.connect("other", "Till", acting_user=None, now=NOW)
    rule = {**MAPPING["rules"][0], "at": None}
    actions.set_mapping(row, {**MAPPING, "rules": [rule]}, acting_user=None, now=NOW)
    actions.switch_on(row, acting_user=None, now=NOW)
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    sent: list[urllib.request.Request] = []
    monkeypatch.setattr(urllib.request, "urlopen", sent.append)
    exec(code.replace("ADDRESS", "x").replace("SECRET", queries.signing_secret(row)), {})
    headers = {name.lower(): value for name, value in sent[0].header_items()}
    body: Any = sent[0].data
    assert actions.receive(queries.address_of(row).rpartition("/")[2], headers, body).status == 200
    assert (actions.take_deliveries(NOW), take_in(NOW)) == (1, 1)
    assert Delivery.objects.get().state == "done"
    assert Event.objects.get(name="Order Completed").data["total"] == 1499.5


def test_the_table_names_every_event_of_every_system() -> None:
    rows = {line.split("|")[1].strip(): line for line in PAGE.splitlines() if line.startswith("| ")}
    for system in systems().values():
        row = next(line for name, line in rows.items() if system.name in name)
        assert set(re.findall(r"`([^`]+)`", row)) == {rule.event for rule in system.mapping.rules}


def test_every_system_speaks_both_languages() -> None:
    for system in systems().values():
        assert set(system.brings) == set(system.steps) == {"en", "nb"}
        assert len(system.steps["en"]) == len(system.steps["nb"])
