"""A file has come while documents are missing: until one of us has looked, nobody chases that client.

The file may be what the next reminder would ask for. What the client waits for goes all the same.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from tactful.events.types import Fact
from tactful.gate import queries as gate
from tactful.gate.actions import NewHold, keep_hold, release_hold
from tactful.gate.rules.orders import OPTIONAL
from tactful.inbox.actions.quiet import files_looked_at
from tactful.inbox.actions.tasks import open_about
from tactful.inbox.types import IS_THIS_IT

AT_MOST: Final = timedelta(days=7)
"""A house may have gathered these questions into one list a week."""


def hold_chasers(contact_id: int, owner_id: int | None, now: datetime) -> None:
    hold = NewHold(
        scope="contact",
        reason=IS_THIS_IT,
        scope_id=contact_id,
        topic=OPTIONAL,
        owner_id=owner_id,
        expires_at=now + AT_MOST,
    )
    keep_hold(hold, now=now)


def let_chase(facts: Sequence[Fact], now: datetime) -> None:
    """Somebody has looked: with the last file of a client, what was held is worked out again, and the mail is
    done with."""
    looked = {fact.contact_id for fact in facts if fact.data.get("code") == IS_THIS_IT}
    for contact in sorted(ident for ident in looked if ident is not None):
        if not open_about(contact, IS_THIS_IT):
            files_looked_at(contact, now=now)
            for hold in gate.standing_on(contact, now):
                if hold.reason == IS_THIS_IT:
                    release_hold(hold.id, acting_user=None, now=now)
