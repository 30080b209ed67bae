"""Reading mailboxes: INBOX first, then what was sent, in the order in which the server took it in.

Each folder has a cursor of its own, which moves in the transaction that stores a batch (R39): an outage of
any length, or a kill at any point, loses nothing and doubles nothing. Nothing is marked, moved or deleted.
"""

import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from django.db import InterfaceError, OperationalError

from tactful.channels import actions as stored
from tactful.channels import queries as channels
from tactful.channels.actions import Place, RawMail
from tactful.channels.mail.imap import ImapSettings, MailboxUnavailable, Session
from tactful.channels.mail.imap_types import Batch, Cursor, Mail, Wanted
from tactful.channels.mail.parse import provider_id
from tactful.channels.mail.sent_folders import sent_folders
from tactful.channels.models import Account
from tactful.channels.rules.hearing import rests
from tactful.channels.types import Outcome, our_words
from tactful.foundation.clock import business_now, clock_shift
from tactful.foundation.traces import places
from tactful.wiring.hearing import hears_again
from tactful.wiring.mail import imap_settings
from tactful.wiring.mail_access import keep_fresh
from tactful.wiring.whose_mail import Rules, Way, choose, may_keep

logger = logging.getLogger(__name__)

POLL_EVERY = 20.0  # seconds
ZONES = timedelta(days=1)
"""A server's day may begin before ours."""
HISTORY_AT_ONCE = 4  # batches of a folder, so that new mail need not wait for old


@dataclass(frozen=True, slots=True)
class _Folder:
    name: str
    way: Way


@dataclass(frozen=True, slots=True)
class _Box:
    account: Account
    session: Session
    rules: Rules


def poll_mailboxes(stop: threading.Event) -> None:
    """Ask each mailbox once, then rest. One that cannot be reached stops no other."""
    keep_fresh()
    for account in channels.mail_accounts():
        if not rests(channels.heard(account), business_now()):
            _poll(account)
    stop.wait(POLL_EVERY)


def _poll(account: Account) -> None:
    """Trouble with the database is waited out by the whole worker; any other stays with its mailbox."""
    try:
        settings = imap_settings(account)
        if settings is not None:
            poll_account(account, settings)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001, whatever it is, the other mailboxes are read
        logger.error("The mailbox of %s could not be read, again soon: %s", account.address, places(error))
        stored.note_trouble(account.id, our_words("imap.odd"), refused=False, now=business_now())


def poll_account(account: Account, settings: ImapSettings) -> bool:
    """Read what is new, and a piece of what was asked for of the past. Answers whether the mailbox could be
    read; an outage changes nothing but what is known of it, which ``Settings`` shows."""
    try:
        with Session(settings) as session:
            _read_all(_Box(account, session, _rules(account)), settings.folder)
    except MailboxUnavailable as trouble:
        logger.warning("The mailbox of %s cannot be read: %s", account.address, trouble)
        refused = trouble.outcome is Outcome.ACCOUNT
        stored.note_trouble(account.id, str(trouble), refused=refused, now=business_now())
        return False
    hears_again(account, business_now())
    return True


def _rules(account: Account) -> Rules:
    """``inquiries``: never of a person's own mailbox, whatever stands there."""
    return Rules(
        way=Way.INBOX,
        own=channels.own_addresses(),
        inquiries=account.inquiries and account.owner_id is None,
        since=account.connected_at,
        shift=clock_shift(),
    )


def _read_all(box: _Box, inbox: str) -> None:
    """What clients wrote comes before what was answered."""
    first = _Folder(inbox, Way.INBOX)
    _read_new(box, first)
    if box.account.connected_at is None:
        stored.begin_mailbox(box.account.id, now=business_now())
        return
    sent = [_Folder(name, Way.SENT) for name in sent_folders(box.session.folders(), inbox)]
    for folder in sent:
        if _can_open(box, folder):
            _read_new(box, folder)
    if box.account.history_since is not None and box.account.history_done_at is None:
        _read_history(box, [first, *sent])


def _can_open(box: _Box, folder: _Folder) -> bool:
    """A folder that the server lists and does not open costs nobody the rest."""
    try:
        box.session.open(folder.name)
    except MailboxUnavailable as trouble:
        if trouble.outcome is not Outcome.ACCOUNT:
            raise
        logger.warning("A folder of %s is left out: %s", box.account.address, trouble)
        return False
    return True


def _read_new(box: _Box, folder: _Folder) -> None:
    row = channels.imap_cursor(box.account.id, folder.name)
    cursor = Cursor(*row) if row else Cursor(0, 0)
    since = box.rules.since
    if row is None and since is None:
        _keep(box, folder, Batch((), box.session.end))
        return
    again = bool(cursor.uid_validity) and cursor.uid_validity != box.session.uid_validity
    rules = replace(box.rules, way=folder.way, again=again)
    wanted = Wanted(partial(choose, rules=rules), _day(rules))
    for batch in box.session.read(cursor, wanted):
        _keep(replace(box, rules=rules), folder, batch)


def _read_history(box: _Box, folders: Sequence[_Folder]) -> None:
    """Up to where reading began, or it would take from what is new its right to be answered."""
    finished = [_read_past(box, folder) for folder in folders]
    if all(finished):
        stored.end_history(box.account.id, now=business_now())


def _read_past(box: _Box, folder: _Folder) -> bool:
    """A piece of one folder; answers whether that was all of it."""
    row = channels.history_cursor(box.account.id, folder.name)
    upto = channels.imap_cursor(box.account.id, folder.name)
    if row is not None and row.done:
        return True
    if upto is None:
        return not _can_open(box, folder)
    if not _can_open(box, folder):
        return True
    rules = replace(box.rules, way=folder.way, since=box.account.history_since, history=True)
    wanted = Wanted(partial(choose, rules=rules), _day(rules), upto[1])
    cursor = Cursor(row.uidvalidity, row.uid) if row else Cursor(0, 0)
    batches = box.session.read(cursor, wanted)
    read = replace(box, rules=rules)
    for batch in islice(batches, HISTORY_AT_ONCE):
        _keep(read, folder, batch)
        cursor = batch.cursor
    if next(batches, None) is not None:
        return False
    _keep(read, folder, Batch((), cursor), done=True)
    return True


def _day(rules: Rules) -> datetime | None:
    return rules.since - rules.shift - ZONES if rules.since else None


def _keep(box: _Box, folder: _Folder, batch: Batch, done: bool = False) -> None:
    mails = list(_to_keep(box, folder, batch.mails))
    passed_by = batch.passed_by + len(batch.mails) - len(mails)
    place = Place(
        box.account.id,
        folder.name,
        batch.cursor.uid_validity,
        batch.cursor.last_uid,
        passed_by=passed_by,
        history=box.rules.history,
        done=done,
    )
    stored.store_polled(place, mails, now=business_now())


def _to_keep(box: _Box, folder: _Folder, mails: Iterable[Mail]) -> Iterator[RawMail]:
    for mail in mails:
        if may_keep(mail.raw, None, box.account, box.rules):
            about = {"folder": folder.name, "uid": mail.uid, "way": folder.way.value}
            if mail.at is not None:
                about["at"] = (mail.at + box.rules.shift).isoformat()
            if box.rules.history:
                about["history"] = True
            # A mail to oneself stands in both: one is somebody's word, the other ours.
            kind = "sent:" if folder.way is Way.SENT else ""
            yield RawMail(box.account.id, f"{kind}{provider_id(mail.raw)}", mail.raw, about)
