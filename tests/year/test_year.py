"""A small business for some weeks, from two seeds: nothing that must never be has been.

The full size, 200 clients and a year, is ``bin/bench year``.
"""

import logging
from pathlib import Path

import pytest

from tactful.testing.fixtures import CommittedDatabase
from tests.year import live
from tests.year.live import Life, Size

SEEDS = (1, 2)
CLIENTS, DAYS = 40, 15


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_that_must_never_be(
    seed: int, committed_db: CommittedDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("tactful"), "propagate", False)
    lived = Life(Size(seed, CLIENTS, DAYS), committed_db.owner_url, tmp_path).live()
    again = f"bin/bench year --seed {seed} --clients {CLIENTS} --days {lived.days}"
    assert lived.violations == [], "\n".join([*map(str, lived.violations), again])
    assert lived.messages > 10


def test_the_worker_of_a_year_does_die(
    committed_db: CommittedDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "DEATHS_A_TICK", 0.5)
    monkeypatch.setattr(logging.getLogger("tactful"), "propagate", False)
    lived = Life(Size(5, 10, 6), committed_db.owner_url, tmp_path).live()
    assert lived.violations == []
    assert lived.deaths.total() > 3
