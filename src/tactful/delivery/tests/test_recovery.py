"""After a death: leases, journals, fences."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from psycopg.conninfo import conninfo_to_dict

from tactful.channels.types import OutboundMessage, Outcome, SendResult
from tactful.delivery.hot import sweeps
from tactful.delivery.models import Batch, Dispatch, Worker
from tactful.delivery.recovery import recover
from tactful.delivery.session import Session
from tactful.delivery.settle import settle
from tactful.delivery.tests.house import (
    JOURNALS,
    Clerk,
    Drawn,
    House,
    Provider,
    make_account,
    make_contacts,
    make_touchpoint,
    queue,
    state,
    states,
)
from tactful.delivery.worker import DeliveryWorker
from tactful.foundation.clock import machine_now
from tactful.testing.fixtures import CommittedDatabase
from tactful.touchpoints.types import MessageClass


class Killed(BaseException):
    """As little a worker can do about it as about a SIGKILL."""


def kill(message: OutboundMessage) -> None:
    raise Killed


@pytest.mark.django_db
def test_what_was_only_claimed_goes_again(clerk: Clerk, line: Drawn, tmp_path: Path) -> None:
    ids = queue(make_contacts(3), line)
    clerk.claim()
    assert recover(JOURNALS) == 0  # it lives
    clerk.die()
    assert recover(JOURNALS) == 1
    assert states(ids) == {"queued": 3}
    assert (Batch.objects.count(), Worker.objects.count(), list(tmp_path.iterdir())) == (0, 0, [])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("message_class", "after"), [(MessageClass.MARKETING, "unknown"), (MessageClass.AWAITED, "queued")]
)
def test_between_dot_and_reply(
    clerk: Clerk, provider: Provider, line: Drawn, message_class: MessageClass, after: str
) -> None:
    """The first was answered, the second perhaps arrived, the third was marked and never left."""
    ids = queue(make_contacts(3), line, message_class=message_class)
    provider.after = lambda message: kill(message) if len(provider.accepted) == 2 else None
    with pytest.raises(Killed):
        clerk.turn()
    assert states(ids) == {"handoff": 3}
    clerk.die()
    recover(JOURNALS)
    sent, doubtful, never = (state(message.ident) for message in provider.accepted[:2]), None, None
    assert list(sent) == ["sent", after]
    (rest,) = set(ids) - {message.ident for message in provider.accepted}
    assert state(rest) == "queued"
    assert Dispatch.objects.get(pk=rest).tries == 0
    assert doubtful is never is None


@pytest.mark.django_db
@pytest.mark.parametrize("damage", ["missing", "other_boot", "torn"])
def test_a_journal_that_cannot_be_trusted_makes_all_ambiguous(
    clerk: Clerk, provider: Provider, line: Drawn, damage: str
) -> None:
    ids = queue(make_contacts(2), line)
    provider.before = kill
    with pytest.raises(Killed):
        clerk.turn()
    clerk.die()
    if damage == "missing":
        clerk.path.unlink()
    elif damage == "other_boot":
        text = clerk.path.read_text().splitlines()
        clerk.path.write_text("\n".join(["tactful-journal 1 another-boot", *text[1:]]) + "\n")
    else:
        clerk.path.write_text(clerk.path.read_text() + f"B {ids[0]} 1\nA {ids[0]} 1 se")
    recover(JOURNALS)
    assert state(ids[0]) == "unknown"
    assert state(ids[1]) == ("queued" if damage == "torn" else "unknown")


@pytest.mark.django_db
def test_a_journal_whose_writer_lives_is_left_alone(clerk: Clerk, line: Drawn) -> None:
    ids = queue(make_contacts(1), line)
    clerk.claim()
    Worker.objects.update(lease_until=machine_now() - timedelta(seconds=1))
    assert recover(JOURNALS) == 0
    assert states(ids) == {"claimed": 1}
    Worker.objects.update(lease_until=machine_now() - timedelta(minutes=11))
    assert recover(JOURNALS) == 1


@pytest.mark.django_db
def test_another_machine_waits_for_ten_minutes(clerk: Clerk, provider: Provider, line: Drawn) -> None:
    (ident,) = queue(make_contacts(1), line)
    provider.before = kill
    with pytest.raises(Killed):
        clerk.turn()
    clerk.die()
    Worker.objects.update(machine="elsewhere")
    assert recover(JOURNALS) == 0
    Worker.objects.update(lease_until=machine_now() - timedelta(minutes=11))
    assert recover(JOURNALS) == 1
    assert state(ident) == "unknown"
    assert clerk.path.exists()


@pytest.mark.django_db
def test_a_late_outcome_of_an_old_attempt_changes_nothing(
    clerk: Clerk, house: House, provider: Provider, line: Drawn, tmp_path: Path
) -> None:
    """R10: the first worker slept through its lease, the second one sent."""
    (ident,) = queue(make_contacts(1), line)
    slow = clerk.claim()
    clerk.die()
    recover(JOURNALS)
    second = Clerk(house, provider, tmp_path)
    second.turn()
    assert state(ident) == "sent"
    clerk.journal = second.journal
    clerk.hand.journal = second.journal
    clerk.send(slow)
    item = slow.items[0]
    settle([(item, SendResult(ident, item.attempt, Outcome.HARD_ADDRESS, 550))], clerk.worker_id)
    assert state(ident) == "sent"
    assert provider.copies() == {ident: 1}
    second.leave()


@pytest.mark.django_db
def test_a_transport_that_breaks_off_loses_nothing(clerk: Clerk, provider: Provider, line: Drawn) -> None:
    ids = queue(make_contacts(3), line)

    def burst(message: OutboundMessage) -> None:
        if len(provider.accepted) == 2:
            raise RuntimeError("The cable was cut.")

    provider.after = burst
    clerk.turn()
    assert states(ids) == {"sent": 1, "unknown": 1, "queued": 1}
    assert Batch.objects.count() == 0


@pytest.mark.django_db
def test_a_stop_releases_what_is_not_on_its_way(clerk: Clerk, provider: Provider, line: Drawn) -> None:
    ids = queue(make_contacts(120), line)
    provider.after = lambda message: clerk.stop.set()
    clerk.turn()
    ended = states(ids)
    assert set(ended) == {"sent", "queued"}
    assert 1 <= ended["sent"] <= 50


def test_a_session_shows_that_its_worker_lives(committed_db: CommittedDatabase, tmp_path: Path) -> None:
    stop = Event()
    with Session(JOURNALS, tmp_path, stop, lambda: None) as session:
        Worker.objects.update(lease_until=machine_now() - timedelta(hours=1))
        assert not sweeps.take_over(session.worker_id)
        assert recover(JOURNALS) == 0
    assert Worker.objects.count() == 0
    assert list(tmp_path.iterdir()) == []


def test_the_loop_sends_what_comes_and_stops(committed_db: CommittedDatabase, tmp_path: Path) -> None:
    make_account()
    provider, line = Provider(), make_touchpoint()
    sent, stop = Event(), Event()
    provider.after = lambda message: sent.set()
    worker = DeliveryWorker(House().sources(), provider.open, tmp_path, JOURNALS)

    def run() -> None:
        worker.run(stop)
        connection.close()

    thread = Thread(target=run)
    thread.start()
    ids = queue(make_contacts(2), line)
    assert sent.wait(20)
    stop.set()
    thread.join(30)
    assert not thread.is_alive()
    assert states(ids) == {"sent": 2}
    assert Worker.objects.count() == 0


KILLED_WORKER = """
import os, signal, django
django.setup()
from pathlib import Path
from threading import Event
from tactful.delivery.tests.house import JOURNALS, House, Provider
from tactful.delivery.worker import DeliveryWorker
provider = Provider()
provider.{moment} = lambda message: os.kill(os.getpid(), signal.SIGKILL)
DeliveryWorker(House().sources(), provider.open, Path({folder!r}), JOURNALS).run(Event())
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("moment", "after"), [("before", {"queued": 3}), ("after", {"queued": 2, "unknown": 1})]
)
def test_a_worker_that_is_killed(
    committed_db: CommittedDatabase, tmp_path: Path, moment: str, after: dict[str, int]
) -> None:
    """R9 with a real process: its session is gone at once, its lease soon."""
    make_account()
    ids = queue(make_contacts(3), make_touchpoint())
    code = KILLED_WORKER.format(moment=moment, folder=str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=_environ(committed_db),
        timeout=60,
        check=False,
        capture_output=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    Worker.objects.update(lease_until=machine_now() - timedelta(seconds=1))
    _wait_for(lambda: recover(JOURNALS) == 1)
    assert states(ids) == after
    assert list(tmp_path.iterdir()) == []


def _environ(database: CommittedDatabase) -> dict[str, str]:
    parts = conninfo_to_dict(database.url)
    where = urlencode({key: str(value) for key, value in parts.items() if key in ("host", "port")})
    return os.environ | {
        "TACTFUL_DATABASE_URL": f"postgresql://{parts.get('user', '')}@/{parts['dbname']}?{where}",
        "PYTHONPATH": os.pathsep.join(sys.path),
        "DJANGO_SETTINGS_MODULE": "tactful.config.settings",
    }


def _wait_for(condition: Any) -> None:
    for _ in range(2_000):
        if condition():
            return
        machine_now()
    raise AssertionError("It did not come about.")
