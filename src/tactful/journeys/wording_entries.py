"""How a journey begins, in words: verb and object, and the conditions under it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext, ngettext

from tactful.journeys.rules.entry_events import ANY_CHANNEL
from tactful.journeys.rules.recurrence import Rule, read_rule
from tactful.journeys.types import (
    DateEntry,
    Entry,
    EventEntry,
    FormEntry,
    ManualEntry,
    MessageEntry,
    RecurringEntry,
    SegmentEntry,
)
from tactful.journeys.wording import Words


def begins(entry: Entry, words: Words) -> str:
    """What makes it begin: "when a quote is sent", "every Monday at 09:00"."""
    return _BEGINS[type(entry)](entry, words)


def begins_only(entry: Entry, words: Words) -> str:
    """The condition of the beginning, or an empty text."""
    if isinstance(entry, RecurringEntry):
        return gettext("For each client of whom this holds: %(condition)s") % {
            "condition": words.condition(entry.condition)
        }
    condition = getattr(entry, "condition", None)
    if condition is None:
        return ""
    return gettext("Only if %(condition)s") % {"condition": words.condition(condition)}


def rule_words(rule: Rule, start: date) -> str:
    """``every week on Monday and Thursday``. ``start``: the day from which the rule counts."""
    parts = [_how_often(rule)]
    if rule.months:
        parts.append(
            gettext("in %(months)s") % {"months": _listed(str(MONTHS[month]) for month in rule.months)}
        )
    if rule.days:
        parts.append(gettext("on %(days)s") % {"days": _listed(_weekday(*each) for each in rule.days)})
    if rule.month_days:
        parts.append(_listed(map(_month_day, rule.month_days)))
    if not rule.days and not rule.month_days:
        parts += _same_day(rule, start)
    return " ".join(parts)


def _same_day(rule: Rule, start: date) -> list[str]:
    if rule.frequency == "WEEKLY":
        return [gettext("on %(days)s") % {"days": str(WEEKDAYS[start.weekday()])}]
    if rule.frequency == "YEARLY" and not rule.months:
        return [gettext("in %(months)s") % {"months": str(MONTHS[start.month])}, _month_day(start.day)]
    return [_month_day(start.day)] if rule.frequency in ("MONTHLY", "YEARLY") else []


def _how_often(rule: Rule) -> str:
    count = rule.interval
    return {
        "DAILY": ngettext("every day", "every %(count)d days", count),
        "WEEKLY": ngettext("every week", "every %(count)d weeks", count),
        "MONTHLY": ngettext("every month", "every %(count)d months", count),
        "YEARLY": ngettext("every year", "every %(count)d years", count),
    }[rule.frequency] % {"count": count}


def _weekday(place: int, weekday: int) -> str:
    day = str(WEEKDAYS[weekday])
    if not place:
        return day
    if place == -1:
        return gettext("the last %(day)s") % {"day": day}
    if place < 0:
        return gettext("%(day)s number %(count)d from the end") % {"day": day, "count": -place}
    return gettext("%(day)s number %(count)d") % {"day": day, "count": place}


def _month_day(day: int) -> str:
    if day == -1:
        return gettext("on the last day")
    if day < 0:
        return gettext("on day %(day)d from the end") % {"day": -day}
    return gettext("on day %(day)d") % {"day": day}


def _listed(parts: Iterable[str]) -> str:
    return gettext(" and ").join(parts)


def _event(entry: EventEntry, words: Words) -> str:
    return gettext("when %(event)s") % {"event": words.name(entry.event)}


def _message(entry: MessageEntry, words: Words) -> str:
    if entry.channel == ANY_CHANNEL:
        return gettext("when the client writes to us")
    return gettext("when the client writes to us by %(channel)s") % {"channel": words.name(entry.channel)}


def _form(entry: FormEntry, words: Words) -> str:
    return gettext("when the client hands in the form %(form)s") % {"form": words.quoted(entry.form)}


def _segment(entry: SegmentEntry, words: Words) -> str:
    return gettext("when the client comes to belong to %(segment)s") % {
        "segment": words.quoted(entry.segment)
    }


def _date(entry: DateEntry, words: Words) -> str:
    when = words.before(entry.earlier, words.name(entry.of))
    if entry.yearly:
        when = gettext("every year, %(moment)s") % {"moment": when}
    return when if entry.at is None else f"{when}, {_clock(entry)}"


def _recurring(entry: RecurringEntry, _: Words) -> str:
    return f"{rule_words(read_rule(entry.rule), entry.start)}, {_clock(entry)}"


def _clock(entry: DateEntry | RecurringEntry) -> str:
    assert entry.at is not None
    return gettext("at %(time)s") % {"time": entry.at.strftime("%H:%M")}


def _manual(entry: ManualEntry, _: Words) -> str:
    return gettext("when another program says so") if entry.api else gettext("when a person says so")


_BEGINS: Mapping[type, Callable[[Any, Words], str]] = {
    EventEntry: _event,
    MessageEntry: _message,
    FormEntry: _form,
    SegmentEntry: _segment,
    DateEntry: _date,
    RecurringEntry: _recurring,
    ManualEntry: _manual,
}
