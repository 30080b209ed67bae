"""Backup, loss of the machine, restore on another: nothing twice, nothing missing (R13)."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tactful.config.backup import recovery
from tactful.config.postgres import places, postmaster
from tactful.config.tests.conftest import throwaway_server
from tactful.config.tests.little_firm import OWNER
from tactful.config.tests.processes import PATIENCE_SECONDS, Running, environ, running, wait_until
from tactful.config.tests.test_up import free_port
from tactful.demo.postbox.sink import Sink


class Machine:
    """A data folder, and what is run in it."""

    def __init__(self, home: Path, backups: Path) -> None:
        self.home = home
        self._firm: subprocess.Popen[str] | None = None
        self.more = {
            "TACTFUL_BACKUP_FOLDER": str(backups),
            "TACTFUL_NIGHTLY_BACKUPS": "no",  # at night the worker would make one of its own
            "TACTFUL_LOCAL_MAIL_HOSTS": "yes",
            "TACTFUL_PORT": str(free_port()),
            "TACTFUL_INBOUND_PORT": str(free_port()),
            "TACTFUL_LOG_LEVEL": "ERROR",
        }

    def run(self, *command: str, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", *command],
            env=environ(self.home, **self.more),
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS * 2,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def firm(self, acts: str) -> Any:
        """What the last of these acts says. One process for all of them: to import Django takes seconds."""
        if self._firm is None:
            self._firm = subprocess.Popen(
                [sys.executable, "-m", "tactful.config.tests.little_firm"],
                env=environ(self.home, **self.more),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._firm.stdin is not None
        assert self._firm.stdout is not None
        self._firm.stdin.write(f"{acts}\n")
        self._firm.stdin.flush()
        answer = json.loads(self._firm.stdout.readline())
        assert "said" in answer, answer["trouble"]
        return answer["said"]

    def states(self, word: str) -> dict[str, int]:
        found, why = self.firm(f"states {word}")
        print(*why, sep="\n")  # seen where the test fails
        return dict(found)

    def wait_for_states(self, word: str, wanted: dict[str, int]) -> None:
        wait_until(lambda: self.states(word) == wanted, f"{word} is {wanted}")

    def lose(self, program: Running) -> None:
        """As a burnt machine leaves it: nobody says goodbye, and nothing of the data folder remains."""
        database = postmaster.find(places.data_folder(self.home).resolve())
        program.process.kill()
        program.process.wait()
        if database is not None:
            os.kill(database, signal.SIGKILL)
            wait_until(lambda: not postmaster.alive(database), "the database is gone")
        self.remove()

    def remove(self) -> None:
        if self._firm is not None:
            with self._firm:  # waits for its end, which comes with the end of its orders
                self._firm = None
        throwaway_server(self.home).erase()
        shutil.rmtree(self.home, ignore_errors=True)


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[tuple[Machine, Machine]]:
    both = Machine(tmp_path / "one", tmp_path / "safe"), Machine(tmp_path / "two", tmp_path / "safe-two")
    yield both
    for machine in both:
        machine.remove()


def departed(backups: Path) -> int:
    """How many the journal of departures says to be out, with their provider's answer."""
    files = (backups / "departures").glob("*.jsonl")
    return sum(file.read_text(encoding="utf-8").count('["O"') for file in files)


@pytest.mark.slow
def test_nothing_twice_and_nothing_missing(machines: tuple[Machine, Machine], tmp_path: Path) -> None:
    first, second = machines
    key = tmp_path / "key"
    with Sink() as sink:

        def arrived() -> Counter[str]:
            return Counter(mail.recipient[:5] for mail in sink.ledger.mails)

        with running(first.home, "-m", "tactful", "up", **first.more) as program:
            program.wait_for("Tactful is ready", patience=PATIENCE_SECONDS * 2)
            first.firm(f"open {sink.port}, queue early 3 0")
            wait_until(lambda: departed(tmp_path / "safe") == 3, "the first have left")
            first.firm("pause, queue after 3 0, queue later 3 60")
            said = first.run("tactful", "backup")
            assert "read again from end to end" in said
            key.write_text(first.run("tactful", "backup", "--show-key"), encoding="ascii")
            first.firm("resume")
            wait_until(lambda: departed(tmp_path / "safe") == 6, "the next have left")
            first.lose(program)
        before = arrived()
        assert before == {"early": 3, "after": 3}

        (backup,) = (tmp_path / "safe").glob("*.backup")
        said = second.run("tactful", "restore", str(backup), "--key-file", str(key))
        assert "3 messages have left since" in said or "6 messages have left since" in said
        with running(second.home, "-m", "tactful", "up", **second.more) as program:
            program.wait_for("Tactful is ready", patience=PATIENCE_SECONDS * 2)
            second.firm("shift 61, resume")  # the pause of the day of the backup, which came along
            # The worker has looked at what waits, and knows what had left; the rest waits for the owner.
            second.wait_for_states("after", {"sent": 3})
            assert second.states("later") == {"queued": 3}
            assert "3 would be sent now" in second.run("tactful", "restore", "--list")
            assert "which owner" in second.run("tactful", "restore", "--confirm", "send", code=1)
            assert arrived() == before
            second.run("tactful", "restore", "--confirm", "send", "--by", OWNER)
            wait_until(lambda: departed(tmp_path / "safe-two") == 9, "the rest has left")
            program.process.send_signal(signal.SIGINT)
            assert program.process.wait(timeout=PATIENCE_SECONDS) == 0
        assert arrived() == {"early": 3, "after": 3, "later": 3}
        assert recovery.public_file(second.home).read_bytes()
