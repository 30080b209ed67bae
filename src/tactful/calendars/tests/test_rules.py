"""Reading calendars, whose an appointment is, and what has changed. No database."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.calendars.rules import caldav
from tactful.calendars.rules.changes import compare
from tactful.calendars.rules.in_words import written
from tactful.calendars.rules.reading import MOST_EVENTS, Span, read
from tactful.calendars.rules.whose import signs, whose
from tactful.calendars.tests.server import event, ics
from tactful.calendars.types import BadCalendar, Known, Occurrence, Reading, Standing

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
SPAN = Span(NOW - timedelta(days=1), NOW + timedelta(days=90), "Europe/Oslo")
OSLO = "DTSTART;TZID=Europe/Oslo:20261124T100000"


def starts(*events: str) -> list[str]:
    return [f"{each.starts_at:%m-%d %H:%M}" for each in read([ics(*events)], SPAN).occurrences]


def test_a_series_with_an_exception_and_one_that_moved() -> None:
    series = f"UID:a\n{OSLO}\nRRULE:FREQ=WEEKLY;COUNT=5\nEXDATE;TZID=Europe/Oslo:20261201T100000\nSUMMARY:x"
    moved = "UID:a\nRECURRENCE-ID;TZID=Europe/Oslo:20261208T100000\nDTSTART;TZID=Europe/Oslo:20261208T120000"
    found = read([ics(series, moved)], SPAN).occurrences
    assert [f"{each.starts_at:%m-%d %H:%M}" for each in found] == [
        "11-24 09:00",
        "12-08 11:00",
        "12-15 09:00",
        "12-22 09:00",
    ]
    assert found[1].recurrence == "2026-12-08T09:00:00+00:00"  # where the series would have it


def test_a_series_keeps_its_wall_time_over_the_clock_change() -> None:
    span = Span(datetime(2027, 3, 26, tzinfo=UTC), datetime(2027, 3, 31, tzinfo=UTC), "Europe/Oslo")
    series = "UID:a\nDTSTART;TZID=Europe/Oslo:20270326T100000\nRRULE:FREQ=DAILY"
    hours = [each.starts_at.hour for each in read([ics(series)], span).occurrences]
    assert hours == [9, 9, 8, 8, 8]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("DTSTART:20261124T090000Z", "11-24 09:00"),
        ("DTSTART;TZID=W. Europe Standard Time:20261124T100000", "11-24 09:00"),
        ("DTSTART;TZID=Pacific Standard Time:20261124T010000", "11-24 09:00"),
        ("DTSTART:20261124T100000", "11-24 09:00"),  # meant in the zone of the business
        ("DTSTART;VALUE=DATE:20261124", "11-23 23:00"),
    ],
)
def test_zones(line: str, wanted: str) -> None:
    assert starts(f"UID:a\n{line}") == [wanted]


def test_a_zone_of_the_calendars_own() -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Ours\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0300\n"
        "TZOFFSETTO:+0300\nEND:STANDARD\nEND:VTIMEZONE\n"
    )
    for more in ("", "\nRRULE:FREQ=DAILY;COUNT=1"):
        body = ics(f"UID:a\nDTSTART;TZID=Ours:20261124T120000{more}").replace(
            b"BEGIN:VEVENT", zone.replace("\n", "\r\n").encode() + b"BEGIN:VEVENT"
        )
        (found,) = read([body], SPAN).occurrences
        assert f"{found.starts_at:%H:%M}" == "09:00"


def test_what_takes_the_whole_day_and_what_is_cancelled() -> None:
    day, gone = read(
        [ics("UID:a\nDTSTART;VALUE=DATE:20261124", event("b", more="STATUS:CANCELLED"))], SPAN
    ).occurrences
    assert day.starts_on is not None
    assert day.ends_at - day.starts_at == timedelta(days=1)
    assert (day.is_cancelled, gone.is_cancelled) == (False, True)


def test_the_past_is_left_out_and_one_odd_appointment_loses_only_itself() -> None:
    found = read([ics(event("a", "20200101T090000Z"), "UID:b\nDTSTART:never", event("c"))], SPAN)
    assert ([each.uid for each in found.occurrences], found.total, found.left_out) == (["c"], 3, 1)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;COUNT=999999999",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;BYSECOND=0,1,2,3,4,5,6,7,8,9",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3",
        "FREQ=DAILY;COUNT=99999999",
        "FREQ=NEVER",
    ],
)
def test_series_that_would_keep_us_busy_are_left_out(rule: str) -> None:
    assert read([ics(f"UID:a\n{OSLO}\nRRULE:{rule}", event("b"))], SPAN).left_out == 1


def test_series_without_an_end_and_one_that_never_fits_come_to_an_end() -> None:
    assert len(starts(f"UID:a\n{OSLO}\nRRULE:FREQ=DAILY")) == 89
    assert starts(f"UID:a\n{OSLO}\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30") in ([], ["11-24 09:00"])
    assert len(starts("UID:a\nDTSTART;VALUE=DATE:20261124\nRRULE:FREQ=WEEKLY;UNTIL=20990101")) == 13
    assert starts("UID:a\nDTSTART:19000101T000000Z\nRRULE:FREQ=DAILY") == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<!DOCTYPE html><html>Sign in</html>", "html"),
        (b"", "no_calendar"),
        (b"hello", "no_calendar"),
        (ics(event("a"))[:-30], "cut"),
        (ics(*["UID:a\nDTSTART:20200101T000000Z"] * (MOST_EVENTS + 1)), "many"),
    ],
)
def test_what_is_no_calendar(body: bytes, code: str) -> None:
    with pytest.raises(BadCalendar) as bad:
        read([body], SPAN)
    assert bad.value.code == code


_LINES = """BEGIN:VEVENT|END:VEVENT|BEGIN:VTIMEZONE|END:VTIMEZONE|BEGIN:VCALENDAR|UID:a|UID:b
DTSTART;TZID=Europe/Oslo:20261124T100000|DTSTART;TZID=Nowhere:20261124T100000|DTSTART:20261399T990000Z
DTSTART;VALUE=DATE:20261124|DTEND:20200101T000000Z|DURATION:-P9999999D|DURATION:PT0S|RRULE:FREQ=DAILY
RRULE:;;=|RRULE:FREQ=WEEKLY;UNTIL=00010101|RDATE:20261125T100000Z|RDATE;VALUE=PERIOD:20261125T100000Z/PT1H
EXDATE:20261124T090000Z|RECURRENCE-ID:20261125T090000Z|RECURRENCE-ID;RANGE=THISANDFUTURE:20261125T090000Z
STATUS:CANCELLED|ATTENDEE:mailto:|ATTENDEE;CN=x:kari@example.no|ORGANIZER:x|SUMMARY:\\n\\,\x01
TZOFFSETFROM:+9999|TZID:Nowhere| folded|nonsense|SEQUENCE:x"""
LINES = st.lists(st.sampled_from(re.split(r"[|\n]", _LINES)) | st.text(max_size=40), max_size=25)


@given(LINES)
def test_no_calendar_of_a_stranger_breaks_anything(lines: list[str]) -> None:
    """R87."""
    inside = "\r\n".join(lines)
    for body in (f"BEGIN:VEVENT\r\n{inside}\r\nEND:VEVENT", inside):
        whole = f"BEGIN:VCALENDAR\r\n{body}\r\nEND:VCALENDAR\r\n".encode("utf-8", "replace")
        try:
            found = read([whole], SPAN)
        except BadCalendar as bad:
            found = Reading((), 0, len(bad.code))
        assert all(each.starts_at.tzinfo is not None and each.uid for each in found.occurrences)


@given(st.binary(max_size=300))
def test_no_answer_of_a_server_breaks_anything(body: bytes) -> None:
    for reader in (lambda: read([body], SPAN), lambda: caldav.parts_of(body), lambda: caldav.tag_of(body)):
        codes = {""}
        try:
            reader()
        except BadCalendar as bad:
            codes.add(bad.code)
        assert codes


def test_entities_that_unfold_without_end_are_refused() -> None:
    with pytest.raises(BadCalendar):
        caldav.parts_of(b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>')


def occurrence(
    uid: str = "a", title: str = "Haircut", description: str = "", attendees: tuple[str, ...] = ()
) -> Occurrence:
    at = NOW + timedelta(days=1)
    return Occurrence(uid, "", at, at + timedelta(hours=1), None, title, "", description, attendees)


KNOWN = Known(
    {"kari@example.no": 1, "ola@example.no": 2},
    {"+4791234567": 1},
    {"Kari Nordmann": frozenset({1}), "Ola Hansen": frozenset({2, 3})},
)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (occurrence(attendees=("Kari@example.no",)), 1),
        (occurrence(attendees=("kari@example.no", "ola@example.no")), None),
        (occurrence(attendees=("stranger@example.no",), title="Kari Nordmann"), 1),
        (occurrence(description="Ring 912 34 567 først"), 1),
        (occurrence(title="Klipp (ola@example.no)"), 2),
        (occurrence(title="Klipp og farge, Kari Nordmann"), 1),
        (occurrence(title="Kari"), None),
        (occurrence(title="Ola Hansen"), None),  # two are called so
        (occurrence(title="Kari Nordmann", description="ola@example.no"), 2),
        (occurrence(title=""), None),
    ],
)
def test_whose_it_is(given: Occurrence, wanted: int | None) -> None:
    assert whose(signs(given, "NO"), KNOWN) == wanted


@given(st.text(max_size=200), st.text(max_size=200), st.lists(st.text(max_size=40), max_size=3))
def test_no_words_of_a_stranger_break_the_search(title: str, text: str, attendees: list[str]) -> None:
    said = signs(occurrence(title=title, description=text, attendees=tuple(attendees)), "NO")
    assert whose(said, Known()) is None


def standing(uid: str, day: int = 1) -> Standing:
    at = NOW + timedelta(days=day)
    return Standing(uid, "", at, at + timedelta(hours=1), "Haircut", "")


def test_an_empty_or_suddenly_short_answer_is_suspicious() -> None:
    until = NOW + timedelta(days=90)
    six = [standing(str(number)) for number in range(6)]
    assert compare(six[:1], Reading((), 0), NOW, until).suspicious
    assert compare(six, Reading((occurrence("0"),), 1), NOW, until).suspicious
    assert compare(six[:2], Reading((occurrence("0"),), 2, left_out=1), NOW, until).suspicious
    one = compare(six[:2], Reading((occurrence("0"),), 1), NOW, until)
    assert (one.gone, one.suspicious) == ((("1", ""),), False)
    assert compare([standing("past", -1)], Reading((), 0), NOW, until).gone == ()


def test_dates_in_words() -> None:
    at = datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert written(at, "Europe/Oslo", "en") == "Tuesday 24 November at 10:00"
    assert written(at.date(), "Europe/Oslo", "nb") == "tirsdag 24. november"
