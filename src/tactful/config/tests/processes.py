"""Start our programs from tests, and wait for what they say or do."""

import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from pathlib import Path

from tactful.config.cli import main

PATIENCE_SECONDS = 60.0
"""Only a test that fails waits this long."""


def environ(home: Path, **more: str) -> dict[str, str]:
    """Ours without what the test plugin has set, so that the embedded server of ``home`` is used."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TACTFUL_")}
    return kept | {"TACTFUL_HOME": str(home)} | more


@dataclass(frozen=True, slots=True)
class Answer:
    code: int
    errors: str


def tactful(home: Path, *arguments: str, **more: str) -> Answer:
    """The command line in this process, which spares the start of another one."""
    before, given = dict(os.environ), environ(home, **more)
    errors = io.StringIO()
    os.environ.clear()
    os.environ.update(given)
    try:
        with redirect_stderr(errors):
            return Answer(main(arguments), errors.getvalue())
    finally:
        os.environ.clear()
        os.environ.update(before)


def tactful_apart(home: Path, *arguments: str, **more: str) -> Answer:
    """The command line in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tactful", *arguments],
        env=environ(home, **more),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    return Answer(done.returncode, done.stderr)


def wait_until(condition: Callable[[], bool], what: str, patience: float = PATIENCE_SECONDS) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.02)


class Running:
    """A program whose lines are collected while it runs."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._collect)
        self._reader.start()

    def wait_for(self, text: str, times: int = 1, patience: float = PATIENCE_SECONDS) -> list[str]:
        """All lines that hold ``text``, once there are as many."""

        def found() -> list[str]:
            return [line for line in self.lines if text in line]

        def enough() -> bool:
            assert len(found()) >= times or self.process.poll() is None, "\n".join(self.lines)
            return len(found()) >= times

        wait_until(enough, f"{text!r} was said {times} times; it was: {self.lines}", patience)
        return found()

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join()

    def _collect(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            for line in output:
                self.lines.append(line.rstrip())


@contextmanager
def running(home: Path, *command: str, **more: str) -> Iterator[Running]:
    """``python COMMAND`` in the background, killed at the end if it still runs."""
    process = subprocess.Popen(
        [sys.executable, *command],
        env=environ(home, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    program = Running(process)
    try:
        yield program
    finally:
        program.end()
