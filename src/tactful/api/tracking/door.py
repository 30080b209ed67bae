"""The ASGI application for ``/v1/``: who calls, with what key, from where, and how much."""

import base64
import binascii
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from tactful.tracking.actions import SECONDS, Arrived
from tactful.tracking.rules.calls import problem
from tactful.tracking.rules.envelope import MOST_BYTES, opened, unpacked
from tactful.tracking.types import BadRequest, CallType, Source

from .answers import SUCCESS, Answer, Headers, Refused, common_headers
from .desk import Desk, Unavailable
from .snippet import SNIPPET, snippet

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PREFIX = "/v1/"
KINDS = frozenset({*(each.value for each in CallType), "batch"})
PREFLIGHT_FOR = b"600"


class TrackingDoor:
    """``await door(scope, receive, send)`` for requests whose path begins with ``PREFIX``."""

    def __init__(self) -> None:
        self.desk = Desk()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        more: Headers = []
        try:
            answer = await self._answer(scope, headers, receive, more)
        except Refused as refused:
            answer = refused.answer()
        except BadRequest as bad:
            answer = Refused(400, bad.code).told(bad.params).answer()
        except Unavailable:
            answer = Refused(503, "later", retry=1).answer()
        await say(send, answer, more)

    async def _answer(
        self, scope: Scope, headers: dict[bytes, str], receive: Receive, more: Headers
    ) -> Answer:
        if way := check_way(scope, headers):
            raise Refused(*way)
        kind = scope["path"].removeprefix(PREFIX).rstrip("/")
        if kind == SNIPPET:
            return snippet(scope["method"], headers)
        if kind not in KINDS:
            raise Refused(404, "path")
        if scope["method"] == "OPTIONS":
            return await self._preflight(headers.get(b"origin", ""))
        if scope["method"] != "POST":
            raise Refused(405, "method")
        body = unpacked(
            await body_of(receive, MOST_BYTES), headers.get(b"content-encoding", "").strip().lower()
        )
        body, calls, own_key = opened(body, kind)
        source = await self._source(headers, own_key)
        _check_origin(source, headers.get(b"origin", ""), more)
        if kind != "batch" and (code := problem(body, kind)):
            raise Refused(400, code)
        if calls and not await self.desk.keep(Arrived(source, kind, body, calls)):
            raise Refused(429, "rate", retry=SECONDS, seconds=SECONDS)
        return Answer(200, SUCCESS)

    async def _source(self, headers: dict[bytes, str], own_key: str) -> Source:
        key = _basic_user(headers.get(b"authorization", "")) or own_key
        if not key:
            raise Refused(401, "no_key")
        source = await self.desk.source(key)
        if source is None:
            raise Refused(401, "key")
        return source

    async def _preflight(self, origin: str) -> Answer:
        if origin not in await self.desk.origins():
            raise Refused(403, "origin", origin=origin[:200])
        return Answer(
            204,
            headers=(
                *_allowed(origin),
                (b"access-control-allow-methods", b"POST"),
                (b"access-control-allow-headers", b"authorization, content-type"),
                (b"access-control-max-age", PREFLIGHT_FOR),
            ),
        )


def check_way(scope: Scope, headers: dict[bytes, str]) -> tuple[int, str] | None:
    """As Django does for its pages: only our own host names, and nothing in the open. Answers with the status
    and the code of what is wrong."""
    host = split_domain_port(headers.get(b"host", ""))[0]
    hosts = settings.ALLOWED_HOSTS or [".localhost", "127.0.0.1", "[::1]"]
    if not host or not validate_host(host, hosts):
        return 400, "host"
    way: str = headers.get(b"x-forwarded-proto") or scope.get("scheme", "http")
    proxied = way.partition(",")[0].strip()
    return (403, "https") if settings.SECURE and proxied != "https" else None


def _check_origin(source: Source, origin: str, more: Headers) -> None:
    """A call with an origin comes from a page, whose visitors can read its key."""
    if not origin:
        return
    if source.is_server:
        raise Refused(403, "server_key")
    if origin not in source.origins:
        raise Refused(403, "origin", origin=origin[:200])
    more.extend(_allowed(origin))


def _allowed(origin: str) -> Headers:
    return [(b"access-control-allow-origin", origin.encode("latin-1")), (b"vary", b"origin")]


def _basic_user(header: str) -> str:
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value.strip(), validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


async def body_of(receive: Receive, most: int) -> bytes:
    """Raises ``BadRequest`` as soon as there is too much of it (``large``), or nobody who sends it."""
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadRequest("json")
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > most:
            raise BadRequest("large", params={"limit": most})
        if not message.get("more_body"):
            return b"".join(pieces)


async def say(send: Send, answer: Answer, more: Headers) -> None:
    length = [(b"content-length", str(len(answer.body)).encode())]
    headers = [*answer.headers, *length, *common_headers(), *more]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
