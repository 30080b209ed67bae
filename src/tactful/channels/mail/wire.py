"""The wire under SMTP: whole groups out, one reply at a time in.

Every failure is one ``WireError``, which knows how much of the failed write may have left: the
caller decides from it whether the final dot is out.
"""

import re
import socket
import ssl
import struct
from contextlib import suppress
from typing import NamedTuple

from tactful.channels.mail.troubles import broken, no_encryption
from tactful.channels.types import our_words

LINE_LIMIT = 64 * 1024  # bytes; RFC 5321 says 512
REPLY_LINES = 1000
_CHUNK = 64 * 1024
_CODES = {b"%d" % code: code for code in range(200, 600)}


class WireError(Exception):
    """The connection is gone, silent or no longer makes sense; it must be closed. Its text: ``our_words``.

    ``accepted``: of a write that failed, how many bytes may have left this machine; None: no write.
    """

    def __init__(self, detail: str, accepted: int | None = None) -> None:
        super().__init__(detail)
        self.accepted = accepted


class Reply(NamedTuple):
    code: int
    lines: tuple[bytes, ...]  # without code and line end


class Wire:
    """One connected socket. ``timeout``: seconds without any byte before ``WireError``."""

    def __init__(self, sock: socket.socket, timeout: float) -> None:
        _wait_at_most(sock, timeout)
        if sock.family != getattr(socket, "AF_UNIX", None):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock = sock
        self._timeout = timeout
        self._buffer = b""
        self._at = 0

    @property
    def encrypted(self) -> bool:
        return isinstance(self._sock, ssl.SSLSocket)

    @property
    def local_address(self) -> str:
        name = self._sock.getsockname()
        return str(name[0]) if isinstance(name, tuple) else ""

    def encrypt(self, context: ssl.SSLContext, host: str) -> None:
        """TLS from here on. Bytes that came before it are an injection and are refused."""
        if self._at < len(self._buffer):
            raise WireError(our_words("smtp.text_after_starttls"))
        try:
            self._sock.settimeout(self._timeout)
            self._sock = context.wrap_socket(self._sock, server_hostname=host)
        except (OSError, ValueError) as error:
            raise WireError(no_encryption(error)) from error

    def write(self, data: bytes) -> None:
        """All of ``data``, or ``WireError`` with the number of bytes that may have left."""
        sent = 0
        try:
            sent = self._sock.send(data)
            while sent < len(data):
                sent += self._sock.send(memoryview(data)[sent:])
        except OSError as error:
            # A failed TLS write may have sent some of its records, so all of it counts as sent.
            raise WireError(broken(error), len(data) if self.encrypted else sent) from error

    def read_reply(self, patience: int = 1) -> Reply:
        """The next reply. ``patience``: how many time-outs in a row to bear."""
        lines: list[bytes] = []
        while True:
            start = self._at
            while (end := self._buffer.find(b"\n", start)) < 0:
                self._fill(patience)
                start = 0
            line = self._buffer[start:end].rstrip()
            self._at = end + 1
            lines.append(line[4:])
            code = _code(line[:3])
            if line[3:4] != b"-":
                return Reply(code, tuple(lines))
            if len(lines) > REPLY_LINES:
                raise WireError(our_words("smtp.endless"))

    def expect(self, expected: re.Pattern[bytes]) -> re.Match[bytes] | None:
        """Pass over replies that are here already, if they look exactly as expected."""
        found = expected.match(self._buffer, self._at)
        if found is not None:
            self._at = found.end()
        return found

    def hear(self, expected: re.Pattern[bytes], patience: int) -> re.Match[bytes] | None:
        """Wait until something is here, and ``expect`` it. None: ``read_reply`` says what it is."""
        if self._at == len(self._buffer):
            self._buffer, self._at = self._receive(patience), 0
        return self.expect(expected)

    def _fill(self, patience: int) -> None:
        left = self._buffer[self._at :]
        if len(left) > LINE_LIMIT:
            raise WireError(our_words("smtp.endless"))
        self._buffer = left + self._receive(patience)
        self._at = 0

    def _receive(self, patience: int) -> bytes:
        for left in range(patience - 1, -1, -1):
            try:
                data = self._sock.recv(_CHUNK)
            except (TimeoutError, BlockingIOError) as error:
                if not left:
                    raise WireError(our_words("smtp.silent")) from error
            except OSError as error:
                raise WireError(broken(error)) from error
            else:
                if data:
                    return data
                raise WireError(our_words("smtp.closed"))
        raise WireError(our_words("smtp.silent"))

    def close(self) -> None:
        with suppress(OSError):  # it is gone either way; a reader in another thread wakes up by this
            self._sock.shutdown(socket.SHUT_RDWR)
        with suppress(OSError):
            self._sock.close()


def _wait_at_most(sock: socket.socket, timeout: float) -> None:
    """The kernel minds the time: Python's own time-outs cost a poll before each read and each write."""
    sock.settimeout(None)
    seconds, fraction = divmod(timeout, 1)
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        sock.setsockopt(
            socket.SOL_SOCKET, option, struct.pack("@ll", int(seconds), int(fraction * 1_000_000))
        )


def _code(digits: bytes) -> int:
    code = _CODES.get(digits)
    if code is None:
        raise WireError(our_words("smtp.not_mail", answer=digits.decode("ascii", "replace")))
    return code
