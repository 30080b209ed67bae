"""Fetching mail over IMAP. The cursor (UIDVALIDITY and last UID) belongs to the caller, who moves it
in the transaction that stores a batch; an outage of any length then loses nothing.
"""

import imaplib
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Self

from tactful.channels.mail.settings import Security, tls_context
from tactful.channels.mail.troubles import MOST, broken, no_connection
from tactful.channels.types import Outcome, our_words
from tactful.foundation import egress

_UID_WINDOW = 10_000  # UIDs asked for at once, so that no answer grows beyond imaplib's limit
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """``connected_on``: the day on which the mailbox was connected; nothing older is read when the
    server forgets its UIDs. ``timeout``: seconds. ``batch_size``: mails."""

    host: str
    username: str
    password: str = field(repr=False)
    port: int = 993
    security: Security = Security.IMPLICIT_TLS
    folder: str = "INBOX"
    connected_on: date | None = None
    timeout: float = 60.0
    batch_size: int = 50
    verify_certificates: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "security", Security(self.security))
        for value in (self.username, self.password, self.folder):
            if any(char in value for char in "\r\n\0"):
                raise ValueError(our_words("imap.line_break"))


@dataclass(frozen=True, slots=True)
class Cursor:
    """Everything up to ``last_uid`` has been stored."""

    uid_validity: int
    last_uid: int


@dataclass(frozen=True, slots=True)
class Batch:
    """(uid, raw) in rising order. Store them and ``cursor`` in one transaction.

    ``reset``: the server numbered its mails anew, so mails that are known may come again.
    """

    mails: tuple[tuple[int, bytes], ...]
    cursor: Cursor
    reset: bool = False


class MailboxUnavailable(Exception):
    """Nothing was read. ``outcome``: ``SAFE`` (try later) or ``ACCOUNT`` (correct the settings)."""

    def __init__(self, detail: str, outcome: Outcome = Outcome.SAFE) -> None:
        super().__init__(detail)
        self.outcome = outcome


def start_cursor(settings: ImapSettings) -> Cursor:
    """Where a new connection begins: after all that is there now. Raises ``MailboxUnavailable``."""
    with _Session(settings) as session:
        return Cursor(session.uid_validity, session.uid_next - 1)


def poll(settings: ImapSettings, cursor: Cursor) -> Iterator[Batch]:
    """All mails after ``cursor``, oldest first, in batches; no batch if there is none.

    Marks nothing as read. The session stays open while batches are consumed. Raises
    ``MailboxUnavailable``; batches that came before it are good.
    """
    with _Session(settings) as session:
        reset = session.uid_validity != cursor.uid_validity
        last = 0 if reset else cursor.last_uid
        since = settings.connected_on if reset else None
        found = False
        for uids in session.uids_after(last, since, settings.batch_size):
            mails = tuple((uid, raw) for uid in uids if (raw := session.fetch(uid)) is not None)
            yield Batch(mails, Cursor(session.uid_validity, uids[-1]), reset)
            found = True
        if reset and not found:
            yield Batch((), Cursor(session.uid_validity, session.uid_next - 1), reset=True)


class _Session:
    """One logged-in session with the folder open for reading only."""

    def __init__(self, settings: ImapSettings) -> None:
        self._settings = settings
        self.uid_validity = 0
        self.uid_next = 1

    def __enter__(self) -> Self:
        settings = self._settings
        try:
            self._client = _connect(settings)
        except egress.NotAllowed as error:
            words = our_words("smtp.local_host", place=settings.host)
            raise MailboxUnavailable(words, Outcome.ACCOUNT) from error
        except (OSError, imaplib.IMAP4.error, UnicodeError) as error:
            place = f"{settings.host}:{settings.port}"
            raise MailboxUnavailable(no_connection(error, place)) from error
        try:
            self._log_in()
            self._open_folder()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._client.logout()
        except (OSError, imaplib.IMAP4.error):
            self._client.shutdown()

    def uids_after(self, last: int, since: date | None, size: int) -> Iterator[list[int]]:
        """Rising UIDs above ``last``, at most ``size`` at a time."""
        for first in range(last + 1, self.uid_next, _UID_WINDOW):
            end = min(first + _UID_WINDOW, self.uid_next) - 1
            criteria = ["UID", f"{first}:{end}"]
            if since is not None:
                criteria += ["SINCE", f"{since.day}-{_MONTHS[since.month - 1]}-{since.year}"]
            lines = self._uid("SEARCH", *criteria)
            numbers = {int(word) for line in lines if isinstance(line, bytes) for word in line.split()}
            uids = sorted(uid for uid in numbers if last < uid <= end)
            for at in range(0, len(uids), size):
                yield uids[at : at + size]

    def fetch(self, uid: int) -> bytes | None:
        """The raw mail; None if somebody deleted it in the meantime."""
        for item in self._uid("FETCH", str(uid), "(UID BODY.PEEK[])"):
            if isinstance(item, tuple):
                return bytes(item[1])
        return None

    def _uid(self, command: str, *words: str) -> list[bytes | tuple[bytes, bytes] | None]:
        try:
            kind, data = self._client.uid(command, *words)
        except (OSError, imaplib.IMAP4.error) as error:
            raise MailboxUnavailable(broken(error)) from error
        if kind != "OK":
            raise MailboxUnavailable(our_words("imap.refused", command=command, answer=repr(data)[:MOST]))
        return list(data)

    def _log_in(self) -> None:
        settings = self._settings
        try:
            if "AUTH=PLAIN" in self._client.capabilities:
                secret = f"\0{settings.username}\0{settings.password}".encode()
                self._client.authenticate("PLAIN", lambda _: secret)
            else:
                self._client.login(settings.username, settings.password)
        except imaplib.IMAP4.abort as error:
            raise MailboxUnavailable(broken(error)) from error
        except (imaplib.IMAP4.error, UnicodeError) as error:
            words = our_words("imap.password", error=str(error)[:MOST])
            raise MailboxUnavailable(words, Outcome.ACCOUNT) from error
        except OSError as error:
            raise MailboxUnavailable(broken(error)) from error

    def _open_folder(self) -> None:
        name = self._settings.folder.replace("\\", "\\\\").replace('"', '\\"')
        try:
            kind, data = self._client.select(f'"{name}"', readonly=True)
        except (OSError, imaplib.IMAP4.error) as error:
            words = our_words("imap.folder", folder=self._settings.folder, error=str(error)[:MOST])
            raise MailboxUnavailable(words) from error
        if kind != "OK":
            words = our_words("imap.no_folder", folder=self._settings.folder, answer=repr(data)[:MOST])
            raise MailboxUnavailable(words, Outcome.ACCOUNT)
        self.uid_validity = self._number("UIDVALIDITY")
        self.uid_next = self._number("UIDNEXT")

    def _number(self, name: str) -> int:
        _, data = self._client.response(name)
        found = re.search(rb"\d+", data[0]) if data and isinstance(data[0], bytes) else None
        if found is None:
            raise MailboxUnavailable(f"The mailbox does not tell its {name}.")
        return int(found.group())


class _Plain(imaplib.IMAP4):
    """Over the guard of all connections."""

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return egress.connect(self.host, int(self.port), timeout)


class _Encrypted(imaplib.IMAP4_SSL):
    def _create_socket(self, timeout: float | None) -> socket.socket:
        plain = egress.connect(self.host, int(self.port), timeout)
        encrypted: socket.socket = self.ssl_context.wrap_socket(plain, server_hostname=self.host)
        return encrypted


def _connect(settings: ImapSettings) -> imaplib.IMAP4:
    context = tls_context(settings.verify_certificates)
    if settings.security == Security.IMPLICIT_TLS:
        return _Encrypted(settings.host, settings.port, ssl_context=context, timeout=settings.timeout)
    client = _Plain(settings.host, settings.port, timeout=settings.timeout)
    if settings.security == Security.STARTTLS:
        client.starttls(context)
    return client
