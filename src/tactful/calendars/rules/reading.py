"""iCalendar (RFC 5545) into appointments. Whatever strangers send, the answer is a ``Reading`` or
``BadCalendar``.

One odd appointment loses only itself. Series go through ``recurring_ical_events``; what could keep it busy
for hours (a rule by the second, a rule that never fits) is cut or left out before.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

from tactful.calendars.types import BadCalendar, Occurrence, Reading

Part: TypeAlias = Any  # of a calendar; its values are of thirty types

MOST_BYTES = 8 * 1024 * 1024
MOST_EVENTS = 20_000
MOST_OCCURRENCES = 5_000
LONGEST_TEXT, LONGEST_TITLE, LONGEST_UID = 4_000, 200, 300
SERIES = frozenset({"RRULE", "RDATE", "EXRULE"})
CALM = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
RESTLESS = ("BYHOUR", "BYMINUTE", "BYSECOND", "BYSETPOS")
OLDEST_SERIES = 20 * 366  # days
MOST_DATES = 1_000


@dataclass(frozen=True, slots=True)
class Span:
    """What is read: appointments that begin in it; single ones also later. ``zone``: of the business."""

    since: datetime
    until: datetime
    zone: str


def read(bodies: Iterable[bytes], span: Span) -> Reading:
    """``bodies``: one calendar, or the parts of one. Raises ``BadCalendar``."""
    zone = ZoneInfo(span.zone)
    found: dict[tuple[str, str], Occurrence] = {}
    total = left_out = 0
    for body in bodies:
        calendar = _calendar(body)
        groups, odd = _groups(calendar)
        total, left_out = total + sum(map(len, groups.values())) + odd, left_out + odd
        if total > MOST_EVENTS:
            raise BadCalendar("many")
        zones = calendar.walk("VTIMEZONE")[:50]
        for uid, events in groups.items():
            try:
                found |= {each.name: each for each in _occurrences(uid, events, zones, span, zone)}
            except Exception:  # noqa: BLE001, a stranger's appointment may break any of several libraries
                left_out += 1
            if len(found) > MOST_OCCURRENCES:
                raise BadCalendar("many")
    return Reading(tuple(found[name] for name in sorted(found)), total, left_out)


def _calendar(body: bytes) -> Part:
    if len(body) > MOST_BYTES:
        raise BadCalendar("large")
    start = body[:1_000].lstrip(b"\xef\xbb\xbf \r\n\t")
    if not start[:15].upper().startswith(b"BEGIN:VCALENDAR"):
        raise BadCalendar("html" if start[:1] == b"<" else "no_calendar")
    if b"END:VCALENDAR" not in body[-200:].upper():
        raise BadCalendar("cut")
    try:
        return Calendar.from_ical(body.decode("utf-8", "replace").replace("\0", ""))
    except Exception as error:
        raise BadCalendar("no_calendar") from error


def _groups(calendar: Part) -> tuple[dict[str, list[Part]], int]:
    """By UID, what belongs together: a series and those of it that are otherwise."""
    groups: dict[str, list[Part]] = {}
    odd = 0
    for event in calendar.walk("VEVENT"):
        uid = _short(_text(event.get("UID"), 2_000))
        if uid and event.get("DTSTART") is not None and not isinstance(event.get("DTSTART"), list):
            groups.setdefault(uid, []).append(event)
        else:
            odd += 1
    return groups, odd


def _short(uid: str) -> str:
    return uid if len(uid) <= LONGEST_UID else hashlib.sha256(uid.encode()).hexdigest()


def _occurrences(
    uid: str, events: Sequence[Part], zones: Sequence[Part], span: Span, zone: ZoneInfo
) -> Iterator[Occurrence]:
    if not any(SERIES & set(event) for event in events):
        for event in events:
            found = _occurrence(uid, event, _which(event, zone), zone)
            if found.starts_at >= span.since:
                yield found
        return
    _calm(events, span)
    lone = Calendar()
    for part in (*zones, *events):
        lone.add_component(part)
    # A day on both sides: those without a zone are ours, and what takes the whole day has none.
    beside = timedelta(days=1)
    asked = recurring_ical_events.of(lone, components=["VEVENT"])
    for event in asked.between(span.since - beside, span.until + beside):
        found = _occurrence(uid, event, _which(event, zone), zone)
        if span.since <= found.starts_at < span.until:
            yield found


def _calm(events: Sequence[Part], span: Span) -> None:
    """Cut the rules so that expanding them comes to an end soon. Raises ``BadCalendar``."""
    for event in events:
        for name in ("RDATE", "EXDATE"):
            dates = event.get(name, [])
            if sum(len(each.dts) for each in (dates if isinstance(dates, list) else [dates])) > MOST_DATES:
                raise BadCalendar("many")
        if "EXRULE" in event or isinstance(event.get("RRULE"), list):
            raise BadCalendar("rule")
        if "RRULE" in event:
            _cut(event, span)


def _cut(event: Part, span: Span) -> None:
    rule = event["RRULE"]
    if str(_one(rule, "FREQ")).upper() not in CALM or any(name in rule for name in RESTLESS):
        raise BadCalendar("rule")
    interval = _one(rule, "INTERVAL")
    if interval is not None and not 0 < int(interval) <= 1_000:
        raise BadCalendar("rule")
    start = event["DTSTART"].dt
    day = start.date() if isinstance(start, datetime) else start
    if (span.since.date() - day).days > OLDEST_SERIES:
        raise BadCalendar("rule")
    if _one(rule, "COUNT") is None:
        last, until = span.until + timedelta(days=2), _one(rule, "UNTIL")
        reached = until if isinstance(until, datetime) or until is None else datetime.combine(until, time.max)
        if reached is None or _utc(reached) > last:
            is_day = not isinstance(start, datetime)
            naive = is_day or start.tzinfo is None
            rule["UNTIL"] = [last.date() if is_day else last.replace(tzinfo=None) if naive else last]
    elif any(name.startswith("BY") and name != "BYDAY" for name in rule):
        raise BadCalendar("rule")  # it may count for ever what never comes
    elif int(_one(rule, "COUNT")) > 5_000:
        raise BadCalendar("rule")


def _one(rule: Any, name: str) -> Any:
    value = rule.get(name)
    return value[0] if isinstance(value, list) and value else value


def _occurrence(uid: str, event: Part, which: str, zone: ZoneInfo) -> Occurrence:
    start = event["DTSTART"].dt
    starts_at = _moment(start, zone)
    return Occurrence(
        uid=uid,
        recurrence=which,
        starts_at=starts_at,
        ends_at=max(starts_at, _end(event, start, starts_at, zone)),
        starts_on=None if isinstance(start, datetime) else start,
        title=" ".join(_text(event.get("SUMMARY"), LONGEST_TITLE).split()),
        place=" ".join(_text(event.get("LOCATION"), LONGEST_TITLE).split()),
        description=_text(event.get("DESCRIPTION"), LONGEST_TEXT),
        attendees=tuple(_attendees(event)),
        is_cancelled=_text(event.get("STATUS"), 20).upper() == "CANCELLED",
    )


def _which(event: Part, zone: ZoneInfo) -> str:
    """Which one of its series: the moment at which the series would have it."""
    named = event.get("RECURRENCE-ID")
    if named is None:
        return ""
    at = named.dt
    return at.isoformat() if not isinstance(at, datetime) else _moment(at, zone).isoformat()


def _end(event: Part, start: date, starts_at: datetime, zone: ZoneInfo) -> datetime:
    if event.get("DTEND") is not None:
        return _moment(event["DTEND"].dt, zone)
    if event.get("DURATION") is not None:
        lasts: timedelta = event["DURATION"].dt
        return starts_at + lasts
    return starts_at if isinstance(start, datetime) else starts_at + timedelta(days=1)


def _moment(at: date, zone: ZoneInfo) -> datetime:
    """What has no zone of its own is meant in that of the business."""
    if not isinstance(at, datetime):
        at = datetime.combine(at, time())
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def _utc(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _attendees(event: Part) -> Iterator[str]:
    """Mail addresses of those who are invited; who invites is one of ours."""
    given = event.get("ATTENDEE") or []
    host = _address(event.get("ORGANIZER"))
    for each in (given if isinstance(given, list) else [given])[:50]:
        address = _address(each)
        if "@" in address and address != host:
            yield address


def _address(value: Any) -> str:
    text = _text(value, 320).strip()
    return text[7:].lower() if text.lower().startswith("mailto:") else text.lower()


def _text(value: Any, longest: int) -> str:
    if value is None or isinstance(value, list):
        return str(value[0])[:longest] if value else ""
    return "".join(letter for letter in str(value)[:longest] if letter.isprintable() or letter == "\n")
