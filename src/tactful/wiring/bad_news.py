"""Bad news is a person's to bring: automation keeps quiet, somebody writes, and then it thinks anew.

"There is bad news"     a hold on the client, and a task for whoever writes
the task is done        the hold ends, and what it held is worked out again with today's facts
the hold is ended       the task goes with it
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from tactful.events.types import Fact
from tactful.gate.actions import NewHold, place_hold, release_hold
from tactful.inbox.actions.tasks import finish_about, open_tasks
from tactful.inbox.types import NewTask

CODE = "bad_news"
SUBJECT = "hold"
WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class BadNews:
    """``about``: in a few words, for colleagues only. ``writer_id``: who tells the client."""

    contact_id: int
    about: str
    writer_id: int


@transaction.atomic
def begin(news: BadNews, *, acting_user: int, now: datetime) -> int:
    """Answers with the id of the hold."""
    hold = NewHold("contact", news.about, news.contact_id, owner_id=news.writer_id)
    ident = place_hold(hold, acting_user=acting_user, now=now)
    task = NewTask(
        kind="write",
        code=CODE,
        dedupe_key=f"{CODE}:{ident}",
        contact_id=news.contact_id,
        owner_id=news.writer_id,
        params={"about": news.about},
        subject_kind=SUBJECT,
        subject_id=ident,
        due_at=now + WITHIN,
        urgent=True,
    )
    open_tasks([task], now=now)
    return ident


def let_go_on(facts: Sequence[Fact], now: datetime) -> None:
    """The client has been told."""
    for fact in facts:
        ident = fact.data.get("subject_id")
        if fact.data.get("code") == CODE and isinstance(ident, int):
            release_hold(ident, acting_user=None, now=now)


def drop_task(facts: Sequence[Fact], now: datetime) -> None:
    """Somebody has ended the hold by hand, so nobody is asked to write any more."""
    finish_about(SUBJECT, [int(fact.data["hold"]) for fact in facts if "hold" in fact.data], now=now)
