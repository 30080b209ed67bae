"""A stored test as text: what is given, and what is expected."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tactful.journeys.rules.entry_events import entry_event
from tactful.journeys.rules.yaml_text import write_yaml
from tactful.journeys.types import Definition, Send


def example_test(definition: Definition, now: datetime) -> str:
    """A test to begin with: the client of a quiet Monday, and its first message expected at once."""
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
    sends = [step.id for step in definition.steps if isinstance(step, Send)]
    line = {"message": sends[0], "at": begin.isoformat()} if sends else {"no_message": "step"}
    return write_yaml({"given": given, "expected": [line]})
