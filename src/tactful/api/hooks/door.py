"""The ASGI application for ``/hooks/in/``: stored first, answered at once; what it means is read later."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import msgspec
from django.db import DatabaseError, InterfaceError, connection

from tactful.api.tracking.answers import Answer, Headers
from tactful.api.tracking.door import Receive, Scope, Send, body_of, check_way, say
from tactful.connectors.actions import MOST_BYTES, Verdict, receive
from tactful.connectors.queries import PREFIX
from tactful.connectors.sentences import in_words
from tactful.tracking.types import BadRequest

__all__ = ["PREFIX", "HookDoor"]

logger = logging.getLogger(__name__)

_JSON: Final = (b"content-type", b"application/json")
MOST_WAITING = 64  # requests; beyond, senders are asked to come again
RETRY_AFTER = {429: b"60", 503: b"5"}


class Denied(Exception):
    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


class HookDoor:
    """``await door(scope, receive, send)`` for requests whose path begins with ``PREFIX``."""

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hooks")
        self.waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            verdict = await self._verdict(scope, receive)
        except Denied as denied:
            verdict = Verdict(denied.status, denied.code)
        await say(send, _answer(verdict), [])

    async def _verdict(self, scope: Scope, receiving: Receive) -> Verdict:
        raw = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if way := check_way(scope, raw):
            raise Denied(*way)
        headers = {name.decode("latin-1"): value for name, value in raw.items()}
        if scope["method"] != "POST":
            raise Denied(405, "method")
        body = await _body(receiving)
        if self.waiting >= MOST_WAITING:
            raise Denied(503, "later")
        self.waiting += 1
        try:
            token = scope["path"].removeprefix(PREFIX).rstrip("/")
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self.thread, _patiently, token, headers, body)
        finally:
            self.waiting -= 1


def _patiently(token: str, headers: dict[str, str], body: bytes) -> Verdict:
    """In the thread of the door: after trouble, the next one gets a new connection."""
    try:
        return receive(token, headers, body)
    except (DatabaseError, InterfaceError) as error:
        logger.warning("A webhook could not be stored: %s", error)
        connection.close()
        return Verdict(503, "later")


async def _body(receive: Receive) -> bytes:
    try:
        return await body_of(receive, MOST_BYTES)
    except BadRequest as bad:
        raise (Denied(413, "large") if bad.code == "large" else Denied(400, "later")) from bad


def _answer(verdict: Verdict) -> Answer:
    if not verdict.code:
        return Answer(verdict.status, b'{"ok":true}')
    message = in_words(verdict.code, {"limit": str(MOST_BYTES)})
    headers: Headers = [_JSON]
    if verdict.status in RETRY_AFTER:
        headers.append((b"retry-after", RETRY_AFTER[verdict.status]))
    body = msgspec.json.encode({"ok": False, "code": verdict.code, "message": message})
    return Answer(verdict.status, body, tuple(headers))
