"""A copy of a house keeps quiet until an owner has looked, whichever way it was made (R13)."""

import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from tactful.config import standing, worker
from tactful.config.environment import Environment
from tactful.config.tests.little_firm import OWNER
from tactful.config.tests.processes import PATIENCE_SECONDS, running, wait_until
from tactful.config.tests.test_lost_machine import Machine
from tactful.delivery.queries import restored, sending_paused
from tactful.demo.postbox.sink import Sink
from tactful.foundation.clock import business_now
from tactful.foundation.models import Instance
from tactful.testing.fixtures import CommittedDatabase


@pytest.fixture
def house(committed_db: CommittedDatabase, tmp_path: Path) -> Environment:
    return replace(settings.ENVIRONMENT, database_url=committed_db.url, backup_folder=tmp_path)


def test_the_first_start_and_every_one_in_its_place_say_nothing(house: Environment) -> None:
    said: list[str] = []
    assert not standing.notice_a_copy(house, said.append)
    server, database, timeline = Instance.objects.get().stands.split()
    assert server.isdigit()
    assert database.isdigit()
    assert timeline == "00000001"
    assert not standing.notice_a_copy(house, said.append)
    assert (sending_paused(), said) == ("", [])


def test_elsewhere_nothing_is_sent_until_an_owner_says_so(house: Environment) -> None:
    last = business_now()
    Instance.objects.update(stands="another server 00000001", last_now=last)
    said: list[str] = []
    assert standing.notice_a_copy(house, said.append)
    assert said == [standing.COPY]
    assert sending_paused() == "epoch"
    found = restored(business_now())
    assert found is not None
    assert (found.copied, found.backup_at, found.known_until) == (True, last, None)
    assert not standing.notice_a_copy(house, said.append), "the next start finds it where it is"
    assert sending_paused() == "epoch"


def test_a_restored_house_that_is_moved_keeps_what_it_knows(house: Environment) -> None:
    known = business_now()
    Instance.objects.update(
        stands="another", sending_paused="restored", restored_at=known, restored_known=known
    )
    assert not standing.notice_a_copy(house, print)
    assert sending_paused() == "restored"
    assert Instance.objects.get().restored_known == known


def test_a_file_that_was_put_back_is_another_one(tmp_path: Path) -> None:
    file = tmp_path / "postgres/global/pg_control"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"as it is")
    before = standing._disk(tmp_path)
    file.write_bytes(b"as PostgreSQL writes it: in place")
    assert standing._disk(tmp_path) == before
    shutil.copy2(file, tmp_path / "copy")
    (tmp_path / "copy").replace(file)  # as rsync and tar do
    assert standing._disk(tmp_path) != before


def test_another_machine_is_another_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("3d1219c7\n", encoding="ascii")
    two.write_text("4e2320d8\n", encoding="ascii")
    marks = []
    for file in (one, two, tmp_path / "none"):
        monkeypatch.setattr(standing, "MACHINE_ID", file)
        marks.append(standing._machine())
    assert len({*marks}) == 3
    assert "3d1219c7" not in marks[0]


def test_a_worker_waits_for_a_database_that_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a server recovers, or before a migration, nobody can say where it stands: so nothing is begun."""
    answers = iter([psycopg.OperationalError("it is starting up"), psycopg.errors.UndefinedColumn("stands")])
    asked: list[Environment] = []

    def notice(environment: Environment, _say: object) -> bool:
        asked.append(environment)
        if trouble := next(answers, None):
            raise trouble
        return False

    monkeypatch.setattr(worker, "notice_a_copy", notice)
    monkeypatch.setattr(worker, "PAUSE_AFTER_TROUBLE", 0.0)
    worker._look_where_we_are(threading.Event())
    assert len(asked) == 3


@pytest.fixture
def homes() -> Iterator[list[Path]]:
    """Directly in the folder for such things: as root, the database's own user gets no deeper."""
    made = [Path(tempfile.mkdtemp(prefix="tactful-")) for _ in range(2)]
    yield made
    for each in made:
        shutil.rmtree(each, ignore_errors=True)


@pytest.mark.slow
def test_a_data_folder_copied_by_hand_sends_nothing_twice(homes: list[Path]) -> None:
    first, second = (Machine(home, home / "backups") for home in homes)
    with Sink() as sink:
        with running(first.home, "-m", "tactful", "up", **first.more) as program:
            program.wait_for("Tactful is ready", patience=PATIENCE_SECONDS * 2)
            first.firm(f"open {sink.port}, queue early 2 0")
            wait_until(lambda: len(sink.ledger.mails) == 2, "the first have left")
            first.firm("queue later 2 60")
            _stop(program.process)
        second.home.rmdir()
        subprocess.run(["cp", "-a", str(first.home), str(second.home)], check=True)

        with running(second.home, "-m", "tactful", "up", **second.more) as program:
            program.wait_for("This looks like a copy", patience=PATIENCE_SECONDS * 2)
            program.wait_for("Tactful is ready", patience=PATIENCE_SECONDS * 2)
            second.firm("shift 61, queue after 1 0")
            listed = second.run("tactful", "restore", "--list")
            assert "3 would be sent now" in listed
            assert "copy" in listed
            assert "looks like a copy" in second.run("tactful", "doctor", "--offline", code=1)
            assert len(sink.ledger.mails) == 2
            second.run("tactful", "restore", "--confirm", "send", "--by", OWNER)
            wait_until(lambda: len(sink.ledger.mails) == 5, "the rest has left")
            _stop(program.process)

        with running(first.home, "-m", "tactful", "up", **first.more) as program:
            program.wait_for("Tactful is ready", patience=PATIENCE_SECONDS * 2)
            assert not [line for line in program.lines if "copy" in line]
            assert "copy" not in first.run("tactful", "restore", "--list")
            _stop(program.process)
    for machine in (first, second):
        machine.remove()


def _stop(process: "subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=PATIENCE_SECONDS) == 0
