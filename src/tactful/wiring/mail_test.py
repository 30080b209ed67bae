"""Trying a mail account: really connecting and signing in, and sending nothing."""

from dataclasses import dataclass, replace
from enum import StrEnum

from tactful.channels import queries as channels
from tactful.channels.mail.imap import ImapSettings, MailboxUnavailable, start_cursor
from tactful.channels.mail.settings import SmtpSettings
from tactful.channels.mail.smtp import SmtpConnection, SmtpUnavailable
from tactful.channels.types import Outcome
from tactful.wiring.mail import imap_settings, smtp_settings

PATIENCE = 10.0  # seconds for each answer: somebody waits for this page


class Part(StrEnum):
    OUT = "out"
    IN = "in"
    DOOR = "door"  # incoming mail comes through our own door


@dataclass(frozen=True, slots=True)
class Tried:
    """``refused``: the server was reached and wants other settings. ``detail``: the server's own words."""

    part: Part
    place: str
    works: bool
    refused: bool = False
    detail: str = ""


def try_account(account_id: int) -> tuple[Tried, ...]:
    """Both ways, one after the other. Raises nothing for a server that is wrong or away."""
    return (_try_out(account_id), _try_in(account_id))


def _try_out(account_id: int) -> Tried:
    account = channels.account(account_id)
    place = f"{account.settings.get('smtp_host', '')}:{account.settings.get('smtp_port', 587)}"
    try:
        return try_out(smtp_settings(account))
    except (KeyError, ValueError) as trouble:
        return Tried(Part.OUT, place, False, True, str(trouble)[:300])


def _try_in(account_id: int) -> Tried:
    try:
        settings = imap_settings(channels.account(account_id))
    except ValueError as trouble:
        return Tried(Part.IN, "", False, True, str(trouble)[:300])
    return Tried(Part.DOOR, "", True) if settings is None else try_in(settings)


def try_out(settings: SmtpSettings) -> Tried:
    """Connect and sign in; send nothing."""
    place = f"{settings.host}:{settings.port}"
    try:
        with SmtpConnection(replace(settings, timeout=PATIENCE, reply_timeout=PATIENCE)) as connection:
            connection.connect()
    except SmtpUnavailable as trouble:
        return Tried(Part.OUT, place, False, trouble.outcome is Outcome.ACCOUNT, str(trouble)[:300])
    return Tried(Part.OUT, place, True)


def try_in(settings: ImapSettings) -> Tried:
    """Connect, sign in, look where the mailbox ends; read nothing."""
    place = f"{settings.host}:{settings.port}"
    try:
        start_cursor(replace(settings, timeout=PATIENCE))
    except MailboxUnavailable as trouble:
        return Tried(Part.IN, place, False, trouble.outcome is Outcome.ACCOUNT, str(trouble)[:300])
    return Tried(Part.IN, place, True)
