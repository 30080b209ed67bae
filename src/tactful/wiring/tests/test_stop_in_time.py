"""A stop that is answered with "stopped" holds, however close to the moment it comes."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.db import connection

from tactful.config.tests.processes import wait_until
from tactful.delivery.models import Dispatch
from tactful.foundation.clock import business_now
from tactful.journeys import driver, effects
from tactful.journeys.recipes import text
from tactful.testing.fixtures import CommittedDatabase
from tactful.testing.threads import PATIENCE, together
from tactful.touchpoints.actions import LineError
from tactful.touchpoints.types import Touch
from tactful.wiring.going_out import going_out, stop_coming
from tactful.wiring.journey_facts import loader
from tactful.wiring.tests.past_firm import OPEN, past_firm
from tactful.wiring.tests.test_going_out import CLASSES, RECIPE, ZONE, on_the_seventh_day
from tactful.wiring.tests.test_touches import asked, kari
from tactful.wiring.touches import shown, touch

Stop = Callable[[str, int, datetime], None]


def from_the_list(key: str, person: int, now: datetime) -> None:
    stop_coming(key, acting_user=person, now=now, zone=ZONE)


def from_what_is_shown(key: str, person: int, now: datetime) -> None:
    touch(key, "", acting_user=person, now=now)


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
        return cursor.fetchone() is not None


@pytest.mark.parametrize("stop", [from_the_list, from_what_is_shown])
def test_a_stop_between_the_look_and_the_writing_says_that_it_is_too_late(
    committed_db: CommittedDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: Stop
) -> None:
    with past_firm(tmp_path, [text(RECIPE)], CLASSES, ("Liv",), **OPEN) as firm:
        if stop is from_the_list:
            on_the_seventh_day(firm)
            firm.until(business_now() + timedelta(hours=3))
            row = going_out(business_now(), ZONE, None, 10).rows[0]
            key, at = row.key, row.at
        else:
            asked(firm)
            soon = shown(business_now())[0].coming
            key, at = soon.key, soon.at
        person, looked, answered, said = kari(), Event(), Event(), list[str]()
        real = effects._touched

        def slowly(*given: Any) -> Mapping[str, Touch]:
            found = real(*given)
            looked.set()
            wait_until(lambda: answered.is_set() or somebody_waits(), "the stop waits, or is answered")
            return found

        def stops() -> None:
            assert looked.wait(PATIENCE)
            try:
                stop(key, person, at - timedelta(minutes=1))
                said.append("stopped")
            except LineError as late:
                said.append(str(late))
            finally:
                answered.set()

        monkeypatch.setattr(effects, "_touched", slowly)
        later = at + timedelta(seconds=1)
        together(lambda: driver.run_due(loader(later), later), stops)
        assert Dispatch.objects.filter(message__template="document-reminder-1", state="queued").exists()
        assert "quicker than you" in said[0]
