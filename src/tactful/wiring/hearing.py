"""Who cannot hear should not chase: mailboxes that cannot be read.

While one of the firm's has not been read for a while, the gate holds what might be answered there already
(``gate.rules.talk``). If it lasts, the owner is told, once for each time.
"""

from datetime import datetime, timedelta
from typing import Final

from tactful.channels import actions as stored
from tactful.channels import queries as channels
from tactful.channels.queries import Account
from tactful.foundation.staff.queries import owners
from tactful.inbox import queries as inbox
from tactful.inbox.actions.tasks import finish_keyed, open_tasks
from tactful.inbox.types import NewTask

CODE: Final = "mailbox_unread"
PATIENCE: Final = timedelta(hours=1)
"""So long a provider may be away without anybody being asked to look."""
MANY: Final = 50
SOON: Final = timedelta(hours=4)


def hears_again(account: Account, now: datetime) -> None:
    """It has just been read to its end. Many that still lie in the raw store have been read by nobody."""
    if len(channels.waiting_raw(MANY)) >= MANY:
        return
    stored.note_read(account.id, now=now)
    asked = inbox.open_tasks().filter(code=CODE, params__account=account.id)
    if keys := list(asked.values_list("dedupe_key", flat=True)):
        finish_keyed(keys, now=now)


def ask_about_unread(now: datetime) -> None:
    """About each mailbox that could not be read for an hour, unless it is stopped: that is asked already."""
    silent = channels.unread_mailboxes(now - PATIENCE)
    if not silent:
        return
    owner = next((user.id for user in owners()), None)
    open_tasks([_asks(account, owner, now) for account in silent], now=now)


def _asks(account: Account, owner: int | None, now: datetime) -> NewTask:
    since = account.read_at or account.connected_at
    assert since is not None
    return NewTask(
        kind="decide",
        code=CODE,
        dedupe_key=f"{CODE}:{account.id}:{since.isoformat()}",
        owner_id=owner,
        params={"account": account.id, "address": account.address, "since": since.isoformat()},
        due_at=now + SOON,
        urgent=True,
    )
