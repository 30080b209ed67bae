"""What a client will hear from us, in words that show nothing of what we know about them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format

from tactful.delivery.queries import outbox
from tactful.portal.links import Visit
from tactful.portal.types import ComingRow
from tactful.touchpoints import queries as the_map
from tactful.touchpoints.types import TouchpointView


def coming_rows(visit: Visit, now: datetime) -> tuple[ComingRow, ...]:
    """Messages that wait for their moment. A hold shows as its date, never as its reason."""
    rows = outbox(states=("queued", "held"), contact_id=visit.person.id, limit=20)
    touchpoints = the_map.views_by_id(
        [row.message.touchpoint_id for row in rows if row.message.touchpoint_id]
    )
    zone = ZoneInfo(visit.house.time_zone)
    return tuple(
        ComingRow(
            what=_name(touchpoints.get(row.message.touchpoint_id or 0), visit),
            moment=_day(row.not_before, now, zone),
        )
        for row in reversed(rows)
    )


def _name(touchpoint: TouchpointView | None, visit: Visit) -> str:
    return visit.house.name if touchpoint is None else touchpoint.name(visit.language)


def _day(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    return date_format(max(at, now).astimezone(zone), "MONTH_DAY_FORMAT")
