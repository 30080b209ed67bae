"""Whether a mailbox is read, in plain words."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from tactful.channels import queries
from tactful.channels.queries import Account
from tactful.channels.rules.hearing import UNREAD_AFTER, Hearing, hearing
from tactful.channels.types import OURS
from tactful.web.build import results
from tactful.web.pages.mailboxes import MailboxState
from tactful.web.templatetags.tactful import duration, near
from tactful.web.types import Act, Text
from tactful.web.visit import Visit

ONE_MINUTE = timedelta(minutes=1)
PASSWORD = f"{OURS}imap.password"


def state_of(account: Account, visit: Visit) -> MailboxState:
    """Whether it is read, in a sentence, and the one act that mends it where a person must."""
    kind = hearing(queries.heard(account), visit.now)
    mends = kind is Hearing.REFUSED and visit.user.may_write
    where = mending_of(account.address, own=account.owner_id is not None)
    words = _("Enter the password again") if account.trouble.startswith(PASSWORD) else _("Connect it again")
    mend = Act(words, where, post=False, icon="key") if mends else None
    return MailboxState(_state(kind, account, visit), kind in (Hearing.DOOR, Hearing.NEW, Hearing.WELL), mend)


def mending_of(address: str, *, own: bool) -> str:
    """Where a mailbox that refuses us is connected again, its address filled in."""
    here = reverse("web:own_mailbox" if own else "web:mail_connect")
    return f"{here}?{urlencode({'again': 1, 'address': address})}"


def _state(kind: Hearing, account: Account, visit: Visit) -> Text:
    if kind is Hearing.DOOR:
        return _("Mail is brought to our own door.")
    if kind is Hearing.NEW:
        return _("Connected. It is read for the first time in a minute.")
    if kind in (Hearing.REFUSED, Hearing.AWAY):
        began = near(account.trouble_at or visit.now, visit.now)
        return _("Could not be read since %(moment)s%(why)s") % {
            "moment": began,
            "why": _why(account.trouble),
        }
    return _last(account.read_at, account, visit)


def _last(read_at: datetime | None, account: Account, visit: Visit) -> Text:
    if read_at is None:
        begun = {"moment": near(account.connected_at or visit.now, visit.now)}
        return _("Connected %(moment)s, and not read yet.") % begun
    ago = visit.now - read_at
    if ago >= UNREAD_AFTER:
        return _("Last read %(moment)s. It is tried again.") % {"moment": near(read_at, visit.now)}
    if ago < ONE_MINUTE:
        return _("Read less than a minute ago")
    return _("Read %(length)s ago") % {"length": duration(ago)}


def _why(detail: str) -> Text:
    """After "since 09:12"."""
    if detail.startswith(PASSWORD):
        return _(": the password was refused. Enter it again.")
    return f". {results.said(detail)}"
