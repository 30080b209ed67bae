"""The example of docs/calendars.md, read."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tactful.calendars.rules.reading import Span, read
from tactful.calendars.rules.whose import signs, whose
from tactful.calendars.types import CANCELLED, DATED, MOVED, Known

PAGE = (Path(__file__).parents[4] / "docs" / "calendars.md").read_text()
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_the_example_is_what_the_page_says() -> None:
    (body,) = re.findall(r"```ics\n(.*?)```", PAGE, re.DOTALL)
    reading = read([body.replace("\n", "\r\n").encode()], Span(NOW, NOW + timedelta(days=90), "Europe/Oslo"))
    assert [f"{each.starts_at:%d.%m %H:%M}" for each in reading.occurrences] == ["24.11 09:00", "08.12 09:00"]
    known = Known(phones={"+4791234567": 1})
    assert {whose(signs(each, "NO"), known) for each in reading.occurrences} == {1}


def test_the_page_names_what_is_told() -> None:
    assert all(f"`{name}`" in PAGE for name in (DATED, MOVED, CANCELLED))
