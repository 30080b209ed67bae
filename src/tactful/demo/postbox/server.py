"""The postbox's SMTP side: what Tactful sends to clients lands in the mailbox."""

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

from tactful.demo.postbox.ledger import Ledger, SinkMail, SinkSettings
from tactful.demo.postbox.mailbox import Direction, Mailbox
from tactful.demo.postbox.sink_protocol import SinkProtocol, sink_factory

_HOST = "127.0.0.1"
_GREETING = "220 postbox.local ESMTP"


def postbox_factory(mailbox: Mailbox, settings: SinkSettings | None = None) -> Callable[[], SinkProtocol]:
    """Makes one connection's protocol; a mail is answered with 250 only when its file is there."""

    def keep(mail: SinkMail, payload: bytes) -> None:
        mailbox.add(payload, direction=Direction.RECEIVED, client=mail.recipient, envelope_sender=mail.sender)

    ledger = Ledger(on_mail=keep, remember=False)
    return sink_factory(settings or SinkSettings(greeting=_GREETING), ledger)


async def serve(folder: Path, port: int) -> None:
    """Serve until SIGTERM or SIGINT; says ``ready <port>`` on standard output when it listens."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(postbox_factory(Mailbox(folder)), _HOST, port)
    done = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, done.set)
    print("ready", server.sockets[0].getsockname()[1], flush=True)
    await done.wait()
    server.close()
