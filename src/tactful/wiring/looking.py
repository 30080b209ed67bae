"""A file has come while documents are missing, or a client has asked for a person: until one of us has
looked, or talked with them, nobody chases that client.

The file may be what the next reminder would ask for. What the client waits for goes all the same. As nobody
is chased meanwhile, the question may wait for the list of the next working day.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from tactful.engagements.types import EngagementView
from tactful.events.types import Fact
from tactful.foundation.queries import business_at
from tactful.gate import queries as gate
from tactful.gate.actions import NewHold, keep_hold, release_hold
from tactful.gate.rules.orders import OPTIONAL
from tactful.inbox.actions.quiet import files_looked_at
from tactful.inbox.actions.tasks import open_about, open_tasks
from tactful.inbox.types import IS_THIS_IT, TALK_TO_ME, NewTask
from tactful.kernel.zones import day_start

WAITED_FOR: Final = (IS_THIS_IT, TALK_TO_ME)
AT_MOST: Final = timedelta(days=7)
"""A house may have gathered these questions into one list a week."""
WORKING_DAY: Final = timedelta(days=1)


def ask_is_this_it(files: Mapping[int, str], view: EngagementView, now: datetime) -> None:
    """``files``: names by id, kept for the client of ``view`` as nothing that we asked for so far."""
    if files:
        open_tasks([_is_this_it(ident, name, view, now) for ident, name in files.items()], now=now)
        hold_chasers(view.contact_id, view.owner_id, now)


def _is_this_it(file_id: int, name: str, view: EngagementView, now: datetime) -> NewTask:
    return NewTask(
        kind=IS_THIS_IT,
        code=IS_THIS_IT,
        dedupe_key=f"file:{file_id}",
        contact_id=view.contact_id,
        owner_id=view.owner_id,
        params={"file": name, "engagement": view.id},
        subject_kind="file",
        subject_id=file_id,
        due_at=now + WORKING_DAY,
        may_wait=True,
        needed_by=needed_by(view.due_on, now),
    )


def needed_by(due_on: date | None, now: datetime) -> datetime | None:
    """The moment before which we must know what has come: as the day begins on which all is due. Once that
    has passed, there is no such moment any more."""
    at = day_start(due_on, business_at(now).time_zone) if due_on is not None else None
    return at if at is not None and at > now else None


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
