"""One supervisor, its parts, and the embedded PostgreSQL: restarts what dies, stops all of it in 5 s."""

import selectors
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType

from tactful.config.child import Child, Part
from tactful.config.postgres.server import Server
from tactful.config.trouble import Trouble

PARTS_STOP_SECONDS = 3.2
"""A little more than the web server grants to open pages."""
SERVER_STOP_SECONDS = 0.8
"""For the server's polite stop, and as much again for the impolite one: under five seconds in all."""
TICK_SECONDS = 0.5
STOPPED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(slots=True)
class BackOff:
    """How long to wait before the next start: 0.2 s, doubled to 30 s; forgotten after 10 good seconds."""

    failures: int = 0
    started: float = field(default_factory=time.monotonic)
    not_before: float = 0.0

    def failed(self) -> float:
        """Note an end; seconds until the next start."""
        now = time.monotonic()
        self.failures = 1 if now - self.started > 10 else self.failures + 1
        delay = min(0.2 * 2.0 ** (self.failures - 1), 30.0)
        self.not_before = now + delay
        return delay

    def may_start(self) -> bool:
        return time.monotonic() >= self.not_before


class Tree:
    """``say``: takes the lines of parts that are not quiet. ``murmur``: takes those of quiet ones and
    what the supervisor itself has to tell. ``server``: None with a database of the operator's own.

    ``announce``: called once, when every part with a ready line has said it. ``patience``: seconds that parts
    have to stop by themselves.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        server: Server | None,
        say: Callable[[str], None],
        murmur: Callable[[str], None],
        announce: Callable[[], None],
        *,
        patience: float = PARTS_STOP_SECONDS,
    ) -> None:
        self._server = server
        self._patience = patience
        self._server_back_off = BackOff()
        self._say = say
        self._murmur = murmur
        self._announce = announce
        self._announced = False
        self._selector = selectors.DefaultSelector()
        self._children = [Child(part) for part in parts]
        self._back_offs = [BackOff() for _ in parts]
        self._stop_requested = False

    def run(self) -> int:
        """Until a signal asks to stop, or until a task among the parts ends: then its exit code."""
        with self._signals():
            try:
                self._start_all()
                return self._supervise()
            finally:
                self._stop_all()

    def _start_all(self) -> None:
        for child, back_off in zip(self._children, self._back_offs, strict=True):
            if not child.part.is_task:
                self._start(child, back_off)

    def _start(self, child: Child, back_off: BackOff) -> None:
        child.start()
        back_off.started = time.monotonic()
        self._selector.register(child.output, selectors.EVENT_READ, child)

    def _supervise(self) -> int:
        while not self._stop_requested:
            self._read(TICK_SECONDS)
            self._keep_server()
            for child, back_off in zip(self._children, self._back_offs, strict=True):
                if child.part.is_task and child.exit_code is not None:
                    return child.exit_code
                self._keep(child, back_off)
            self._announce_when_ready()
        return 0

    def _read(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            child = key.data
            if isinstance(child, Child):
                self._pass_on(child)
            elif isinstance(key.fileobj, socket.socket):
                with suppress(BlockingIOError):
                    key.fileobj.recv(4096)

    def _pass_on(self, child: Child) -> None:
        lines = child.read_lines()
        if child.at_end:
            self._selector.unregister(child.output)
            child.output.close()
        say = self._murmur if child.part.quiet else self._say
        for line in lines:
            say(child.part.prefixed(line))

    def _keep(self, child: Child, back_off: BackOff) -> None:
        if child.note_end():
            if child.part.is_task:
                return  # its end is the end of all; the loop reads its exit code
            delay = back_off.failed()
            self._murmur(f"{child.part.name} ended ({child.ending}); it starts again in {delay:.1f} s.")
        waiting = child.is_idle and back_off.may_start()
        if waiting and not self._stop_requested and (self._announced or not child.part.is_task):
            self._start(child, back_off)

    def _keep_server(self) -> None:
        if self._server is None or self._server.is_alive() or not self._server_back_off.may_start():
            return
        delay = self._server_back_off.failed()
        self._murmur("PostgreSQL ended unexpectedly; it starts again.")
        try:
            self._server.start(give_up=lambda: self._stop_requested)
        except Trouble as trouble:
            self._murmur(f"{trouble} The next attempt follows in {delay:.1f} s.")
        self._server_back_off.started = time.monotonic()

    def _announce_when_ready(self) -> None:
        if not self._announced and all(child.is_ready for child in self._children):
            self._announced = True
            self._announce()

    def _stop_all(self) -> None:
        for child in self._children:
            child.ask_to_stop()
        deadline = time.monotonic() + self._patience
        self._stop_requested = False
        while any(child.is_running for child in self._children):
            # A second Ctrl-C while stopping means: at once.
            if time.monotonic() > deadline or self._stop_requested:
                break
            self._read(0.05)
        for child in self._children:
            child.kill()
        if self._server is not None:
            self._server.stop(SERVER_STOP_SECONDS)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if number != signal.SIGCHLD:
            self._stop_requested = True

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Signals, the end of a child among them, wake the selector through a socket."""
        reader, writer = socket.socketpair()
        reader.setblocking(False)
        writer.setblocking(False)
        self._selector.register(reader, selectors.EVENT_READ)
        wakeup = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        wanted = [*STOPPED_BY, signal.SIGCHLD]
        # nohup has SIGHUP ignored on purpose.
        wanted = [number for number in wanted if signal.getsignal(number) != signal.SIG_IGN]
        old = {number: signal.signal(number, self._on_signal) for number in wanted}
        try:
            yield
        finally:
            for number, handler in old.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(wakeup)
            reader.close()
            writer.close()
