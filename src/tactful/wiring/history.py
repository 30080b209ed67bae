"""The days before a mailbox was connected: read once if somebody asks for it, and what they leave to do."""

from datetime import datetime
from enum import StrEnum

from tactful.channels import actions as channels
from tactful.channels import queries as stored
from tactful.channels.models import Account
from tactful.contacts import queries as contacts
from tactful.inbox import queries as inbox

DAYS = 30


class History(StrEnum):
    NOT_ASKED = "not_asked"
    READING = "reading"  # by the worker, beside new mail
    DONE = "done"


def begin_history(
    account: Account | int, days: int, now: datetime, *, acting_user: int | None = None
) -> None:
    """Let the worker read the last ``days`` (at most 30) of INBOX and of what was sent, with known clients
    only. It begins no journey, opens no task and tells nobody. Raises ``channels.actions.MailboxRefused``."""
    channels.ask_for_history(_id(account), days, acting_user=acting_user, now=now)


def history_of(account: Account | int) -> History:
    row = stored.account(_id(account))
    if row.history_since is None:
        return History.NOT_ASKED
    unread = row.history_done_at is None or stored.history_waits(row.id)
    return History.READING if unread else History.DONE


def waiting_after_history(account: Account | int) -> list[str]:
    """The names of the clients who wrote last in those days and have had no answer, who has waited longest
    first. Who has been answered since, here or elsewhere, is not among them."""
    asked = inbox.unanswered_of_then()
    ours = stored.of_account(_id(account), [entry.raw_id for entry in asked if entry.raw_id is not None])
    ids = [entry.conversation.contact_id for entry in asked if entry.raw_id in ours]
    people = contacts.people({ident for ident in ids if ident is not None})
    return [people[ident].name for ident in dict.fromkeys(ids) if ident in people]


def _id(account: Account | int) -> int:
    return account if isinstance(account, int) else account.id
