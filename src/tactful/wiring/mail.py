"""Mail accounts as live connections: the way out, the door in, and the mailboxes that are asked."""

import logging
import threading
from typing import Any

from tactful.channels import queries as channels
from tactful.channels.mail.journal import JournalBusy, PhaseJournal, read_journal
from tactful.channels.mail.settings import Security, SmtpSettings
from tactful.channels.mail.smtp import SmtpConnection
from tactful.channels.models import Account
from tactful.delivery.types import Journals
from tactful.foundation.secrets import get_secret

logger = logging.getLogger(__name__)

JOURNALS = Journals(open=PhaseJournal, read=read_journal, busy=JournalBusy)
POLL_EVERY = 20.0  # seconds
"""Only one mail that must arrive is on the wire of this process at a time (R2)."""
_must_arrive = threading.Lock()


def open_transport(account_id: int) -> SmtpConnection:
    """A connection to the account's provider; it connects when the first mail goes out."""
    return SmtpConnection(smtp_settings(channels.account(account_id)))


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
