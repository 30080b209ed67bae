"""Tells other systems what journeys want them to know, one call at a time, outside of any transaction.

HTTPS, one request, no redirects, through the one guard of outgoing connections. What cannot be reached or
is out of order for the moment is tried again six times over about nine hours, with the same key.
"""

import http.client
import json
import logging
import re
import socket
import ssl
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.db import DataError, transaction

from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.foundation import egress
from tactful.journeys.hearing import CALLED
from tactful.journeys.hot import calls
from tactful.journeys.hot.calls import Call

logger = logging.getLogger(__name__)

TIMEOUT = 10.0  # seconds, for each step of the way
MOST_ANSWER = 65_536  # bytes
MOST_FIELDS = 50
BUSY = frozenset({408, 425, 429})
_HALVES = re.compile("[\ud800-\udfff]").search


@dataclass(frozen=True, slots=True)
class Said:
    """``status``: of HTTP, None if nobody answered. ``fields``: plain values of a JSON object."""

    status: int | None
    fields: dict[str, Any]
    error: str = ""

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def may_pass(self) -> bool:
        return self.status is None or self.status >= 500 or self.status in BUSY


def call_out(now: datetime, limit: int = 20) -> int:
    """Make the calls that are due. Answers how many were made."""
    claimed = calls.claim(limit)
    for call in claimed:
        said = tell(call)
        try:
            _conclude(call, said, now)
        except DataError as error:  # an answer that cannot be kept stops this call and no other
            logger.exception("The answer to call %s could not be kept.", call.id)
            _conclude(call, Said(said.status, {}, f"{type(error).__name__}"), now)
    return len(claimed)


def tell(call: Call) -> Said:
    """One attempt."""
    try:
        return _post(urlsplit(call.url), call)
    except egress.NotAllowed as error:
        return Said(403, {}, str(error))
    except (OSError, http.client.HTTPException, ValueError) as error:
        logger.info("The call %s was not answered: %s", call.id, error)
        return Said(None, {}, f"{type(error).__name__}: {error}")


@transaction.atomic
def _conclude(call: Call, said: Said, now: datetime) -> None:
    if not said.ok and said.may_pass and call.attempt < calls.MOST_ATTEMPTS:
        calls.try_again(call, said.status, said.error)
    elif calls.settle(call, done=said.ok, status=said.status, error=said.error):
        data = {"enrolment": call.enrolment, "visit": call.visit, "ok": said.ok, "status": said.status}
        record([NewFact(CALLED, call.contact, data | {"answer": said.fields})], now=now)


def _post(url: SplitResult, call: Call) -> Said:
    body = json.dumps(call.body, ensure_ascii=False).encode()
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "User-Agent": "Tactful",
        "Idempotency-Key": str(call.id),
        "Connection": "close",
    }
    connection = _Guarded(url)
    try:
        connection.request("POST", target, body, headers)
        answer = connection.getresponse()
        return Said(answer.status, _fields(answer.read(MOST_ANSWER + 1)))
    finally:
        connection.close()


class _Guarded(http.client.HTTPConnection):
    """A connection to an address that the guard has looked at. Plain HTTP only where local hosts are."""

    def __init__(self, url: SplitResult) -> None:
        if url.scheme != "https" and not settings.LOCAL_MAIL_HOSTS:
            raise ValueError("The address must begin with https://.")
        if not url.hostname:
            raise ValueError("The address names no host.")
        self._secure = url.scheme == "https"
        super().__init__(url.hostname, url.port or (443 if self._secure else 80), timeout=TIMEOUT)

    def connect(self) -> None:
        plain: socket.socket = egress.connect(self.host, self.port, TIMEOUT)
        if self._secure:
            plain = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)
        self.sock = plain


def _fields(body: bytes) -> dict[str, Any]:
    """What a JSON object says in plain values; anything else says nothing."""
    if len(body) > MOST_ANSWER:
        return {}
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(said, dict):
        return {}
    plain = {name: value for name, value in said.items() if _can_be_kept(name) and _can_be_kept(value)}
    return dict(list(plain.items())[:MOST_FIELDS])


def _can_be_kept(value: object) -> bool:
    """What JSON allows and PostgreSQL does not: NUL, halves of surrogate pairs, and numbers beyond all."""
    if isinstance(value, str):
        return "\0" not in value and not _HALVES(value)
    if isinstance(value, float):
        return isfinite(value)
    return isinstance(value, int)
