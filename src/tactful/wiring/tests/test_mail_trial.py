"""A mail to ourselves through real servers on loopback that keep, change or swallow what a provider may."""

import re
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tactful.channels.actions import AccountForm, save_mail_account
from tactful.channels.models import Account
from tactful.channels.queries import account as account_of
from tactful.delivery.models import Dispatch
from tactful.demo.postbox.imap_server import ImapBox, ImapServer
from tactful.demo.postbox.sink import Script, Sink, SinkMail
from tactful.inbox.models import Conversation, Entry
from tactful.wiring import mail_trial
from tactful.wiring.mail_trial import ENOUGH, NotTried, Sent, look, send
from tactful.wiring.tests.cast import US, Cast
from tactful.wiring.tests.test_over_the_wire import a_clerk, publish

Change = Callable[[SinkMail, bytes], bytes | None]


class Provider:
    """Takes mail by SMTP and shows it by IMAP. ``change``: what becomes of it on the way; None: nothing."""

    def __init__(self, sink: Sink, imap: ImapServer) -> None:
        self.sink, self.imap = sink, imap
        self.change: Change = lambda mail, raw: b"Return-Path: <%s>\r\n" % mail.sender.encode() + raw
        sink.ledger.on_mail = self._take

    def _take(self, mail: SinkMail, raw: bytes) -> None:
        became = self.change(mail, raw)
        if became is not None:
            self.imap.box.add(became)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Sink() as sink, ImapServer(ImapBox()) as imap:
        yield Provider(sink, imap)


@pytest.fixture
def account(cast: Cast, provider: Provider) -> Account:
    given = {"smtp_host": "127.0.0.1", "smtp_port": provider.sink.port, "smtp_security": "none",
             "imap_host": "127.0.0.1", "imap_port": provider.imap.port, "imap_security": "none",
             "imap_username": "kari"}  # fmt: skip
    form = AccountForm("Post", US, "", given, {"imap_password": "hemmelig"})
    return save_mail_account(form, account_id=cast.account.id, acting_user=cast.owner.id, now=cast.now)


def tried(cast: Cast, account: Account, most: int = ENOUGH + 3) -> dict[str, bool | str] | None:
    """What was found, or None where nothing came."""
    sent: Sent | None = send(account.id, plus=True, now=cast.now)
    for _ in range(most):
        assert sent is not None
        sent = look(account.id, sent, acting_user=cast.owner.id, now=cast.now)
        if sent is None:
            kept: dict[str, bool | str] = account_of(account.id).settings["trial"]
            return {name: kept[name] for name in kept if name != "at"}
    return None


def no_id(raw: bytes) -> bytes:
    return re.sub(rb"(?mi)^Message-ID:.*\r\n", b"Message-ID: <theirs@provider.example>\r\n", raw)


def test_a_provider_that_changes_nothing(cast: Cast, account: Account) -> None:
    assert tried(cast, account) == {"plus": True, "message_id": True, "return_path": True}


def test_the_key_that_the_provider_signs_with_is_seen(
    cast: Cast, account: Account, provider: Provider
) -> None:
    """Of our own domain alone; the sender check then looks at that very key."""
    domain = US.partition("@")[2].encode()
    signed = b"DKIM-Signature: v=1; d=provider.example; s=theirs; b=x\r\nDKIM-Signature: v=1; a=rsa-sha256;"
    provider.change = lambda _mail, raw: signed + b"\r\n d=" + domain + b"; s=mail2026;\r\n b=y\r\n" + raw
    assert (tried(cast, account) or {}).get("dkim") == "mail2026"


def test_a_provider_that_gives_ids_and_paths_of_its_own(
    cast: Cast, account: Account, provider: Provider
) -> None:
    provider.change = lambda _mail, raw: b"Return-Path: <srs=x@provider.example>\r\n" + no_id(raw)
    assert tried(cast, account) == {"plus": True, "message_id": False, "return_path": False}


def test_a_provider_that_swallows_plus_addresses(cast: Cast, account: Account, provider: Provider) -> None:
    provider.change = lambda mail, raw: None if "+" in mail.recipient else raw
    assert tried(cast, account, 2 * ENOUGH) == {"plus": False, "message_id": True}
    assert provider.sink.ledger.total == 2


class NoPlus(dict[str, Script]):
    def get(self, recipient: str, default: object = None) -> Script | None:  # type: ignore[override]
        return Script("rcpt", "550 5.1.1 No such user") if "+" in recipient else None


def test_a_provider_that_refuses_plus_addresses(cast: Cast, account: Account, provider: Provider) -> None:
    provider.sink.settings.scripts = NoPlus()
    assert tried(cast, account) == {"plus": False, "message_id": True, "return_path": True}


def test_nothing_ever_comes(cast: Cast, account: Account, provider: Provider) -> None:
    provider.change = lambda _mail, _raw: None
    assert tried(cast, account, 2 * ENOUGH) is None
    assert "trial" not in account_of(account.id).settings


def test_trouble_is_said(cast: Cast, account: Account, provider: Provider) -> None:
    provider.imap.box.password = "another"
    with pytest.raises(NotTried, match="password"):
        send(account.id, plus=True, now=cast.now)


def test_it_is_nobodys_inquiry(cast: Cast, account: Account) -> None:
    token = mail_trial.send(account.id, plus=True, now=cast.now).token
    to = US.replace("@", f"+{token}@")
    assert cast.arrives(cast.mail("To itself.", From=US, To=to, Message_ID="<x@provider.example>")) is None
    assert not Conversation.objects.filter(contact_id=None).exists()


def test_answers_find_their_thread_where_neither_plus_nor_message_id_survives(
    cast: Cast, account: Account, provider: Provider, tmp_path: Path
) -> None:
    """From an address that nobody knows, with nothing of ours but the References that every reader keeps."""
    provider.change = lambda mail, raw: None if "+" in mail.recipient else no_id(raw)
    assert tried(cast, account, 2 * ENOUGH) == {"plus": False, "message_id": False}
    publish(cast, "Words")
    ident = cast.plans(cast.liv, subject="", body="", template="again")
    clerk = a_clerk(tmp_path)
    clerk.turn()
    clerk.leave()
    assert Dispatch.objects.get(pk=ident).state == "sent"
    theirs = message_from_bytes(no_id(provider.sink.ledger.payloads[-1]), policy=policy.SMTP)
    assert "+" not in f"{theirs['Reply-To']} {provider.sink.ledger.mails[-1].sender}"
    assert "mailto" not in theirs["List-Unsubscribe"]
    answer = {
        "From": "Liv at home <liv@home.example>",
        "In_Reply_To": theirs["Message-ID"],
        "References": f"{theirs['References']} {theirs['Message-ID']}",
    }
    entry = cast.writes("Her er svaret", passes=False, **answer)
    assert Entry.objects.get(id=entry.id).conversation.contact_id == cast.liv.id


def test_where_all_is_well_nothing_is_repeated(
    cast: Cast, account: Account, provider: Provider, tmp_path: Path
) -> None:
    tried(cast, account)
    publish(cast, "Words")
    cast.plans(cast.liv, subject="", body="", template="again")
    clerk = a_clerk(tmp_path)
    clerk.turn()
    clerk.leave()
    sent = message_from_bytes(provider.sink.ledger.payloads[-1], policy=policy.SMTP)
    assert sent["References"] is None
    assert "+" in sent["Reply-To"]
