"""Live pages: one connection of this process listens to the house and tells every open page.

What goes out are names of kinds of news (``today``, ``inbox``, ``thread``, ``outbox``); a page then
fetches itself anew. Nothing of any client travels here.
"""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connection
from psycopg import AsyncConnection, Error

from tactful.events.actions import NOTIFY_CHANNEL

logger = logging.getLogger(__name__)

BEAT = 15.0  # seconds between two signs of life
AGAIN = 2.0  # seconds before a lost connection is made anew
FAR_BEHIND = 100  # news that a page has not taken yet
GATHER = 0.2  # seconds in which news that come together are told once
PAGES = ("today", "inbox", "thread", "outbox")
HEARD = {
    "today": ("task.", "message.", "hold.", "outbox", "complaint.", "document.", "conversation."),
    "inbox": ("reply.", "conversation.", "handoff.", "question.", "complaint.", "task.", "message.held"),
    "thread": ("reply.", "conversation.", "handoff.", "complaint.", "message.", "document.", "hold."),
    "outbox": ("message.", "outbox", "hold."),
}

Queue = asyncio.Queue[frozenset[str] | None]  # None: the process stops


def pages_of(names: list[str]) -> frozenset[str]:
    """Which parts of pages want to know of these facts."""
    return frozenset(
        page for page, prefixes in HEARD.items() if any(name.startswith(prefixes) for name in names)
    )


class Hub:
    """The listeners of this process. It listens while somebody does, and lets go after the last."""

    def __init__(self) -> None:
        self._queues: set[Queue] = set()
        self._task: asyncio.Task[None] | None = None

    def join(self) -> Queue:
        queue: Queue = asyncio.Queue()
        self._queues.add(queue)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._listen())
        return queue

    def leave(self, queue: Queue) -> None:
        self._queues.discard(queue)
        if not self._queues and self._task is not None:
            self._task.cancel()
            self._task = None

    def close(self) -> None:
        """The process stops: every page is let go, and comes back to the next one."""
        for queue in self._queues:
            queue.put_nowait(None)

    def tell(self, pages: frozenset[str]) -> None:
        for queue in self._queues:
            if queue.qsize() < FAR_BEHIND:  # a page that is so far behind fetches itself anyway
                queue.put_nowait(pages)

    async def _listen(self) -> None:
        lost = False
        while True:
            try:
                async with await AsyncConnection.connect(**_parameters(), autocommit=True) as house:
                    await house.execute(f"LISTEN {NOTIFY_CHANNEL}")
                    if lost:
                        self.tell(frozenset(PAGES))  # whatever happened meanwhile
                    async for news in house.notifies():
                        self.tell(pages_of(json.loads(news.payload)))
            except (Error, OSError, ValueError):
                logger.warning("Live pages have lost the database. They try again.", exc_info=True)
            lost = True
            await asyncio.sleep(AGAIN)


def _parameters() -> dict[str, Any]:
    given = connection.get_connection_params()
    kept = {key: value for key, value in given.items() if key not in ("cursor_factory", "context")}
    return {**kept, "application_name": "tactful live"}


HUBS: dict[asyncio.AbstractEventLoop, Hub] = {}


def hub() -> Hub:
    """The one of the running loop."""
    loop = asyncio.get_running_loop()
    for gone in [each for each in HUBS if each.is_closed()]:
        del HUBS[gone]
    return HUBS.setdefault(loop, Hub())


def let_go() -> None:
    """End the streams of this process, for live pages never end by themselves."""
    hub().close()


async def stream() -> AsyncGenerator[bytes]:
    """Server-sent events until the page is closed or the process stops."""
    await _let_go_of_the_database()
    here = hub()
    queue = here.join()
    try:
        yield b"retry: 3000\n: here\n\n"
        while True:
            try:
                pages = await asyncio.wait_for(queue.get(), BEAT)
            except TimeoutError:
                yield b": still here\n\n"
                continue
            await asyncio.sleep(GATHER if pages is not None else 0)
            while pages is not None and not queue.empty():
                more = queue.get_nowait()
                pages = None if more is None else pages | more
            if pages is None:
                return
            yield b"".join(f"event: {page}\ndata: {page}\n\n".encode() for page in sorted(pages))
    finally:
        here.leave(queue)


@sync_to_async
def _let_go_of_the_database() -> None:
    """In the thread of the request, which asked who this is, and has no question until the page is closed."""
    connection.close()
