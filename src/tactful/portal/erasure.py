"""A client asks to be forgotten (GDPR 17). Nothing is erased here: an owner hears of it, and has a month
(GDPR 12) to do it or to say why not. Whoever holds the link could be somebody else, and some papers must be
kept.
"""

from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse

from tactful.foundation.staff.queries import owners
from tactful.gate.actions import NewHold, keep_hold
from tactful.gate.types import OnRelease
from tactful.inbox.actions.tasks import open_tasks
from tactful.inbox.queries import tasks_of_contact
from tactful.inbox.types import NewTask
from tactful.kernel.months import month_after
from tactful.portal.links import Visit
from tactful.portal.types import ErasurePage

CODE: Final = "erasure_asked"
END_OF_DAY: Final = time(16)


def deadline(now: datetime, zone: str) -> datetime:
    """By when the client must have an answer: a month after they asked, while somebody is at work."""
    here = ZoneInfo(zone)
    return datetime.combine(month_after(now.astimezone(here).date()), END_OF_DAY, here)


def erasure_page(visit: Visit, token: str) -> ErasurePage:
    return ErasurePage(
        url=reverse("portal:erasure", args=[token]),
        preferences_url=reverse("portal:preferences", args=[token]),
        someone=visit.someone,
        asked_until=asked_until(visit.person.id),
    )


def asked_until(contact_id: int) -> datetime | None:
    """By when they are answered, if they have asked and nobody has answered yet."""
    return next((task.due_at for task in tasks_of_contact(contact_id) if task.code == CODE), None)


@transaction.atomic
def ask_erasure(visit: Visit, *, now: datetime) -> None:
    """Asked again while it is open, nothing changes. Until somebody has answered, nothing is sent that can
    wait."""
    if asked_until(visit.person.id) is not None:
        return
    until = deadline(now, visit.house.time_zone)
    task = NewTask(
        kind="decide",
        code=CODE,
        dedupe_key=f"{CODE}:{visit.person.id}:{now.isoformat()}",
        contact_id=visit.person.id,
        owner_id=next((user.id for user in owners()), None),
        subject_kind="contact",
        subject_id=visit.person.id,
        params={"until": until.isoformat()},
        due_at=until,
    )
    open_tasks([task], now=now)
    rest = NewHold(
        scope="contact",
        scope_id=visit.person.id,
        topic="optional",
        reason="client_pause",
        expires_at=until,
        on_release=OnRelease.RECOMPUTE,
    )
    keep_hold(rest, now=now)
