"""How people pass through a journey: who stands where, where they go on, and how long they stay.

Counts of those who stand somewhere are of this moment and of everybody. Where people went and how long
they stayed is told of the newest ``SAMPLE`` who began, so that the page is as quick with a million.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from tactful.foundation import pg
from tactful.journeys.hot import crowds
from tactful.journeys.models import PAUSED, Alarm, Enrolment, PeopleAct

SAMPLE = 1_000
TOLD = timedelta(minutes=10)
"""So long a page says of an act that it did not reach everybody."""
LATE = timedelta(minutes=10)
"""So long after its moment a step counts as late; the worker takes its turn every second."""

APART = f"""SELECT step, count(*) FILTER (WHERE failures > 0),
    count(*) FILTER (WHERE retry_at >= '{PAUSED}' AND retry_at < '{PAUSED + timedelta(days=1)}')
FROM enrolment WHERE retry_at IS NOT NULL AND journey_id = %(journey)s AND ended_at IS NULL
GROUP BY step"""  # noqa: S608, constants

#: Begins with what is held, of which there is little: PostgreSQL would go through everybody on a journey.
_HELD = """WITH held AS MATERIALIZED (
    SELECT message_id FROM dispatch WHERE shelf = 2),
visited AS MATERIALIZED (
    SELECT m.cause_id FROM held JOIN message m ON m.id = held.message_id WHERE m.cause_kind = 'visit')
"""
HELD = (
    _HELD  # noqa: S608, constants
    + """SELECT e.step, count(*) FROM visited JOIN enrolment e ON e.id = visited.cause_id
WHERE e.journey_id = %(journey)s AND e.ended_at IS NULL GROUP BY e.step"""
)

WALKED = """WITH newest AS MATERIALIZED (
    SELECT id, step, visit, wait_since, ended_at FROM enrolment
    WHERE journey_id = %(journey)s ORDER BY id DESC LIMIT %(sample)s),
stays AS (
    SELECT n.id, v.visit, v.step, v.at, v.result, n.ended_at
    FROM newest n CROSS JOIN LATERAL (
        SELECT visit, step, at, result FROM visit
        WHERE enrolment_id = n.id OFFSET 0) AS v  -- never the whole table
    UNION ALL
    SELECT id, visit, step, wait_since, '', NULL FROM newest WHERE ended_at IS NULL AND visit > 0),
ways AS (
    SELECT step, at, result, lead(step) OVER w AS next,
        COALESCE(lead(at) OVER w, ended_at) AS left_at
    FROM stays WINDOW w AS (PARTITION BY id ORDER BY visit))
SELECT step, COALESCE(next, CASE WHEN left_at IS NULL THEN 'here' ELSE 'end' END), next IS NULL, count(*),
    percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY left_at - at),
    count(*) FILTER (WHERE result = 'expired')
FROM ways GROUP BY GROUPING SETS ((step, 2, 3), (step))"""

COUNT = (
    "SELECT count(*) FROM (SELECT FROM enrolment WHERE journey_id = %(journey)s LIMIT %(sample)s) AS newest"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Who stands at one step: how many, until when the last one, and how many of them are late, held,
    paused by a person, or could not go on."""

    step: str
    number: int
    until: datetime | None
    failing: int = 0
    paused: int = 0
    late: int = 0
    held: int = 0


@dataclass(slots=True)
class Passage:
    """Those of the sample who came to a step. ``ways``: next step -> how many; ``ended``: left the journey
    from here; ``here``: stand here still; ``too_late``: their message was left out, for no fitting moment
    was left before its latest. ``median`` and ``slowest``: how long they stayed; of ten, one
    stayed longer than ``slowest``."""

    came: int = 0
    ways: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    ended: int = 0
    here: int = 0
    too_late: int = 0
    median: timedelta | None = None
    slowest: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Crowd:
    """``steps``: who stands where, over all versions that people still walk. ``versions``: how many walk
    each, by its id."""

    steps: dict[str, Standing]
    versions: dict[int, int]

    @property
    def inside(self) -> int:
        return sum(self.versions.values())


def standing(journey_id: int, now: datetime) -> Crowd:
    """Everybody, without a look at each: they are counted as they come and go, and those who are apart
    from the rest are few, and found by indexes."""
    of_journey = {"journey": journey_id}
    held: dict[str, int] = dict(pg.many(HELD, of_journey))
    apart = {step: (failing, paused) for step, failing, paused in pg.many(APART, of_journey)}
    versions: Counter[int] = Counter()
    counts: Counter[str] = Counter()
    for step, version, count in crowds.of_journey(journey_id):
        versions[version] += count
        counts[step] += count
    moments = crowds.moments(journey_id, list(counts), now - LATE)
    steps = {}
    for step, count in counts.items():
        (until, late), (failing, paused) = moments[step], apart.get(step, (0, 0))
        steps[step] = Standing(step, count, until, failing, paused, late, held.get(step, 0))
    return Crowd(steps, dict(versions))


def how_many_stand(journey_id: int, step: str = "") -> int:
    """At a step, or anywhere if none is named."""
    return sum(count for at, _, count in crowds.of_journey(journey_id) if step in ("", at))


def passages(journey_id: int, sample: int = SAMPLE) -> tuple[int, dict[str, Passage]]:
    """Of how many, and by step."""
    params = {"journey": journey_id, "sample": sample}
    found: dict[str, Passage] = defaultdict(Passage)
    for step, goes, is_last, count, spent, too_late in pg.many(WALKED, params):
        here = found[step]
        if goes is None:
            here.came, here.too_late = count, too_late
            here.median, here.slowest = (spent[0], spent[1]) if spent else (None, None)
        elif not is_last:
            here.ways[goes] += count
        elif goes == "end":
            here.ended = count
        else:
            here.here = count
    total = pg.one(COUNT, params)
    return (total[0] if total else 0), dict(found)


@dataclass(frozen=True, slots=True)
class Choice:
    """Some of those on a journey. ``step``: at this one, "" for anywhere. ``only``: held, late, failing or
    paused, "" for all."""

    step: str = ""
    only: str = ""


ONLY = ("held", "late", "failing", "paused")
HELD_IDS = (
    _HELD  # noqa: S608, constants
    + """SELECT e.id FROM visited JOIN enrolment e ON e.id = visited.cause_id
WHERE e.journey_id = %(journey)s AND e.ended_at IS NULL"""
)


def chosen(journey_id: int, choice: Choice, now: datetime) -> QuerySet[Enrolment]:
    """In the order in which they began."""
    rows = Enrolment.objects.filter(journey_id=journey_id, ended_at=None)
    if choice.step:
        rows = rows.filter(step=choice.step)
    if choice.only == "held":
        rows = rows.filter(id__in=[ident for (ident,) in pg.many(HELD_IDS, {"journey": journey_id})])
    elif choice.only == "late":
        alarms = Alarm.objects.filter(journey_id=journey_id, due_at__lt=now - LATE)
        alarms = alarms.filter(step=choice.step) if choice.step else alarms
        rows = rows.filter(id__in=alarms.values("enrolment_id"), retry_at=None)
    elif choice.only == "failing":
        rows = rows.filter(failures__gt=0, retry_at__isnull=False)  # each has a moment when it is tried again
    elif choice.only == "paused":
        rows = rows.filter(retry_at__gte=PAUSED, retry_at__lt=PAUSED + timedelta(days=1))
    return rows.order_by("id")


def held_among(enrolment_ids: Collection[int]) -> set[int]:
    """Those of whom a message is held."""
    query = """SELECT m.cause_id FROM dispatch d JOIN message m ON m.id = d.message_id
        WHERE d.shelf = 2 AND m.cause_kind = 'visit' AND m.cause_id = ANY(%(ids)s::bigint[])"""
    return {ident for (ident,) in pg.many(query, {"ids": pg.numbers(enrolment_ids)})}


def recent_acts(journey_id: int, now: datetime) -> list[PeopleAct]:
    """What was asked of people here and can still be taken back, and what lately did not reach everybody."""
    rows = PeopleAct.objects.filter(journey_id=journey_id, undone_at=None)
    lately = rows.filter(Q(done_at=None) | Q(asked_at__gt=now - TOLD)).order_by("id")
    return [row for row in lately if row.done_at is None or (row.reached or 0) < row.meant]
