"""The phase journal: what was between dot and reply when a worker died (ENGINE.md, "Sending").

One append-only file per worker. The worker holds an flock on it while it lives, so whoever gets the
lock knows that the writer is dead. Lines:

    tactful-journal 1 <boot id>
    B <id> <attempt>                                        before the write that holds the dot
    A <id> <attempt> <outcome> <code> <enhanced> <text>     after the reply

No B: nothing was handed over. A: that is the outcome. B alone: ambiguous. No fsync: it guards against
the death of the process, and the boot id tells when the machine died.
"""

import fcntl
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from tactful.channels.types import Outcome, SendResult

HEAD = "tactful-journal 1"
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

_NAMES = {outcome: outcome.value for outcome in Outcome}  # the enum's own way costs a call

Answers = dict[tuple[int, int], SendResult | None]


class JournalError(OSError):
    """The journal cannot be written; no final dot may leave."""


class JournalBusy(Exception):
    """Another process holds the journal: its writer lives."""


class Journal(Protocol):
    """What a transport needs."""

    def begin(self, ident: int, attempt: int) -> None:
        """Call before the write that holds the final dot. Raises ``JournalError``: then send no dot."""

    def answer(self, result: SendResult) -> None:
        """Call after the reply. An ambiguous result is no answer and writes nothing."""


@dataclass(frozen=True, slots=True)
class JournalState:
    """``answers``: (id, attempt) -> result, or None where the dot may be out and no reply is known.

    Unless ``trusted``, every row that the worker had marked is ambiguous, whatever stands here.
    """

    answers: Answers = field(default_factory=dict)
    found: bool = False
    same_boot: bool = False
    torn: str = ""  # the last line, if it has no end

    @property
    def trusted(self) -> bool:
        return self.found and self.same_boot


def boot_id() -> str:
    """Names this run of the machine; "" where the system does not tell, which is never trusted."""
    if _BOOT_ID.exists():
        return _BOOT_ID.read_text().strip()
    command = ["/usr/sbin/sysctl", "-n", "kern.bootsessionuuid"]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=5, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""


def read_journal(path: Path) -> JournalState:
    """What the file says. Takes the lock for the time of reading; raises ``JournalBusy``."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return JournalState()
    try:
        _lock(descriptor, path)
        return _read(descriptor)
    finally:
        os.close(descriptor)


class PhaseJournal:
    """A worker's own journal, locked from construction to ``close`` or the death of the process.

    Opening a file that a dead worker left takes it over: read ``recovered``, apply it, then ``clear``.
    Raises ``JournalBusy`` if the writer lives, ``JournalError`` if the file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._broken = ""
        try:
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
            self._descriptor = os.open(path, flags, 0o600)
        except OSError as error:
            raise JournalError(f"The journal {path} cannot be opened: {error}") from error
        try:
            _lock(self._descriptor, path)
            self._start()
        except BaseException:
            os.close(self._descriptor)
            raise

    def _start(self) -> None:
        if os.fstat(self._descriptor).st_size == 0:
            self.recovered = JournalState(found=False)
            self._write(_head())
            return
        self.recovered = _read(self._descriptor)
        if self.recovered.answers or self.recovered.torn or not self.recovered.same_boot:
            self._broken = "it still holds what an earlier worker left; recover it and clear it first"

    def begin(self, ident: int, attempt: int) -> None:
        self._write(b"B %d %d\n" % (ident, attempt))

    def answer(self, result: SendResult) -> None:
        ident, attempt, outcome, code, enhanced, words, *_ = result
        if outcome is Outcome.AMBIGUOUS:
            return
        if not words.isprintable():
            words = " ".join(words.split())
        line = f"A {ident} {attempt} {_NAMES[outcome]} {code or '-'} {enhanced or '-'} {words}\n"
        self._write(line.encode("utf-8", "replace"))

    def clear(self) -> None:
        """Forget everything; only when every entry has been applied to the database."""
        try:
            os.ftruncate(self._descriptor, 0)
        except OSError as error:
            raise JournalError(f"The journal {self.path} cannot be emptied: {error}") from error
        self._broken = ""
        self._write(_head())

    def state(self) -> JournalState:
        """What has been written so far."""
        return _read(self._descriptor)

    def close(self) -> None:
        os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self, line: bytes) -> None:
        """One write(2), whole or not at all: after half a line nothing may follow it."""
        if self._broken:
            raise JournalError(f"The journal {self.path} cannot be written: {self._broken}.")
        try:
            written = os.write(self._descriptor, line)
        except OSError as error:
            self._broken = str(error)
            raise JournalError(f"The journal {self.path} cannot be written: {error}") from error
        if written != len(line):
            self._broken = "the disk is full"
            raise JournalError(f"The journal {self.path} cannot be written: the disk is full.")


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise JournalBusy(f"The worker that writes {path} is alive.") from error


def _head() -> bytes:
    return f"{HEAD} {boot_id()}\n".encode()


def _read(descriptor: int) -> JournalState:
    size = os.fstat(descriptor).st_size
    text = os.pread(descriptor, size, 0).decode("utf-8", "replace")
    head, *lines = text.split("\n")
    torn = lines.pop() if lines else head
    answers: Answers = {}
    for line in lines:
        _enter(answers, line)
    if torn.startswith("B "):
        _enter(answers, torn)  # an unfinished B sent no dot, but caution costs nothing here
    boot = head.removeprefix(HEAD).strip() if head.startswith(HEAD + " ") else ""
    same = bool(boot) and boot == boot_id()
    return JournalState(answers, found=True, same_boot=same, torn=torn)


def _enter(answers: Answers, line: str) -> None:
    kind, *words = line.split(" ", 6)
    try:
        key = (int(words[0]), int(words[1]))
        if kind == "B":
            answers[key] = None
        elif kind == "A":
            answers[key] = _answer(key, words)
    except (IndexError, ValueError):
        return  # a line that nobody can read is no answer


def _answer(key: tuple[int, int], words: list[str]) -> SendResult:
    _, _, outcome, code, enhanced, text = words
    return SendResult(
        ident=key[0],
        attempt=key[1],
        outcome=Outcome(outcome),
        code=None if code == "-" else int(code),
        enhanced="" if enhanced == "-" else enhanced,
        detail=text,
    )
