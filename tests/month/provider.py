"""The firm's mail provider: a real IMAP server and a real authority on loopback, and a token that can die."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from urllib.parse import parse_qs, urlsplit

from tactful.channels.mail.settings import NoAccess
from tactful.channels.rules.oauth import Authority as Asked
from tactful.channels.types import (
    FoundBy,
    Mailbox,
    MailHost,
    OutboundMessage,
    Outcome,
    SendResult,
    Server,
    SignIn,
)
from tactful.demo.postbox.imap_server import ImapBox, ImapFolder, ImapServer
from tactful.foundation.calling import Asking, ask
from tactful.testing.authority import Authority, authority
from tactful.wiring.mail_access import access_token
from tactful.wiring.mail_connect import Wish, begin, complete, keep_client_secret
from tactful.wiring.polling import poll_mailboxes
from tests.year.firm import SERVER, US
from tests.year.post import Post

BACK = "http://localhost/settings/mail/connect/back/"
HERE = "127.0.0.1"


@dataclass
class Provider:
    """``box``: INBOX; ``sent``: what our people write with the mail program of their phone."""

    leave: Authority
    box: ImapBox
    sent: ImapFolder
    port: int

    def connect(self, who: int, now: datetime) -> int:
        """As the owner does it in the browser, first and later. Answers with the account."""
        servers = Server(HERE, self.port, "none"), Server(HERE, 2, "none")
        box = Mailbox(US, MailHost.OTHER, FoundBy.GUESS, *servers, (SignIn.XOAUTH2,), US, US)
        asked = Asked(f"{self.leave.url}/authorize", f"{self.leave.url}/token", ("mail",))
        wish = Wish(box, SignIn.XOAUTH2, self.leave.client_id, asked, "Fjordkontoret")
        keep_client_secret(self.leave.client_secret, wish, user=who)
        url, _state = begin(wish, BACK, user=who)
        answer = ask(url, b"", {}, Asking("GET"))
        came = parse_qs(urlsplit(answer.headers["location"]).query)
        return complete(wish, came["code"][0], BACK, user=who, now=now).id

    def dies(self) -> None:
        """An administrator has changed something: nobody signs in any more, until a person connects anew."""
        self.leave.revoke()

    def reading_stops(self) -> None:
        self.box.accepts = lambda _user, _token: False

    def reading_goes_on(self) -> None:
        self.box.accepts = self.leave.accepts

    def polled(self) -> None:
        """What the worker's thread does every twenty seconds."""
        over = Event()
        over.set()
        poll_mailboxes(over)


@contextmanager
def provider() -> Iterator[Provider]:
    with authority(user=US, back=(BACK,)) as leave:
        box = ImapBox(accepts=leave.accepts)
        sent = box.folder("Sent", "\\Sent")
        with ImapServer(box) as server:
            yield Provider(leave, box, sent, server.port)


TRUSTED = {"trusted_servers": [SERVER]}


@dataclass
class TokenPost(Post):
    """Takes mail from whoever has a token that lives."""

    provider: Provider | None = None
    account: int = 0
    refused: int = field(default=0)

    def refusal(self, message: OutboundMessage) -> SendResult | None:
        assert self.provider is not None
        try:
            token = access_token(self.account)
            known = self.provider.leave.accepts(US, token) or self.provider.leave.accepts(
                US, access_token(self.account, token)
            )
            outcome = None if known else Outcome.ACCOUNT
        except NoAccess as trouble:
            outcome = trouble.outcome
        if outcome is not None:
            self.refused += 1
            return SendResult(message.ident, message.attempt, outcome)
        return super().refusal(message)
