"""Check 9: nights, weekends and public holidays where the client lives."""

from datetime import date, datetime
from functools import lru_cache

from tactful.gate.rules.case import Case, place_of
from tactful.gate.rules.codes import Code, Wake
from tactful.gate.rules.finding import NOTHING, Finding, Findings, unread, wait
from tactful.gate.types import Check, GateSettings, OnRelease, PlaceFact, Reason, VerdictKind
from tactful.kernel.calendars import is_holiday
from tactful.kernel.windows import DayRule, is_permitted, next_permitted
from tactful.kernel.zones import local_day


@lru_cache(maxsize=4096)
def quiet_rule(settings: GateSettings, country: str, subdivision: str) -> DayRule:
    """The hours in which automation may write to a client who lives there."""

    def closed(day: date) -> bool:
        holiday = settings.quiet_holidays and is_holiday(day, country, subdivision)
        return holiday or day in settings.extra_quiet_days

    return DayRule(settings.quiet_to, settings.quiet_from, settings.quiet_weekdays, closed)


def rule_at(place: PlaceFact, settings: GateSettings) -> DayRule:
    return quiet_rule(settings, place.country, place.subdivision)


def find(case: Case) -> Findings:
    place = place_of(case.facts)
    if place is None:
        return (unread(Check.QUIET_HOURS, Code.UNKNOWN_PLACE),)
    rule = rule_at(place, case.settings)
    if is_permitted(case.now, place.zones, rule):
        return NOTHING
    opens_at = next_permitted(case.now, place.zones, rule)
    if opens_at is None:
        reason = Reason(Check.QUIET_HOURS, Code.QUIET_ALWAYS)
        return (Finding(VerdictKind.HOLD, reason, None, Wake.SETTINGS_CHANGED, OnRelease.ASK),)
    return (wait(Check.QUIET_HOURS, _why(case, place, rule), opens_at),)


def opens(case: Case, after: datetime) -> datetime:
    place = place_of(case.facts)
    if place is None:
        return after
    return next_permitted(after, place.zones, rule_at(place, case.settings)) or after


def _why(case: Case, place: PlaceFact, rule: DayRule) -> Code:
    """The reason in the first zone where it is quiet now."""
    quiet_in = next(name for name in place.zones if not is_permitted(case.now, (name,), rule))
    day = local_day(case.now, quiet_in)
    if case.settings.quiet_holidays and is_holiday(day, place.country, place.subdivision):
        return Code.QUIET_HOLIDAY
    if day in case.settings.extra_quiet_days:
        return Code.QUIET_CLOSED
    return Code.QUIET_WEEKEND if day.weekday() in case.settings.quiet_weekdays else Code.QUIET_NIGHT
