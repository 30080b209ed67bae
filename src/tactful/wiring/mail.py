"""Mail accounts as live connections: the way out, the door in, and the mailboxes that are asked."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from tactful.channels import actions as stored
from tactful.channels import queries as channels
from tactful.channels.mail.imap import ImapSettings, MailboxTrouble, poll
from tactful.channels.mail.inbound_server import InboundServer, Letter
from tactful.channels.mail.parse import Envelope, Reading, parse_message
from tactful.channels.mail.settings import Security, SmtpSettings
from tactful.channels.mail.smtp import SmtpConnection
from tactful.channels.models import Account, ImapCursor
from tactful.foundation.clock import business_now
from tactful.foundation.secrets import get_secret

logger = logging.getLogger(__name__)

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
