"""Who cannot hear should not chase: mailboxes that cannot be read.

While one of the firm's has not been read for a while, the gate holds what might be answered there already
(``gate.rules.talk``). Whoever it belongs to is told within a quarter of an hour, once for each time.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from tactful.channels import actions as stored
from tactful.channels import queries as channels
from tactful.channels.queries import Account
from tactful.channels.rules.hearing import unread_since
from tactful.foundation.staff.queries import owners
from tactful.inbox import queries as inbox
from tactful.inbox.actions.tasks import finish_keyed, open_tasks
from tactful.inbox.types import NewTask

CODE: Final = "mailbox_unread"
MANY: Final = 50
SOON: Final = timedelta(hours=4)


def hears_again(account: Account, now: datetime) -> None:
    """It has just been read to its end. Many that still lie in the raw store have been read by nobody."""
    if account.trouble_at is not None:
        stored.end_trouble(account.id)
    if len(channels.waiting_raw(MANY)) >= MANY:
        return
    stored.note_read(account.id, now=now)
    _withdraw([account.id], now)


def ask_about_unread(now: datetime) -> None:
    """About each mailbox that cannot be read, unless it is stopped: that is asked already."""
    asked = set(inbox.open_tasks().filter(code=CODE).values_list("params__account", flat=True))
    if asked:
        read = {row.id for row in channels.mail_accounts() if not row.paused_reason}
        _withdraw(sorted(asked - read), now)
    silent = channels.unheard_mailboxes(now)
    if not silent:
        return
    owner = next((user.id for user in owners()), None)
    open_tasks([_asks(account, account.owner_id or owner, now) for account in silent], now=now)


def _withdraw(account_ids: Sequence[int], now: datetime) -> None:
    asked = inbox.open_tasks().filter(code=CODE, params__account__in=list(account_ids))
    if keys := list(asked.values_list("dedupe_key", flat=True)):
        finish_keyed(keys, now=now)


def _asks(account: Account, owner: int | None, now: datetime) -> NewTask:
    since = unread_since(channels.heard(account))
    assert since is not None
    return NewTask(
        kind="decide",
        code=CODE,
        dedupe_key=f"{CODE}:{account.id}:{since.isoformat()}",
        owner_id=owner,
        params={
            "account": account.id,
            "address": account.address,
            "since": since.isoformat(),
            "detail": account.trouble,
            "refused": account.refused,
            "own": account.owner_id is not None,
        },
        due_at=now + SOON,
        urgent=True,
    )
