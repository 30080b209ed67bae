"""Our own working hours: how long a hold may go unasked, and when a person must hear of it."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from tactful.gate.rules.case import Case, place_of
from tactful.gate.types import GateSettings
from tactful.kernel.calendars import is_holiday
from tactful.kernel.windows import DayRule, minus_working_hours, next_opening, plus_working_hours
from tactful.kernel.zones import all_known, day_start, local_day

_WEEKEND = frozenset({5, 6})
_MOMENT = timedelta(microseconds=1)


@lru_cache(maxsize=4096)
def office_rule(settings: GateSettings, country: str) -> DayRule:
    def closed(day: date) -> bool:
        return is_holiday(day, country)

    return DayRule(settings.work_from, settings.work_to, _WEEKEND, closed)


def patience(case: Case, *, only_we_talk: bool = False) -> datetime:
    """When the owner of a hold without a date of its own is asked; always after now."""
    zone, rule = _where(case)
    settings = case.settings
    hours = settings.talk_working_hours if only_we_talk else settings.hold_working_hours
    since = plus_working_hours(case.request.held_since or case.now, hours, zone, rule)
    return since if since > case.now else plus_working_hours(case.now, hours, zone, rule)


def task_at(case: Case) -> datetime | None:
    """When a person is asked about a held message whose latest moment comes near; not before now.

    It is known beforehand, so it is asked when the office opens on that day, with all else that is asked
    then, and not in the middle of other work.
    """
    latest_at = case.request.latest_at
    if latest_at is None:
        return None
    zone, rule = _where(case)
    at = minus_working_hours(latest_at, case.settings.task_working_hours, zone, rule)
    return max(case.now, _as_it_opens(at, zone, rule))


def _as_it_opens(moment: datetime, zone: str, rule: DayRule) -> datetime:
    """When the office opens on the day of ``moment``, where that is earlier and it closes at all."""
    midnight = day_start(local_day(moment, zone), zone)
    opens = next_opening(midnight - _MOMENT, zone, rule) if rule.opens < rule.closes else None
    return moment if opens is None else min(moment, opens)


def _where(case: Case) -> tuple[str, DayRule]:
    settings, place = case.settings, place_of(case.facts)
    named = settings.work_zone or (place.zones[0] if place else "UTC")
    country = settings.work_country or (place.country if place else "")
    return named if all_known((named,)) else "UTC", office_rule(settings, country)
