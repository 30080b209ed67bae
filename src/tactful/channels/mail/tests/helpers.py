"""What the tests of the transport share."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from tactful.channels.mail.journal import PhaseJournal
from tactful.channels.mail.smtp import Security, SmtpConnection, SmtpSettings
from tactful.channels.types import OutboundMessage, Outcome, SendResult
from tactful.demo.postbox.sink import Sink


def settings(port: int, **changes: object) -> SmtpSettings:
    values: dict[str, object] = {
        "host": "127.0.0.1", "port": port, "security": Security.NONE, "timeout": 5.0, "reply_timeout": 5.0,
    }  # fmt: skip
    return SmtpSettings(**{**values, **changes})  # type: ignore[arg-type]


def message(ident: int, recipient: str = "kari@example.com", **changes: object) -> OutboundMessage:
    values: dict[str, object] = {
        "ident": ident,
        "attempt": 1,
        "sender": "bounce+abc@firm.example",
        "recipient": recipient,
        "pieces": [changes.pop("payload", payload(ident))],
    }
    return OutboundMessage(**{**values, **changes})  # type: ignore[arg-type]


def payload(ident: int) -> bytes:
    head = f"Message-ID: <{ident}@firm.example>\r\nSubject: Hello {ident}\r\n\r\n"
    return head.encode() + b"Dear Kari,\r\n.a line that begins with a dot\r\n..\r\n.\r\nBye\r\n"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def send(
    sink: Sink, messages: Iterable[OutboundMessage], folder: Path, **changes: object
) -> list[SendResult]:
    """All results, in the order of ids; the journal stays at ``folder / "journal"``."""
    with (
        PhaseJournal(folder / "journal") as journal,
        SmtpConnection(settings(sink.port, **changes)) as connection,
    ):
        results = list(connection.send_many(messages, journal))
    return sorted(results, key=lambda result: result.ident)


def outcomes(results: Iterable[SendResult]) -> list[Outcome]:
    return [result.outcome for result in results]
