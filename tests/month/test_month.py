"""Some days of a small firm: the measures are taken, and none that must be nought is more.

The full size, 120 clients and four weeks from several seeds, is ``bin/bench month``.
"""

import logging
from pathlib import Path

import pytest

from tactful.testing.fixtures import CommittedDatabase
from tests.month.live import Month
from tests.month.measures import together
from tests.year.live import Size


def test_a_few_days(committed_db: CommittedDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger("tactful"), "propagate", False)
    lived = Month(Size(1, 10, 6), committed_db.owner_url, tmp_path).month()
    measured = together([lived])
    assert lived.violations == []
    assert measured["holds_over_two_days"] == measured["deadlines_lost"] == 0
    assert measured["reminders_after_delivery"] == measured["reminders_unread"] == 0
    assert lived.told_of_dead_token == 1
    assert lived.messages > 10
