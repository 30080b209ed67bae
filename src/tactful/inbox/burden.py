"""How often the machine interrupts people (DESIGN, "The burden has a budget"): counted, by cause.

Everything that asks somebody for something is a task: holds that end in a question, approvals, calls that a
journey wants, outcomes that nobody knows. A card that several of them share interrupts once, for its first
one (``rules.cards``). What a client or a colleague asks for is no interruption of ours.
"""

from dataclasses import dataclass
from datetime import date, datetime

from tactful.foundation import pg
from tactful.inbox.rules.cards import FROM_PEOPLE

OF_DAYS = """
SELECT (opened_at AT TIME ZONE %(zone)s)::date, owner_id,
       CASE WHEN code = 'journey' THEN 'journey_' || kind ELSE code END, count(*)
FROM task WHERE opened_at >= %(since)s AND opened_at < %(until)s AND joined IS NULL
    AND NOT code = ANY(%(from_people)s::text[])
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class Interruptions:
    """``day``: local to the business. ``owner_id`` None: nobody's yet. ``cause``: the code of the task;
    for a journey's with its kind, ``journey_call``, ``journey_approve``."""

    day: date
    owner_id: int | None
    cause: str
    count: int


def interruptions(since: datetime, until: datetime, zone: str) -> list[Interruptions]:
    """By day, person and cause. ``zone``: of the business."""
    given = {"since": since, "until": until, "zone": zone, "from_people": pg.texts(sorted(FROM_PEOPLE))}
    return [Interruptions(*row) for row in pg.many(OF_DAYS, given)]
