"""Whose mailbox it is, and what may be read there (R92)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from tactful.channels.actions.access import end_grant, secret_name
from tactful.channels.models import Account, HistoryCursor, ImapCursor
from tactful.foundation.actions import record_audit
from tactful.foundation.models import Role, User
from tactful.foundation.secrets import drop_secrets

LONGEST_HISTORY = 30  # days
SAME = ("imap_username", "smtp_username")


class MailboxRefused(ValueError):
    """This person may not do this with this mailbox; the sentence says why and what to do."""


def may_connect(before: Account | None, owner_id: int | None, acting_user: int | None) -> int | None:
    """Whose the mailbox will be. ``acting_user`` None is the house itself. Raises ``MailboxRefused``.

    A mailbox of one person is connected and changed by that person alone; the firm's, by an owner. What is
    the one never becomes the other.
    """
    whose = before.owner_id if before is not None else owner_id
    if before is not None and owner_id not in (None, before.owner_id):
        raise MailboxRefused(_("This mailbox belongs to somebody already. Connect another one."))
    if acting_user is None:
        return whose
    if whose is not None and whose != acting_user:
        raise MailboxRefused(_("This is a colleague's own mailbox. Only they can connect or change it."))
    if whose is None and not User.objects.filter(id=acting_user, role=Role.OWNER, is_active=True).exists():
        raise MailboxRefused(_("The firm's mailbox is connected by an owner. Ask one of them."))
    return whose


def look_from_now_on(account: Account, before: Account | None, now: datetime) -> None:
    """A mailbox that is new here is read from this moment; the same one at another server goes on."""
    if before is not None and _login(before) == _login(account):
        return
    ImapCursor.objects.filter(account=account).delete()
    HistoryCursor.objects.filter(account=account).delete()
    account.connected_at, account.history_since, account.history_done_at = now, None, None
    account.save(update_fields=["connected_at", "history_since", "history_done_at"])


def _login(account: Account) -> str:
    given = (account.settings.get(name) for name in SAME)
    return str(next(filter(None, given), account.address)).casefold()


@transaction.atomic
def set_inquiries(account_id: int, on: bool, *, acting_user: int | None, now: datetime) -> None:
    """Whether mail of people who are no clients is taken in, as an inquiry. Raises ``MailboxRefused``."""
    account = Account.objects.select_for_update().get(id=account_id)
    may_connect(account, None, acting_user)
    if on and account.owner_id is not None:
        raise MailboxRefused(_("In a person's own mailbox only mail with known clients is read."))
    if account.inquiries == on:
        return
    account.inquiries = on
    account.save(update_fields=["inquiries"])
    _note("account.inquiries", account, acting_user, now, {"on": on})


@transaction.atomic
def ask_for_history(account_id: int, days: int, *, acting_user: int | None, now: datetime) -> None:
    """Read the days before the connection too, once. Asked again, it goes further back, or nothing happens.
    Raises ``MailboxRefused``."""
    if not 1 <= days <= LONGEST_HISTORY:
        raise MailboxRefused(_("At most the last %(days)d days can be read.") % {"days": LONGEST_HISTORY})
    account = Account.objects.select_for_update().get(id=account_id)
    may_connect(account, None, acting_user)
    since = (account.connected_at or now) - timedelta(days)
    if account.history_since is not None and account.history_since <= since:
        return
    HistoryCursor.objects.filter(account=account).delete()
    account.history_since, account.history_done_at = since, None
    account.save(update_fields=["history_since", "history_done_at"])
    _note("account.history", account, acting_user, now, {"days": days})


def end_history(account_id: int, *, now: datetime) -> None:
    """Everything that was asked for has been stored."""
    Account.objects.filter(id=account_id, history_done_at=None).update(history_done_at=now)


@transaction.atomic
def end_mailbox(account_id: int, *, acting_user: int, now: datetime) -> None:
    """Somebody's own is read no more, and what opened it is forgotten; what clients wrote to it stays with
    them. Raises ``MailboxRefused``."""
    account = Account.objects.select_for_update().get(id=account_id)
    may_connect(account, None, acting_user)
    if account.owner_id is None:
        raise MailboxRefused(_("The firm's mailbox is changed, not ended. Connect another one instead."))
    _end(account, acting_user, now)


@transaction.atomic
def end_mailboxes_of(user_id: int, *, acting_user: int, now: datetime) -> None:
    """They do not work here any more: their own mailbox is no business of the house."""
    for account in Account.objects.select_for_update().filter(owner_id=user_id, enabled=True):
        _end(account, acting_user, now)


def _end(account: Account, acting_user: int, now: datetime) -> None:
    account.enabled = False
    account.save(update_fields=["enabled"])
    end_grant(account.id)
    drop_secrets([secret_name(account.id, "imap_password")])
    ImapCursor.objects.filter(account=account).delete()
    HistoryCursor.objects.filter(account=account).delete()
    _note("account.ended", account, acting_user, now, {"address": account.address})


def begin_mailbox(account_id: int, *, now: datetime) -> None:
    """One from before there was a day of connection: from now on it has one."""
    Account.objects.filter(id=account_id, connected_at=None).update(connected_at=now)


def _note(
    verb: str, account: Account, acting_user: int | None, now: datetime, body: dict[str, object]
) -> None:
    record_audit(actor=acting_user, verb=verb, subject=f"account:{account.id}", now=now, body=body)
