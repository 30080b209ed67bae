"""Mail accounts as live connections: the way out, the door in, and the mailboxes that are asked."""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import close_old_connections

from tactful.channels import actions as stored
from tactful.channels import queries as channels
from tactful.channels.actions import Place, RawMail
from tactful.channels.mail.imap import Cursor, ImapSettings, MailboxUnavailable, poll, start_cursor
from tactful.channels.mail.inbound_server import DoorSettings, InboundServer
from tactful.channels.mail.journal import JournalBusy, PhaseJournal, read_journal
from tactful.channels.mail.parse import Envelope, provider_id
from tactful.channels.mail.settings import Security, SmtpSettings
from tactful.channels.mail.smtp import SmtpPool
from tactful.channels.models import Account
from tactful.delivery.types import Journals
from tactful.foundation.clock import business_now
from tactful.foundation.secrets import get_secret

logger = logging.getLogger(__name__)

JOURNALS = Journals(open=PhaseJournal, read=read_journal, busy=JournalBusy)
POLL_EVERY = 20.0  # seconds
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
    )


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
    """Keep one mail from the door; answered with 250 only when this has come back."""
    close_old_connections()
    account = _account_for(envelope)
    if account is None:
        raise LookupError("There is no mail account yet, so this mail belongs to nobody.")
    about = {"sender": envelope.sender, "recipients": list(envelope.recipients)}
    mail = RawMail(account.id, provider_id(raw), raw, about)
    stored.store_raw([mail], now=business_now())


def _account_for(envelope: Envelope) -> Account | None:
    """The account whose address, with any plus token, was written to; else the first."""
    accounts = channels.mail_accounts()
    for account in accounts:
        local, _, domain = account.address.lower().partition("@")
        for recipient in envelope.recipients:
            box, _, host = recipient.lower().partition("@")
            if host == domain and box.partition("+")[0] == local:
                return account
    return accounts[0] if accounts else None


def poll_mailboxes(stop: threading.Event) -> None:
    """Ask each mailbox once, then rest. One that cannot be reached stops no other."""
    for account in channels.mail_accounts():
        settings = imap_settings(account)
        if settings is not None:
            _poll(account, settings)
    stop.wait(POLL_EVERY)


def _poll(account: Account, settings: ImapSettings) -> None:
    try:
        cursor = channels.imap_cursor(account.id, settings.folder)
        if cursor is None:
            _keep(account, settings, start_cursor(settings), ())
            return
        for batch in poll(settings, Cursor(*cursor)):
            mails = [RawMail(account.id, provider_id(raw), raw) for _uid, raw in batch.mails]
            _keep(account, settings, batch.cursor, mails)
    except MailboxUnavailable as trouble:
        logger.warning("The mailbox of %s cannot be read: %s", account.address, trouble)


def _keep(account: Account, settings: ImapSettings, cursor: Cursor, mails: Sequence[RawMail]) -> None:
    place = Place(account.id, settings.folder, cursor.uid_validity, cursor.last_uid)
    stored.store_polled(place, mails, now=business_now())
