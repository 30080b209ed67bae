"""The sink's side of one SMTP connection: fast, obedient, and nasty where it is told to be."""

import asyncio
import base64
import random
import re
from collections.abc import Callable
from hashlib import sha256
from typing import cast

from tactful.demo.postbox.ledger import Ledger, SinkMail, SinkSettings

TOKEN = re.compile(rb"user=([^\x01]+)\x01auth=Bearer ([^\x01]+)\x01\x01")


class SinkProtocol(asyncio.Protocol):
    transport: asyncio.Transport

    def __init__(self, settings: SinkSettings, ledger: Ledger, dice: random.Random) -> None:
        self._settings = settings
        self._ledger = ledger
        self._dice = dice
        self._buffer = b""
        self._out: list[bytes] = []
        self._in_data = False
        self._asleep = False
        self._sender = self._recipient = ""
        self._logins_due = 0
        self._refused = False
        self._known = settings.accepts is None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop has classes of its own
        self._ledger.connections += 1
        self._ledger.open.add(self.transport)
        self._say(self._settings.greeting)
        self._flush()

    def connection_lost(self, _exc: Exception | None) -> None:
        self._ledger.open.discard(self.transport)

    def data_received(self, data: bytes) -> None:
        self._ledger.writes += 1
        self._buffer = self._buffer + data if self._buffer else data
        if not self._asleep:
            self._work()

    def _work(self) -> None:
        while not self._asleep and not self.transport.is_closing() and self._step():
            pass
        self._flush()

    def _step(self) -> bool:
        """One command or one body out of the buffer; False if neither is complete."""
        if self._in_data:
            return self._take_body()
        line, end, rest = self._buffer.partition(b"\r\n")
        if not end:
            return False
        self._buffer = rest
        if self._ledger.keep_all:
            self._ledger.commands.append(line)
        self._command(line)
        return True

    def _command(self, line: bytes) -> None:
        if self._logins_due:
            self._logins_due -= 1
            self._say("334 UGFzc3dvcmQ6" if self._logins_due else self._settings.auth_reply)
            return
        if self._refused:  # whatever is said after the reason of a refusal is heard, and refused
            self._refused = False
            self._say("535 5.7.3 Authentication unsuccessful")
            return
        handler = _VERBS.get(line[:4].upper())
        if handler is None:
            self._say("502 5.5.2 Unknown command")
        else:
            handler(self, line)

    def on_ehlo(self, _line: bytes) -> None:
        lines = ("sink.local", *self._settings.extensions)
        for number, text in enumerate(lines, 1):
            self._say(f"250{' ' if number == len(lines) else '-'}{text}")

    def on_mail(self, line: bytes) -> None:
        self._sender = _path(line)
        self._recipient = ""
        self._say(self._scripted("mail", self._sender) or "250 2.1.0 Ok")

    def on_rset(self, _line: bytes) -> None:
        self._recipient = ""
        self._say("250 2.0.0 Ok")

    def on_quit(self, _line: bytes) -> None:
        self._say("221 2.0.0 Bye")
        self._flush()
        self.transport.close()

    def on_rcpt(self, line: bytes) -> None:
        recipient = _path(line)
        if not self._known:
            self._say("530 5.7.57 Client was not authenticated")
            return
        reply = self._scripted("rcpt", recipient)
        if reply is None:
            self._recipient = recipient
            reply = "250 2.1.5 Ok"
        self._say(reply)

    def on_data(self, _line: bytes) -> None:
        if not self._recipient:
            self._say("554 5.5.1 No valid recipients")
            return
        reply = self._scripted("data", self._recipient)
        self._in_data = reply is None or reply.startswith("354")
        self._say(reply or "354 Go on")

    def on_auth(self, line: bytes) -> None:
        if self._settings.accepts is not None:
            self._known = _shows_token(line, self._settings.accepts)
            self._refused = not self._known
            self._say("334 eyJzdGF0dXMiOiI0MDEifQ==" if self._refused else self._settings.auth_reply)
        elif line[5:].upper().startswith(b"LOGIN"):
            self._logins_due = 2
            self._say("334 VXNlcm5hbWU6")
        else:
            self._say(self._settings.auth_reply)

    def _take_body(self) -> bool:
        end, stuffed = _end_of_body(self._buffer)
        if end < 0:
            return False
        payload = self._buffer[:end]
        self._buffer = self._buffer[end + 3 :]
        self._in_data = False
        if stuffed:
            payload = payload[1:] if payload.startswith(b".") else payload
            payload = payload.replace(b"\r\n..", b"\r\n.")
        self._answer_body(payload)
        return True

    def _answer_body(self, payload: bytes) -> None:
        reply = self._scripted("dot", self._recipient)
        dropped = self._dice.random() * 100 < self._settings.drop_after_dot
        if reply is None or reply in ("drop", "silence"):
            mail = SinkMail(
                message_id(payload),
                sha256(payload).hexdigest(),
                self._recipient,
                self._sender,
                dropped or reply is not None,
            )
            try:
                self._ledger.take(mail, payload)
            except OSError as error:
                reply = f"451 4.3.0 The message could not be kept: {error.strerror}"
        self._recipient = ""
        if self._settings.latency:
            self._sleep()
        self._say("drop" if dropped else reply or f"250 2.0.0 Ok: queued as {self._ledger.total:X}")

    def _scripted(self, stage: str, recipient: str) -> str | None:
        script = self._settings.scripts.get(recipient)
        if script is None or script.stage != stage:
            return None
        if script.times == 1:
            del self._settings.scripts[recipient]
        elif script.times > 1:
            self._settings.scripts[recipient] = script._replace(times=script.times - 1)
        return script.reply

    def _say(self, reply: str) -> None:
        if reply == "drop":
            self._flush()
            self.transport.abort()
        elif reply == "silence":
            self._flush()
            self._asleep = True
        else:
            self._out.append(reply.encode() + b"\r\n")
            if reply.startswith("421"):
                self._flush()
                self.transport.close()

    def _sleep(self) -> None:
        self._flush()
        self._asleep = True
        asyncio.get_running_loop().call_later(self._settings.latency, self._wake)

    def _wake(self) -> None:
        self._asleep = False
        self._work()

    def _flush(self) -> None:
        if self._out and not self._asleep and not self.transport.is_closing():
            self.transport.write(b"".join(self._out))
            self._out.clear()


def sink_factory(settings: SinkSettings, ledger: Ledger) -> Callable[[], SinkProtocol]:
    dice = random.Random(settings.seed)  # noqa: S311 - drops, not secrets
    return lambda: SinkProtocol(settings, ledger, dice)


_VERBS: dict[bytes, Callable[[SinkProtocol, bytes], None]] = {
    b"EHLO": SinkProtocol.on_ehlo,
    b"AUTH": SinkProtocol.on_auth,
    b"MAIL": SinkProtocol.on_mail,
    b"RCPT": SinkProtocol.on_rcpt,
    b"DATA": SinkProtocol.on_data,
    b"RSET": SinkProtocol.on_rset,
    b"QUIT": SinkProtocol.on_quit,
}


def _shows_token(line: bytes, accepts: Callable[[str, str], bool]) -> bool:
    found = TOKEN.fullmatch(base64.b64decode(line.partition(b" XOAUTH2 ")[2]))
    return found is not None and accepts(found[1].decode(), found[2].decode())


def _end_of_body(buffer: bytes) -> tuple[int, bool]:
    """Where the final dot stands (-1: not yet), and whether a line before it begins with a dot."""
    if buffer.startswith(b".\r\n"):
        return 0, False
    at = buffer.find(b"\r\n.")
    if buffer.startswith(b"\r\n", at + 3) and at >= 0:
        return at + 2, buffer.startswith(b".")
    end = buffer.find(b"\r\n.\r\n", max(at, 0))
    return (end + 2 if end >= 0 else -1), True


def message_id(payload: bytes) -> str:
    """The Message-ID of a message, with brackets; "" if it has none. Folded ids are not understood."""
    head = payload[: payload.find(b"\r\n\r\n") + 2] or payload
    at = (b"\r\n" + head).lower().find(b"\r\nmessage-id:")
    if at < 0:
        return ""
    return head[at + 11 : head.find(b"\r\n", at)].strip().decode("ascii", "replace")


def _path(line: bytes) -> str:
    return line[line.find(b"<") + 1 : line.rfind(b">")].decode("utf-8", "replace")
