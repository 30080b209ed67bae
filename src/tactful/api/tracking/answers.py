"""Answers of the door, with the headers that Django's middleware would have set."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import msgspec
from django.conf import settings

from tactful.tracking.sentences import sentence

Headers = list[tuple[bytes, bytes]]
SUCCESS = b'{"success":true}'
_JSON = (b"content-type", b"application/json")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = (_JSON,)


class Refused(Exception):
    """``code`` is one of ``tracking.sentences``. ``retry``: seconds after which it may work."""

    def __init__(self, status: int, code: str, retry: int = 0, **params: str | int) -> None:
        super().__init__(code)
        self.status, self.code, self.retry, self.params = status, code, retry, params

    def told(self, params: Mapping[str, str | int]) -> Self:
        self.params = dict(params)
        return self

    def answer(self) -> Answer:
        message = sentence(self.code, self.params)
        body = msgspec.json.encode({"success": False, "code": self.code, "message": message})
        headers: Headers = [_JSON]
        if self.retry:
            headers.append((b"retry-after", str(self.retry).encode()))
        if self.status == 401:
            headers.append((b"www-authenticate", b'Basic realm="write key", charset="UTF-8"'))
        return Answer(self.status, body, tuple(headers))


def common_headers() -> Headers:
    """For every answer of this door."""
    found = [
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    ]
    if settings.SECURE_HSTS_SECONDS:
        value = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains"
        found.append((b"strict-transport-security", value.encode()))
    return found
