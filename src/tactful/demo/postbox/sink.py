"""A bottomless mail server for benches and tests.

``python -m tactful.demo.postbox.sink --port 2525 --drop 2 --record taken.txt`` runs it as a process of
its own; it prints ``ready <port>`` and then serves until it is ended. In a test: ``with Sink() as sink:``.
"""

import argparse
import asyncio
import contextlib
import signal
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

try:
    import uvloop  # twice as fast where it exists
except ImportError:
    uvloop = None  # type: ignore[assignment]

from tactful.demo.postbox.ledger import Ledger, Script, SinkMail, SinkSettings
from tactful.demo.postbox.sink_protocol import sink_factory

__all__ = ["Ledger", "Script", "Sink", "SinkMail", "SinkSettings"]

_HOST = "127.0.0.1"


class Sink:
    """The sink in a thread of its own, on a free port of loopback."""

    def __init__(
        self, settings: SinkSettings | None = None, *, tls: ssl.SSLContext | None = None, port: int = 0
    ) -> None:
        self.settings = settings or SinkSettings()
        self.ledger = Ledger(keep_all=True)
        self.port = port
        self._tls = tls
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="sink", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        factory = sink_factory(self.settings, self.ledger)
        server = self._loop.run_until_complete(
            self._loop.create_server(factory, _HOST, self.port, ssl=self._tls)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for transport in list(self.ledger.open):
            transport.abort()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()


async def serve(settings: SinkSettings, ledger: Ledger, port: int) -> None:
    """Serve until SIGTERM or SIGINT; says ``ready <port>`` on standard output."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(sink_factory(settings, ledger), _HOST, port)
    print("ready", server.sockets[0].getsockname()[1], flush=True)
    done = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, done.set)
    await done.wait()
    server.close()
    print("taken", len(ledger.mails), "different", len(ledger.counts), flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description="A bottomless mail server on loopback.")
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--drop", type=float, default=0.0, help="per cent dropped after the final dot")
    options.add_argument("--latency", type=float, default=0.0, help="seconds before the reply to a dot")
    options.add_argument("--record", type=Path, help="append one line for each mail to this file")
    options.add_argument("--no-pipelining", action="store_true")
    options.add_argument(
        "--script",
        action="append",
        default=[],
        metavar="ADDRESS=STAGE:REPLY",
        help='e.g. "bad@example.com=dot:554 5.6.0 No"',
    )
    given = options.parse_args()
    settings = SinkSettings(drop_after_dot=given.drop, latency=given.latency)
    settings.scripts.update(_script(text) for text in given.script)
    if given.no_pipelining:
        settings.extensions = tuple(name for name in settings.extensions if name != "PIPELINING")
    with contextlib.ExitStack() as stack:
        record: TextIO | None = stack.enter_context(given.record.open("a")) if given.record else None
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(serve(settings, Ledger(record=record), given.port))


def _script(text: str) -> tuple[str, Script]:
    address, _, rest = text.rpartition("=")
    stage, _, reply = rest.partition(":")
    return address, Script(stage, reply)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    return uvloop.new_event_loop if uvloop is not None else None


if __name__ == "__main__":
    main()
