"""Who stands where, counted as people come and go (``models.CrowdChange``): nobody looks at everybody."""

from collections.abc import Sequence
from datetime import datetime

from tactful.foundation import pg

OF_JOURNEY = """SELECT step, version_id, sum(number)::bigint FROM enrolment_crowd
WHERE journey_id = %s GROUP BY step, version_id HAVING sum(number) > 0"""
INSIDE = "SELECT journey_id, sum(number)::bigint FROM enrolment_crowd GROUP BY journey_id"
VERSIONS = "SELECT version_id FROM enrolment_crowd GROUP BY version_id HAVING sum(number) > 0"
MOMENTS = """SELECT step,
    (SELECT max(due_at) FROM enrolment_alarm a WHERE a.journey_id = %(journey)s AND a.step = steps.step),
    (SELECT count(*) FROM enrolment_alarm a
        WHERE a.journey_id = %(journey)s AND a.step = steps.step AND a.due_at < %(late)s)
FROM unnest(%(steps)s::text[]) AS steps(step)"""

ADD_UP = """WITH several AS (
    SELECT journey_id, version_id, step FROM enrolment_crowd GROUP BY 1, 2, 3 HAVING count(*) > 1),
gone AS (
    DELETE FROM enrolment_crowd USING several
    WHERE (enrolment_crowd.journey_id, enrolment_crowd.version_id, enrolment_crowd.step)
        = (several.journey_id, several.version_id, several.step)
    RETURNING enrolment_crowd.*)
INSERT INTO enrolment_crowd (journey_id, version_id, step, number)
SELECT journey_id, version_id, step, sum(number) FROM gone GROUP BY 1, 2, 3 HAVING sum(number) <> 0"""


def of_journey(journey_id: int) -> list[tuple[str, int, int]]:
    """(step, version, how many stand there)"""
    return [(step, version, number) for step, version, number in pg.many(OF_JOURNEY, [journey_id])]


def inside() -> dict[int, int]:
    """How many walk each journey."""
    return dict(pg.many(INSIDE))


def walked_versions() -> list[int]:
    return [version for (version,) in pg.many(VERSIONS)]


def moments(journey_id: int, steps: Sequence[str], late: datetime) -> dict[str, tuple[datetime | None, int]]:
    """When the last one goes on from each step, and for how many that was before ``late``. Those who are
    apart from the rest (``retry_at``) have no moment."""
    params = {"journey": journey_id, "steps": pg.texts(steps), "late": late}
    return {step: (last, behind) for step, last, behind in pg.many(MOMENTS, params)}


def add_up_crowds() -> int:
    """One row for each step again; answers how many were written. Whoever comes meanwhile is not lost: only
    what is deleted here is added up."""
    return pg.run(ADD_UP)
