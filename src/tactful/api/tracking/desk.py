"""Between the event loop and the database: one thread stores what has come meanwhile, in one commit."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from django.db import DatabaseError, InterfaceError, connection

from tactful.foundation.keys.queries import digest
from tactful.tracking.actions import Arrived, open_sources, store
from tactful.tracking.types import Source

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 200
MOST_WAITING = 64 * 1024 * 1024  # bytes; beyond, callers are asked to come again
KEYS_FOR = 2.0  # seconds; so long a revoked key may still be taken


class Unavailable(Exception):
    """Nothing was stored."""


@dataclass(slots=True)
class Desk:
    thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(max_workers=1, thread_name_prefix="tracking")
    )
    keys: dict[bytes, Source] = field(default_factory=dict)
    keys_until: float = 0.0
    waiting: list[tuple[Arrived, "asyncio.Future[bool]"]] = field(default_factory=list)
    bytes_waiting: int = 0
    work: "asyncio.Task[None] | None" = None

    async def source(self, key: str) -> Source | None:
        """Whose key it is; None if it opens nothing."""
        await self.refresh()
        return self.keys.get(digest(key))

    async def origins(self) -> frozenset[str]:
        """The sites of all browser keys."""
        await self.refresh()
        return frozenset(origin for source in self.keys.values() for origin in source.origins)

    async def refresh(self) -> None:
        loop = asyncio.get_running_loop()
        if loop.time() >= self.keys_until:
            self.keys = await self._in_thread(loop)
            self.keys_until = loop.time() + KEYS_FOR

    async def _in_thread(self, loop: asyncio.AbstractEventLoop) -> dict[bytes, Source]:
        try:
            return await loop.run_in_executor(self.thread, _patiently, open_sources)
        except (DatabaseError, InterfaceError) as error:
            raise Unavailable from error

    async def keep(self, arrived: Arrived) -> bool:
        """True when it is stored, False if its key sends too much. Raises ``Unavailable``."""
        if self.bytes_waiting + len(arrived.body) > MOST_WAITING:
            raise Unavailable
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.waiting.append((arrived, done))
        self.bytes_waiting += len(arrived.body)
        if self.work is None or self.work.done():
            self.work = asyncio.create_task(self._store())
        return await done

    async def _store(self) -> None:
        loop = asyncio.get_running_loop()
        while self.waiting:
            now, self.waiting = self.waiting[:MOST_AT_ONCE], self.waiting[MOST_AT_ONCE:]
            self.bytes_waiting -= sum(len(arrived.body) for arrived, _ in now)
            try:
                verdicts = await loop.run_in_executor(
                    self.thread, _patiently, lambda some=now: store([arrived for arrived, _ in some])
                )
            except Exception as error:  # noqa: BLE001, each of them is answered
                logger.warning("Tracking calls could not be stored: %s", error)
                _settle([done for _, done in now], Unavailable())
            else:
                for (_, done), verdict in zip(now, verdicts, strict=True):
                    if not done.done():
                        done.set_result(verdict)


def _settle(waiting: "list[asyncio.Future[bool]]", error: Exception) -> None:
    for done in waiting:
        if not done.done():
            done.set_exception(error)


def _patiently(act):  # type: ignore[no-untyped-def]
    """In the thread of the desk: after trouble, the next try gets a new connection."""
    try:
        return act()
    except (DatabaseError, InterfaceError):
        connection.close()
        raise
