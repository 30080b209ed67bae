"""A mail from ourselves to ourselves: does it go out, does it come in, and what became of it on the way.

It goes to our address with a plus token. Where none of it comes, a second one goes to the plain address: then
we know that mail works and plus addresses do not. What is found decides how mail to clients is addressed.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from tactful.channels import actions as stored
from tactful.channels import queries as channels
from tactful.channels.mail.imap import ImapSettings, MailboxUnavailable, poll, start_cursor
from tactful.channels.mail.imap_types import Cursor, Head
from tactful.channels.mail.mime import raw_headers, read_head
from tactful.channels.mail.smtp import SmtpConnection
from tactful.channels.types import OutboundMessage, Outcome, SendResult, our_words
from tactful.foundation.ids import new_id
from tactful.foundation.secrets import key_ring
from tactful.kernel.tokens import sign
from tactful.wiring.mail import imap_settings, smtp_settings
from tactful.wiring.mail_test import PATIENCE
from tactful.wiring.our_tokens import TRIAL

SELECTOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,200}")
ENOUGH = 10  # looks before we believe that nothing comes by this way


class NotTried(Exception):
    """Its text: the provider's words, or a code of ours."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Fit for a session. ``looks``: how often the mailbox was looked at since."""

    token: str
    plus: bool
    uid_validity: int
    last_uid: int
    looks: int = 0


def send(account_id: int, *, plus: bool, now: datetime) -> Sent:
    """Raises ``NotTried``. A provider that refuses its own plus address gets the plain one at once."""
    account = channels.account(account_id)
    settings = imap_settings(account)
    if settings is None:
        raise NotTried(our_words("trial.door"))
    try:
        cursor = start_cursor(replace(settings, timeout=PATIENCE))
    except MailboxUnavailable as trouble:
        raise NotTried(str(trouble)) from trouble
    token = sign(key_ring(), TRIAL, new_id())
    result = _hand_over(account_id, account.address, token, plus=plus, now=now)
    if plus and result.outcome in (Outcome.HARD_ADDRESS, Outcome.POLICY, Outcome.CONTENT):
        return send(account_id, plus=False, now=now)
    if result.outcome is not Outcome.SENT:
        raise NotTried(result.detail)
    return Sent(token, plus, cursor.uid_validity, cursor.last_uid)


def look(account_id: int, sent: Sent, *, acting_user: int, now: datetime) -> Sent | None:
    """Look once. None: it has come, and what was found is kept with the account. Else what to look for next;
    with ``looks`` beyond ``ENOUGH`` and no plus, nothing comes at all. Raises ``NotTried``."""
    account = channels.account(account_id)
    settings = imap_settings(account)
    if settings is None:
        raise NotTried(our_words("trial.door"))
    try:
        came = _polled(settings, sent)
    except MailboxUnavailable as trouble:
        raise NotTried(str(trouble)) from trouble
    if not came:
        if sent.plus and sent.looks >= ENOUGH:
            return send(account_id, plus=False, now=now)
        return replace(sent, looks=sent.looks + 1)
    findings = found(came[0], sent, account.address)
    stored.note_trial(account_id, findings, acting_user=acting_user, now=now)
    return None


def found(raw: bytes, sent: Sent, address: str) -> dict[str, bool | str]:
    """``plus``: mail to plus addresses arrives. ``message_id``: stays ours. ``return_path``: stays ours; not
    there where the mailbox does not show it. ``dkim``: the selector of a signature of our own domain."""
    head = read_head(raw)
    ids = " ".join(raw_headers(head, "Message-ID"))
    paths = " ".join(raw_headers(head, "Return-Path"))
    findings: dict[str, bool | str] = {"plus": sent.plus, "message_id": sent.token in ids.lower()}
    if selector := _selector(raw_headers(head, "DKIM-Signature"), address.rpartition("@")[2]):
        findings["dkim"] = selector
    if paths.strip():
        wanted = _with_token(address, sent.token) if sent.plus else address
        findings["return_path"] = wanted.lower() in paths.lower()
    return findings


def _selector(signatures: Iterable[str], domain: str) -> str:
    for each in signatures:
        tags = {
            name.strip(): value.strip()
            for name, _, value in (part.partition("=") for part in each.split(";"))
        }
        if tags.get("d", "").lower() == domain.lower() and SELECTOR.fullmatch(tags.get("s", "")):
            return tags["s"]
    return ""


def _polled(settings: ImapSettings, sent: Sent) -> Sequence[bytes]:
    def ours(heads: Sequence[Head]) -> Collection[int]:
        return [head.uid for head in heads if sent.token.encode() in head.lines.lower()]

    cursor = Cursor(sent.uid_validity, sent.last_uid)
    patient = replace(settings, timeout=PATIENCE)
    return [mail.raw for batch in poll(patient, cursor, ours) for mail in batch.mails]


def _hand_over(account_id: int, address: str, token: str, *, plus: bool, now: datetime) -> SendResult:
    settings = replace(smtp_settings(channels.account(account_id)), timeout=PATIENCE, reply_timeout=30.0)
    to = _with_token(address, token) if plus else address
    body = _letter(address, to, token, now)
    message = OutboundMessage(1, 1, to, to, [body])
    with SmtpConnection(settings) as connection:
        (result,) = connection.send_many([message], _NoJournal())
    return result


def _letter(address: str, to: str, token: str, now: datetime) -> bytes:
    mail = EmailMessage()
    domain = address.rpartition("@")[2]
    mail["From"], mail["To"], mail["Subject"] = address, to, "Tactful"
    mail["Date"], mail["Message-ID"] = format_datetime(now), f"<{token}@{domain}>"
    mail["References"] = f"<{token}@{domain}>"  # found by it where the provider gives the mail another id
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("This mail went from Tactful to itself. You may delete it.\n")
    return mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _with_token(address: str, token: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local}+{token}@{domain}"


class _NoJournal:
    """Whether this one arrived is what we are about to see."""

    def begin(self, ident: int, attempt: int) -> None:
        pass

    def answer(self, result: SendResult) -> None:
        pass
