"""One supervised process: what to run, and its life."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO

READY_LINE = "Ready."
"""A part that others wait for prints this line once it serves."""
LONGEST_LINE = 64_000


@dataclass(frozen=True, slots=True)
class Part:
    """``module``: what ``python -m`` would run. ``keep_open``: file descriptors that it inherits."""

    name: str
    module: str
    arguments: tuple[str, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict)
    keep_open: tuple[int, ...] = ()
    says_ready: bool = False
    is_task: bool = False
    """A task starts when the others are ready, speaks without a prefix, and its end ends the tree."""
    quiet: bool = False
    """Its lines go to the log."""

    def prefixed(self, line: str) -> str:
        return line if self.is_task else f"{self.name:<8} {line}"


class Child:
    """A part and the process that runs it now, if any."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.exit_code: int | None = None
        self.at_end = False
        self._was_ready = False
        self._process: subprocess.Popen[bytes] | None = None
        self._rest = b""

    def start(self) -> None:
        command = [sys.executable, "-m", "tactful.config.part", str(os.getpid())]
        self._process = subprocess.Popen(
            [*command, self.part.module, *self.part.arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, **self.part.environ, "PYTHONUNBUFFERED": "1"},
            pass_fds=self.part.keep_open,
            start_new_session=True,
        )
        os.set_blocking(self.output.fileno(), False)
        self.at_end, self.exit_code, self._rest = False, None, b""

    @property
    def output(self) -> IO[bytes]:
        if self._process is None or self._process.stdout is None:
            raise RuntimeError(f"{self.part.name} was never started.")
        return self._process.stdout

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def is_idle(self) -> bool:
        """Not started, or ended and read to the end."""
        return self._process is None

    @property
    def is_ready(self) -> bool:
        return self._was_ready or not self.part.says_ready

    @property
    def ending(self) -> str:
        code = self.exit_code or 0
        return f"exit code {code}" if code >= 0 else signal.Signals(-code).name

    def note_end(self) -> bool:
        """True once for each process that has ended."""
        if self._process is None or self._process.poll() is None:
            return False
        if not self.at_end:
            self._kill_group()
            return False
        self.exit_code = self._process.returncode
        self._process = None
        return True

    def read_lines(self) -> list[str]:
        """The whole lines that have come. Sets ``at_end`` when no more will come."""
        try:
            data = os.read(self.output.fileno(), 65_536)
        except BlockingIOError:
            return []
        self.at_end = not data
        *whole, self._rest = (self._rest + data).split(b"\n")
        if self.at_end or len(self._rest) > LONGEST_LINE:
            whole, self._rest = [*whole, *filter(None, [self._rest])], b""
        lines = [line.decode("utf-8", "replace").rstrip() for line in whole]
        self._was_ready = self._was_ready or READY_LINE in lines
        return [line for line in lines if (line or self.part.is_task) and line != READY_LINE]

    def ask_to_stop(self) -> None:
        if self.is_running and self._process is not None:
            self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it and whatever it has started itself."""
        if self._process is None:
            return
        self._kill_group()
        self._process.wait()

    def _kill_group(self) -> None:
        """What a part has started would hold its output open for ever."""
        if self._process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
