"""Fetching mail over IMAP. The cursor (UIDVALIDITY and last UID) belongs to the caller, who moves it
in the transaction that stores a batch; an outage of any length then loses nothing.
"""

import imaplib
import re
import socket
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Self

from tactful.channels.mail.imap_answers import folders_of, heads_of
from tactful.channels.mail.imap_types import (
    FETCH_HEADS,
    Batch,
    Choose,
    Cursor,
    Head,
    Mail,
    Wanted,
    everything,
)
from tactful.channels.mail.sent_folders import Folder
from tactful.channels.mail.settings import Bearer, NoAccess, Security, tls_context, xoauth2
from tactful.channels.mail.troubles import MOST, broken, no_connection
from tactful.channels.types import Outcome, our_words
from tactful.foundation import egress

_UID_WINDOW = 10_000  # UIDs asked for at once, so that no answer grows beyond imaplib's limit
_WIDEST = 80_000  # where there were none; so many numbers still fit into one answer
_MOST_SEARCHES = 5_000  # of one round: what is beyond is no mailbox but a server that plays with us
_LARGEST, _DIGITS = 2**32 - 1, 10  # of what RFC 3501 calls a number
_MOST_BYTES = 25 * 1024 * 1024  # of the mails of one batch, which are in memory together
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """``connected_on``: the day on which the mailbox was connected; nothing older is read when the
    server forgets its UIDs. ``timeout``: seconds. ``batch_size``: mails. ``bearer``: signs in by token, and
    ``password`` is not used."""

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
    bearer: Bearer | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "security", Security(self.security))
        for value in (self.username, self.password, self.folder):
            if any(char in value for char in "\r\n\0"):
                raise ValueError(our_words("imap.line_break"))


class MailboxUnavailable(Exception):
    """Nothing was read. ``outcome``: ``SAFE`` (try later) or ``ACCOUNT`` (correct the settings)."""

    def __init__(self, detail: str, outcome: Outcome = Outcome.SAFE) -> None:
        super().__init__(detail)
        self.outcome = outcome


def start_cursor(settings: ImapSettings) -> Cursor:
    """Where a new connection begins: after all that is there now. Raises ``MailboxUnavailable``."""
    with Session(settings) as session:
        return session.end


def poll(settings: ImapSettings, cursor: Cursor, choose: Choose = everything) -> Iterator[Batch]:
    """All mails of one folder after ``cursor``, as ``Session.read`` gives them."""
    with Session(settings) as session:
        yield from session.read(cursor, Wanted(choose, settings.connected_on))


class Session:
    """One logged-in session with a folder open for reading only: nothing there is marked or moved."""

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
            self.open(self._settings.folder)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._client.logout()
        except (OSError, imaplib.IMAP4.error):
            self._client.shutdown()

    @property
    def end(self) -> Cursor:
        """After everything that was in the folder when it was opened."""
        return Cursor(self.uid_validity, self.uid_next - 1)

    def read(self, cursor: Cursor, wanted: Wanted) -> Iterator[Batch]:
        """The mails of the open folder after ``cursor``, oldest first, in batches; no batch if there is none.

        What ``wanted`` does not choose is not fetched: of it we see the lines of ``FETCH_HEADS`` alone.
        Raises ``MailboxUnavailable``; batches that came before it are good.
        """
        reset = self.uid_validity != cursor.uid_validity
        last = 0 if reset else cursor.last_uid
        since = wanted.since if reset else None
        found = False
        for uids in self.uids_after(last, since, self._settings.batch_size, wanted.last):
            heads = self.heads(uids)
            chosen = set(wanted.choose(heads))
            yield from self._batches(uids, [head for head in heads if head.uid in chosen], reset)
            found = True
        if reset and not found:
            yield Batch((), self.end, reset=True)

    def _batches(self, uids: Sequence[int], chosen: Sequence[Head], reset: bool) -> Iterator[Batch]:
        """As one, unless the mails are large."""
        mails: list[Mail] = []
        counted = 0  # of the UIDs up to the cursor
        for head in chosen:
            if mails and sum(len(mail.raw) for mail in mails) + head.size > _MOST_BYTES:
                upto = uids.index(mails[-1].uid) + 1
                cursor = Cursor(self.uid_validity, mails[-1].uid)
                yield Batch(tuple(mails), cursor, reset, upto - counted - len(mails))
                counted, mails = upto, []
            raw = self.fetch(head.uid)
            if raw is not None:
                mails.append(Mail(head.uid, raw, head.at))
        last = Cursor(self.uid_validity, uids[-1])
        yield Batch(tuple(mails), last, reset, len(uids) - counted - len(mails))

    def uids_after(
        self, last: int, since: date | None, size: int, until: int | None = None
    ) -> Iterator[list[int]]:
        """Rising UIDs above ``last`` and up to ``until``, at most ``size`` at a time."""
        stop = self.uid_next if until is None else min(self.uid_next, until + 1)
        end, window = last, _UID_WINDOW
        for _turn in range(_MOST_SEARCHES):
            first, end = end + 1, min(end + window, stop - 1)
            if first > end:
                return
            criteria = ["UID", f"{first}:{end}"]
            if since is not None:
                criteria += ["SINCE", f"{since.day}-{_MONTHS[since.month - 1]}-{since.year}"]
            lines = self._uid("SEARCH", *criteria)
            words = [word for line in lines if isinstance(line, bytes) for word in line.split()]
            if not all(word.isdigit() and len(word) <= _DIGITS for word in words):
                raise MailboxUnavailable(
                    our_words("imap.refused", command="SEARCH", answer=repr(lines)[:MOST])
                )
            numbers = set(map(int, words))
            uids = sorted(uid for uid in numbers if last < uid <= end)
            for at in range(0, len(uids), size):
                yield uids[at : at + size]
            window = _UID_WINDOW if uids else min(window * 2, _WIDEST)
        raise MailboxUnavailable("The mailbox tells of more mails than it has.")

    def heads(self, uids: Iterable[int]) -> list[Head]:
        """What stands on the envelopes; a mail that somebody deleted in the meantime is left out."""
        asked = ",".join(map(str, uids))
        return sorted(heads_of(self._uid("FETCH", asked, FETCH_HEADS)), key=lambda head: head.uid)

    def fetch(self, uid: int) -> bytes | None:
        """The raw mail; None if somebody deleted it in the meantime."""
        for item in self._uid("FETCH", str(uid), "(UID BODY.PEEK[])"):
            if isinstance(item, tuple):
                return bytes(item[1])
        return None

    def folders(self) -> list[Folder]:
        """All folders, with what the server says they are for (RFC 6154)."""
        try:
            _, said = self._client.capability()
            known = b" ".join(word for word in said if isinstance(word, bytes)).upper().split()
            extended = b"SPECIAL-USE" in known and b"LIST-EXTENDED" in known
            kind, data = self._client.list('""', '"*" RETURN (SPECIAL-USE)' if extended else '"*"')
        except (OSError, imaplib.IMAP4.error) as error:
            raise MailboxUnavailable(broken(error)) from error
        if kind != "OK":
            raise MailboxUnavailable(our_words("imap.refused", command="LIST", answer=repr(data)[:MOST]))
        return folders_of(data)

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
            if settings.bearer is not None:
                self._show_token(settings.bearer)
            elif "AUTH=PLAIN" in self._client.capabilities:
                secret = f"\0{settings.username}\0{settings.password}".encode()
                self._client.authenticate("PLAIN", lambda _: secret)
            else:
                self._client.login(settings.username, settings.password)
        except imaplib.IMAP4.abort as error:
            raise MailboxUnavailable(broken(error)) from error
        except NoAccess as trouble:
            raise MailboxUnavailable(str(trouble), trouble.outcome) from trouble
        except (imaplib.IMAP4.error, UnicodeError) as error:
            words = our_words("imap.password", error=str(error)[:MOST])
            raise MailboxUnavailable(words, Outcome.ACCOUNT) from error
        except OSError as error:
            raise MailboxUnavailable(broken(error)) from error

    def _show_token(self, bearer: Bearer) -> None:
        """A token that is refused may have died a moment ago: a fresh one is tried, once."""
        token = bearer("")
        try:
            self._say_token(token)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            self._say_token(bearer(token))

    def _say_token(self, token: str) -> None:
        # A second question is the reason of a refusal, and an empty answer asks for the refusal itself.
        answers = iter([xoauth2(self._settings.username, token)])
        self._client.authenticate("XOAUTH2", lambda _: next(answers, b""))

    def open(self, folder: str) -> None:
        """``folder``: its name as ``folders`` gives it. What was open before is closed."""
        name = folder.replace("\\", "\\\\").replace('"', '\\"')
        try:
            kind, data = self._client.select(f'"{name}"', readonly=True)
        except (OSError, imaplib.IMAP4.error) as error:
            words = our_words("imap.folder", folder=folder, error=str(error)[:MOST])
            raise MailboxUnavailable(words) from error
        if kind != "OK":
            words = our_words("imap.no_folder", folder=folder, answer=repr(data)[:MOST])
            raise MailboxUnavailable(words, Outcome.ACCOUNT)
        self.uid_validity = self._number("UIDVALIDITY")
        self.uid_next = self._number("UIDNEXT")

    def _number(self, name: str) -> int:
        _, data = self._client.response(name)
        found = re.search(rb"\d+", data[0]) if data and isinstance(data[0], bytes) else None
        if found is None or len(found[0]) > _DIGITS or int(found[0]) > _LARGEST:
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
