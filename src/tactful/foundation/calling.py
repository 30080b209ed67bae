"""One HTTPS request to an address that a person has typed, through the one guard of outgoing connections.

No redirects, no proxies, no cookies. A time for the whole of it: a server that drips its answer holds
nobody up.
"""

import http.client
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Timer
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from tactful.foundation import egress

SECONDS = 10.0  # for the whole request
MOST_ANSWER = 65_536  # bytes
BUSY = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Answer:
    """``status``: of HTTP, None if nobody answered; then ``error`` says why. A ``body`` that is one byte
    longer than was asked for is cut."""

    status: int | None
    body: bytes = b""
    error: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def may_pass(self) -> bool:
        """Whether it is worth to ask again later."""
        return self.status is None or self.status >= 500 or self.status in BUSY


@dataclass(frozen=True, slots=True)
class Asking:
    """``seconds``: for the whole request. ``most``: bytes of the answer."""

    method: str = "POST"
    seconds: float = SECONDS
    most: int = MOST_ANSWER


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """One attempt; never raises. An address that is not allowed counts as refused (403)."""
    return ask(url, body, headers, Asking())


def ask(url: str, body: bytes, headers: Mapping[str, str], asking: Asking) -> Answer:
    """As ``post``, with any method."""
    try:
        return _ask(urlsplit(url), body, headers, asking)
    except egress.NotAllowed as error:
        return Answer(403, error=str(error))
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(None, error=f"{type(error).__name__}: {error}")


def _ask(url: SplitResult, body: bytes, headers: Mapping[str, str], asking: Asking) -> Answer:
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    ours = {"Content-Type": "application/json", "User-Agent": "Tactful", "Connection": "close"}
    connection = _Guarded(url, asking.seconds)
    patience = Timer(asking.seconds, connection.hang_up)
    patience.start()
    try:
        connection.request(asking.method, target, body, ours | dict(headers))
        answer = connection.getresponse()
        status, said = answer.status, answer.read(asking.most + 1)
        if connection.hung_up:
            raise TimeoutError(f"The answer took longer than {asking.seconds:.0f} seconds.")
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(status, said, headers=told)
    finally:
        patience.cancel()
        connection.close()


class _Guarded(http.client.HTTPConnection):
    """A connection to an address that the guard has looked at. Plain HTTP only where local hosts are."""

    def __init__(self, url: SplitResult, seconds: float) -> None:
        if url.scheme != "https" and not settings.LOCAL_MAIL_HOSTS:
            raise ValueError("The address must begin with https://.")
        if not url.hostname:
            raise ValueError("The address names no host.")
        self._secure = url.scheme == "https"
        self.hung_up = False
        super().__init__(url.hostname, url.port or (443 if self._secure else 80), timeout=seconds)

    def connect(self) -> None:
        plain: socket.socket = egress.connect(self.host, self.port, self.timeout)
        if self._secure:
            plain = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)
        self.sock = plain
        if self.hung_up:
            raise TimeoutError("No connection in time.")

    def hang_up(self) -> None:
        """From another thread: whoever reads or writes gets an end or an error at once."""
        self.hung_up = True
        if self.sock is not None:
            with suppress(OSError):  # it has ended by itself
                self.sock.shutdown(socket.SHUT_RDWR)
