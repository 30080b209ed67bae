"""Mail accounts as live connections: the way out, the door in, and how to reach a mailbox."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import close_old_connections

from tactful.channels import actions as stored
from tactful.channels import queries as channels
from tactful.channels.actions import RawMail
from tactful.channels.mail.imap import ImapSettings
from tactful.channels.mail.inbound_server import DoorSettings, InboundServer
from tactful.channels.mail.journal import JournalBusy, PhaseJournal, read_journal
from tactful.channels.mail.parse import Envelope, provider_id
from tactful.channels.mail.settings import Bearer, Security, SmtpSettings
from tactful.channels.mail.smtp import SmtpPool
from tactful.channels.models import Account
from tactful.channels.types import SignIn
from tactful.delivery.types import Journals
from tactful.foundation.clock import business_now
from tactful.foundation.secrets import get_secret
from tactful.wiring.mail_access import bearer_of
from tactful.wiring.whose_mail import at_our_door

logger = logging.getLogger(__name__)

JOURNALS = Journals(open=PhaseJournal, read=read_journal, busy=JournalBusy)
_must_arrive = threading.Lock()
"""Only one mail that must arrive is between dot and reply in this process at a time (R2)."""


CONNECTIONS = 2
"""To a provider at once, where its account does not say; the strictest of the large ones allows three."""
MOST_CONNECTIONS = 10


def open_transport(account_id: int) -> SmtpPool:
    """Connections to the account's provider; they connect when mails go out."""
    account = channels.account(account_id)
    connections = int(account.settings.get("smtp_connections", CONNECTIONS))
    return SmtpPool(
        smtp_settings(account), min(max(1, connections), MOST_CONNECTIONS), must_arrive_turn=_must_arrive
    )


def smtp_settings(account: Account) -> SmtpSettings:
    given: dict[str, Any] = account.settings
    return SmtpSettings(
        host=given["smtp_host"],
        port=int(given.get("smtp_port", 587)),
        security=Security(given.get("smtp_security", Security.STARTTLS)),
        username=given.get("smtp_username", ""),
        password=get_secret(f"account:{account.id}:smtp_password"),
        local_hostname=given.get("local_hostname", ""),
        bearer=_bearer(account, "smtp"),
    )


def imap_settings(account: Account) -> ImapSettings | None:
    """None for an account whose mail comes through our own door."""
    given: dict[str, Any] = account.settings
    if not given.get("imap_host"):
        return None
    return ImapSettings(
        host=given["imap_host"],
        port=int(given.get("imap_port", 993)),
        security=Security(given.get("imap_security", Security.IMPLICIT_TLS)),
        username=given.get("imap_username") or given.get("smtp_username", ""),
        password=get_secret(f"account:{account.id}:imap_password"),
        bearer=_bearer(account, "imap"),
    )


def _bearer(account: Account, side: str) -> Bearer | None:
    """Each way signs in by itself: mail may come in by token and go out through a relay by password."""
    by_token = account.settings.get(f"{side}_sign_in") == SignIn.XOAUTH2
    return bearer_of(account.id) if by_token else None


@contextmanager
def take_mail_in(port: int) -> Iterator[None]:
    """The SMTP door on loopback, for the firm's own server and the demo's postbox."""
    try:
        door = InboundServer(DoorSettings(port=port), store_letter)
        door.start()
    except OSError as error:
        logger.warning("Mail is not taken in on port %s here: %s. Another worker does it.", port, error)
        yield
        return
    try:
        yield
    finally:
        door.stop()


def store_letter(raw: bytes, envelope: Envelope) -> None:
    """Keep one mail from the door; answered with 250 only when this has come back. A stranger's, where
    inquiries are not wanted, is answered alike and forgotten: a refusal would tell them who our clients are.
    """
    close_old_connections()
    account = _account_for(envelope)
    if account is None:
        raise LookupError("There is no mail account yet, so this mail belongs to nobody.")
    if not at_our_door(raw, envelope, account):
        return
    about = {"sender": envelope.sender, "recipients": list(envelope.recipients)}
    mail = RawMail(account.id, provider_id(raw), raw, about)
    stored.store_raw([mail], now=business_now())


def _account_for(envelope: Envelope) -> Account | None:
    """The account whose address, with any plus token, was written to; else the first."""
    accounts = [account for account in channels.mail_accounts() if account.owner_id is None]
    for account in accounts:
        local, _, domain = account.address.lower().partition("@")
        for recipient in envelope.recipients:
            box, _, host = recipient.lower().partition("@")
            if host == domain and box.partition("+")[0] == local:
                return account
    return accounts[0] if accounts else None
