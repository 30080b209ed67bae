"""Both clocks of the house in the hand of a simulation, and chance from one seed.

PostgreSQL finds ``clock_timestamp()`` in a schema of ours before its own, so the production code reads its
two clocks as always. Steps of the business clock alone are steps of ``instance.clock_shift``.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from unittest.mock import patch

import psycopg
from django.db import connection

from tactful.foundation import ids
from tactful.foundation.models import Instance
from tactful.kernel.ids import IdMaker

INSTALL = """
CREATE SCHEMA sim;
CREATE FUNCTION sim.clock_timestamp() RETURNS timestamptz LANGUAGE sql STABLE
    AS 'SELECT pg_catalog.current_setting(''sim.now'')::timestamptz';
GRANT USAGE ON SCHEMA sim TO PUBLIC;
"""
NODE = 7  # of the ids that are made


class SimClock:
    """``at``: the machine clock. The business clock is ``at + shift``, as everywhere."""

    def __init__(self, begin: datetime, owner_url: str) -> None:
        self.at = begin
        self.shift = timedelta()
        self._install(owner_url)
        self.apply()

    @property
    def now(self) -> datetime:
        return self.at + self.shift

    def go_to(self, moment: datetime) -> None:
        """By the business clock; the machine clock never goes back."""
        self.at = max(self.at, moment - self.shift)
        self.apply()

    def pass_by(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.apply()

    def step(self, by: timedelta) -> None:
        """The business clock alone, as when somebody sets the clock of the machine."""
        self.shift += by
        Instance.objects.filter(id=1).update(clock_shift=self.shift)

    def apply(self) -> None:
        """Outside of transactions, and after each new connection."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('sim.now', %s, false)", [self.at.isoformat()])

    def milliseconds(self) -> int:
        return int(self.at.timestamp() * 1000)

    def _install(self, owner_url: str) -> None:
        with psycopg.connect(owner_url, autocommit=True) as owner:
            owner.execute(INSTALL)
            name = psycopg.sql.Identifier(owner.info.dbname)
            for setting in ("search_path = sim, pg_catalog, public", f"sim.now = '{self.at.isoformat()}'"):
                statement = psycopg.sql.SQL("ALTER DATABASE {} SET " + setting)
                owner.execute(statement.format(name))
        connection.close()


@contextmanager
def only_this_chance(clock: SimClock, dice: Random) -> Iterator[None]:
    """Ids, pacing and jitter come from the simulation's clock and seed."""
    with ExitStack() as stack:
        stack.enter_context(patch.object(ids, "_maker", IdMaker(NODE, clock.milliseconds)))
        for module in ("worker", "handoff"):
            stack.enter_context(patch(f"tactful.delivery.{module}.machine_ms", clock.milliseconds))
        for module in ("settle", "verdicts"):
            stack.enter_context(patch(f"tactful.delivery.{module}.roll", dice.random))
        yield


def at_noon(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)
