"""A file has come while documents are missing, or a client has asked for a person: until one of us has
looked, or talked with them, nobody chases that client.

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
from tactful.inbox.types import IS_THIS_IT, TALK_TO_ME

WAITED_FOR: Final = (IS_THIS_IT, TALK_TO_ME)
AT_MOST: Final = timedelta(days=7)
"""A house may have gathered these questions into one list a week."""


def hold_chasers(contact_id: int, owner_id: int | None, now: datetime, reason: str = IS_THIS_IT) -> None:
    """``reason``: the code of the tasks for which it waits."""
    hold = NewHold(
        scope="contact",
        reason=reason,
        scope_id=contact_id,
        topic=OPTIONAL,
        owner_id=owner_id,
        expires_at=now + AT_MOST,
    )
    keep_hold(hold, now=now)


def let_chase(facts: Sequence[Fact], now: datetime) -> None:
    """Somebody has looked, or talked with them: with the last such task of a client, what was held is worked
    out again; and with the last file, the mail is done with."""
    done = {
        (fact.contact_id, str(fact.data.get("code", ""))) for fact in facts if fact.contact_id is not None
    }
    for contact, code in sorted((contact or 0, code) for contact, code in done if code in WAITED_FOR):
        if open_about(contact, code):
            continue
        if code == IS_THIS_IT:
            files_looked_at(contact, now=now)
        for hold in gate.standing_on(contact, now):
            if hold.reason == code:
                release_hold(hold.id, acting_user=None, now=now)
