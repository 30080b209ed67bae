"""A mailbox on a real IMAP server on loopback, as Liv, Pål, strangers and our own people fill it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

from tactful.channels.actions import AccountForm, save_mail_account
from tactful.channels.models import Account, InboundRaw
from tactful.demo.postbox.imap_server import ImapBox, ImapFolder, ImapServer
from tactful.inbox.models import Entry
from tactful.wiring import mail
from tactful.wiring.inbound import read_waiting
from tactful.wiring.polling import poll_account
from tactful.wiring.tests.cast import US, Cast

SERVER = "mx.fjord.example"


@dataclass
class Mailbox:
    cast: Cast
    box: ImapBox
    sent: ImapFolder
    account: Account
    port: int
    made: int = 0

    def polls(self) -> bool:
        """As the worker does, with the account as it stands now, and without reading what came."""
        self.account.refresh_from_db()
        settings = mail.imap_settings(self.account)
        assert settings is not None
        return poll_account(self.account, settings)

    def reads(self) -> None:
        assert self.polls()
        while read_waiting(self.cast.now):
            pass
        self.cast.reacts()

    def mail(self, text: str, **headers: str) -> bytes:
        self.made += 1
        letter = EmailMessage()
        head = {
            "Authentication-Results": f"{SERVER}; dmarc=pass header.from=client.example",
            "From": "Liv Sandal <liv@client.example>",
            "To": US,
            "Subject": "About the accounts",
            "Message-ID": f"<box{self.made}@client.example>",
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in head.items():
            letter[name] = value
        letter.set_content(text)
        return letter.as_bytes()

    def comes(self, text: str = "When is it due?", *, ago: timedelta = timedelta(), **headers: str) -> int:
        """Into INBOX. ``ago``: the server has had it for so long."""
        return self.box.add(self.mail(text, **headers), self.at(ago))

    def goes(self, text: str = "On Friday.", *, ago: timedelta = timedelta(), **headers: str) -> int:
        """One of ours has sent it from another program."""
        given = {"From": f"Fjordkontoret <{US}>", "To": "liv@client.example"} | headers
        self.made += 1
        given.setdefault("Message_ID", f"<sent{self.made}@outlook.example>")
        return self.sent.add(self.mail(text, **given), self.at(ago))

    def at(self, ago: timedelta) -> datetime:
        return self.cast.now - ago

    def words(self) -> list[tuple[str, str]]:
        rows = Entry.objects.exclude(kind="line").order_by("at", "id")
        return [(row.kind, row.text.strip()) for row in rows]


def stored() -> list[str]:
    """What the raw store holds, as one text each."""
    return [bytes(row.raw).decode() + str(row.envelope) for row in InboundRaw.objects.order_by("id")]


@contextmanager
def open_mailbox(cast: Cast, sent: str = "Sent", owner_id: int | None = None) -> Iterator[Mailbox]:
    """Connected now, empty. Mail servers tell whole seconds, so everything here happens on one."""
    cast.now = cast.now.replace(microsecond=0) + timedelta(seconds=1)
    box = ImapBox()
    folder = box.folder(sent, "\\Sent")
    with ImapServer(box) as server:
        given = {
            "imap_host": "127.0.0.1",
            "imap_port": server.port,
            "imap_username": "kari",
            "imap_security": "none",
            "trusted_servers": [SERVER],
        }
        form = AccountForm("Post", US, "", given, {"imap_password": "hemmelig"}, owner_id)
        known = cast.account.id if owner_id is None else None
        account = save_mail_account(
            form, account_id=known, acting_user=owner_id or cast.owner.id, now=cast.now
        )
        yield Mailbox(cast, box, folder, account, server.port)
