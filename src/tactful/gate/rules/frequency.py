"""Check 10: not too much, by the client's calendar day and by any seven days.

Merging the messages of a day into one voice is delivery's work; here a full cap waits for the next day.
"""

from collections.abc import Iterator
from datetime import datetime

from tactful.gate.rules.case import Case, place_of
from tactful.gate.rules.codes import Code
from tactful.gate.rules.finding import NOTHING, Findings, unread, wait
from tactful.gate.types import UNKNOWN, CapUsage, Check, GateSettings, PlaceFact
from tactful.kernel.zones import day_start, next_day_start


def find(case: Case) -> Findings:
    used = case.facts.caps
    if used is UNKNOWN:
        return (unread(Check.FREQUENCY, Code.UNKNOWN_CAPS),)
    if not _is_full(used, case.settings):
        return NOTHING
    place = place_of(case.facts)
    if place is None:
        return (unread(Check.FREQUENCY, Code.UNKNOWN_PLACE),)
    return tuple(
        wait(Check.FREQUENCY, code, _frees_at(case, used, place, code), {"used": count, "limit": limit})
        for code, count, limit in _caps(used, case.settings)
        if count >= limit
    )


def opens(case: Case, after: datetime) -> datetime:
    used = case.facts.caps
    if used is UNKNOWN or not _is_full(used, case.settings):
        return after
    return max([after, *(found.until for found in find(case) if found.until is not None)])


def _is_full(used: CapUsage, settings: GateSettings) -> bool:
    return (
        used.contact_day >= settings.contact_day
        or used.contact_week >= settings.contact_week
        or used.household_day >= settings.household_day
        or used.company_day >= settings.company_day
    )


def _caps(used: CapUsage, settings: GateSettings) -> Iterator[tuple[Code, int, int]]:
    yield Code.CAP_CONTACT_DAY, used.contact_day, settings.contact_day
    yield Code.CAP_CONTACT_WEEK, used.contact_week, settings.contact_week
    yield Code.CAP_HOUSEHOLD_DAY, used.household_day, settings.household_day
    yield Code.CAP_COMPANY_DAY, used.company_day, settings.company_day


def _frees_at(case: Case, used: CapUsage, place: PlaceFact, code: Code) -> datetime:
    tomorrow = next_day_start(case.now, place.zones)
    if code is not Code.CAP_CONTACT_WEEK or used.week_frees_on is None:
        return tomorrow
    frees_on = used.week_frees_on
    return max(tomorrow, *(day_start(frees_on, name) for name in place.zones))
