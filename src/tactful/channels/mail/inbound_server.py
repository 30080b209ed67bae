"""The door for mail from outside: LMTP or SMTP behind the firm's own mail server.

A mail is answered with 250 only after ``store`` came back, so it is stored durably or still with the
sender. Whatever goes wrong answers 451, and the sender tries again.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP
from aiosmtpd.smtp import Envelope as SmtpEnvelope

from tactful.channels.mail.addresses import plus_token
from tactful.channels.mail.parse import Envelope

log = logging.getLogger(__name__)

Store = Callable[[bytes, Envelope], None]

_LONGEST_LINE = 1024 * 1024  # RFC 5322 says 998, the world does not
_LATER = "451 4.3.0 We cannot store your message now. Try again later."


@dataclass(frozen=True, slots=True)
class DoorSettings:
    """``own``: addresses that we take mail for, with any plus token; empty takes all (behind a server
    that has checked already). ``port`` 0 takes a free one. ``size_limit``: bytes of one mail."""

    host: str = "127.0.0.1"
    port: int = 0
    lmtp: bool = False
    own: frozenset[str] = frozenset()
    hostname: str = "tactful.local"
    size_limit: int = 50 * 1024 * 1024


class InboundServer:
    """Serves from ``start`` to ``stop`` in a thread of its own.

    ``store(raw, envelope)`` runs in a worker thread, commits, and may raise anything. It can get the
    same mail twice (we died between commit and 250): the caller knows it by its ``provider_id``.
    """

    def __init__(self, settings: DoorSettings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, name="inbound mail", daemon=True)

    @property
    def port(self) -> int:
        if self._server is None:
            raise RuntimeError("The door is closed. Call start() first.")
        return int(self._server.sockets[0].getsockname()[1])

    def start(self) -> None:
        """Raises ``OSError`` if the port is taken."""
        self._thread.start()
        settings = self._settings
        opening = self._loop.create_server(self._protocol, settings.host, settings.port)

        async def opened() -> asyncio.Server:
            return await opening

        try:
            self._server = asyncio.run_coroutine_threadsafe(opened(), self._loop).result()
        except OSError:
            self._end()
            raise

    def stop(self) -> None:
        """No new mail; what is being stored is finished first, but its sender may hear no answer."""
        if self._server is not None:
            self._loop.call_soon_threadsafe(self._server.close)
            asyncio.run_coroutine_threadsafe(self._finish(), self._loop).result()
            self._end()
            self._server = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def _finish(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._loop.shutdown_default_executor()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _protocol(self) -> SMTP:
        settings = self._settings
        kind = _PatientLmtp if settings.lmtp else _PatientSmtp
        return kind(
            _Handler(settings, self._store),
            hostname=settings.hostname,
            ident="Tactful",
            data_size_limit=settings.size_limit,
            enable_SMTPUTF8=True,
            loop=self._loop,
        )


class _PatientSmtp(SMTP):
    line_length_limit = _LONGEST_LINE


class _PatientLmtp(LMTP):
    line_length_limit = _LONGEST_LINE


class _Handler:
    def __init__(self, settings: DoorSettings, store: Store) -> None:
        self._settings = settings
        self._store = store

    async def handle_RCPT(  # noqa: N802 - names and arguments are aiosmtpd's
        self, _server: Any, _session: Any, envelope: SmtpEnvelope, address: str, _options: list[str]
    ) -> str:
        if not self._is_ours(address):
            return "550 5.1.1 We do not take mail for this address."
        if self._settings.lmtp and envelope.rcpt_tos:
            # LMTP wants one answer for each recipient after the dot; one recipient makes that one.
            return "452 4.5.3 One recipient at a time, please."
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: SmtpEnvelope) -> str:  # noqa: N802
        raw = envelope.content
        if not isinstance(raw, bytes):
            return _LATER
        sender = (envelope.mail_from or "").removeprefix("<>")  # aiosmtpd's spelling of the null sender
        known = Envelope(sender, tuple(envelope.rcpt_tos))
        try:
            await asyncio.to_thread(self._store, raw, known)
        except Exception:
            log.exception("A mail from outside could not be stored; its sender will try again.")
            return _LATER
        return "250 2.0.0 Stored"

    async def handle_exception(self, error: Exception) -> str:
        log.error("A mail dialogue broke: %r", error)
        return _LATER

    def _is_ours(self, address: str) -> bool:
        own = self._settings.own
        return (
            not own or address.lower() in {known.lower() for known in own} or bool(plus_token([address], own))
        )
