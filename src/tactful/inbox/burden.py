"""How often the machine interrupts people (DESIGN, "The burden has a budget"): counted, by cause.

Everything that asks somebody for something is a task: holds that end in a question, approvals, calls that a
journey wants, outcomes that nobody knows. A card that several of them share interrupts once, for its first
one (``rules.cards``), when it is opened; the list of a day once, when it asks, for the first of those that
are still open then (``rules.day_list``). A mail from us to one of ours interrupts as well. What a client or a
colleague asks for is no interruption of ours.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tactful.foundation import pg
from tactful.foundation.queries import settings_at
from tactful.inbox.rules.burden import Felt, felt
from tactful.inbox.rules.cards import FROM_PEOPLE
from tactful.kernel.calendars import is_holiday

OF_DAYS = """
WITH asked AS (
    SELECT opened_at AS at, owner_id, code, kind FROM task
    WHERE opened_at >= %(since)s AND opened_at < %(until)s AND joined IS NULL AND asks_at IS NULL
        AND NOT code = ANY(%(from_people)s::text[])
    UNION ALL SELECT * FROM (
        SELECT DISTINCT ON (COALESCE(joined, id)) asks_at, owner_id, code, kind FROM task
        WHERE asks_at >= %(since)s AND asks_at < %(until)s AND (done_at IS NULL OR done_at > asks_at)
        ORDER BY COALESCE(joined, id), id) AS lists)
SELECT (at AT TIME ZONE %(zone)s)::date, owner_id,
       CASE WHEN code = 'journey' THEN 'journey_' || kind ELSE code END, count(*)
FROM asked GROUP BY 1, 2, 3
UNION ALL
SELECT (ts AT TIME ZONE %(zone)s)::date, (data->>'user')::bigint, data->>'cause', count(*)
FROM event WHERE name = 'staff.told' AND ts >= %(since)s AND ts < %(until)s
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
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


GATHERED: Final = "burden.gathered"
OFF: Final = "burden.off"
WEEKEND: Final = frozenset({5, 6})


def felt_between(since: datetime, until: datetime, zone: str, country: str) -> Felt:
    """Per working day of the business: weekends and public holidays are felt on the next one."""
    first, last = since.astimezone(ZoneInfo(zone)).date(), until.astimezone(ZoneInfo(zone)).date()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    work = [day for day in days if day.weekday() not in WEEKEND and not is_holiday(day, country)]
    return felt([(row.day, row.cause, row.count) for row in interruptions(since, until, zone)], work)


def eased(now: datetime) -> tuple[frozenset[str], frozenset[str]]:
    """Causes that an owner has gathered into one list a week, and those that are switched off."""
    given = settings_at(now)
    return frozenset(given.get(GATHERED, ())), frozenset(given.get(OFF, ()))
