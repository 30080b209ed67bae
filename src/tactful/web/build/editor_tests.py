"""A stored test as text: what is given, and what is expected."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from tactful.journeys.rules.entry_events import entry_event
from tactful.journeys.rules.problems import DefinitionError
from tactful.journeys.rules.yaml_text import read_yaml, write_yaml
from tactful.journeys.types import Definition


class NoTest(ValueError):
    """The text is no test; the sentence says why."""


def example_test(definition: Definition, now: datetime) -> str:
    """A test to begin with: the client of a quiet Monday, and nothing expected yet."""
    monday = (now - timedelta(days=now.weekday())).astimezone(UTC)
    begin = monday.replace(hour=9, minute=0, second=0, microsecond=0)
    fields = {definition.entry.key: "1"} if definition.entry.key else {}
    event: dict[str, Any] = {
        "at": begin.isoformat(),
        "name": entry_event(definition) or "journey.start_wanted",
    }
    if event["name"] == "journey.start_wanted":
        event["data"] = {"start": definition.slug, "data": fields}
    elif fields:
        event["data"] = fields
    given = {
        "client": {"zone": "Europe/Oslo", "country": "NO"},
        "events": [event],
        "until": (begin + timedelta(days=60)).isoformat(),
    }
    return write_yaml({"given": given, "expect": []})


def test_of(body: str) -> tuple[Mapping[str, Any], list[Mapping[str, Any]]]:
    """What is given and what is expected. Raises ``NoTest``."""
    try:
        document, _lines = read_yaml(body)
    except DefinitionError as error:
        raise NoTest(str(error)) from error
    if not isinstance(document, dict) or not isinstance(document.get("given"), dict):
        raise NoTest(_("Write “given:” with a client, events and “until:”, and “expect:” with a list."))
    expected = document.get("expect") or []
    if not isinstance(expected, list) or not all(isinstance(each, dict) for each in expected):
        raise NoTest(_("“expect:” is a list, such as “- message: the id of a step”."))
    return document["given"], expected
