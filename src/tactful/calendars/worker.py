"""Asks calendars what stands in them, one at a time, outside of any transaction, through the one guard."""

from datetime import datetime, timedelta

from tactful.calendars.actions import (
    AHEAD,
    BELIEVED,
    Found,
    address_of,
    apply,
    claim_due,
    note_failure,
    note_unchanged,
    password_of,
)
from tactful.calendars.models import Feed
from tactful.calendars.rules import caldav
from tactful.calendars.rules.reading import MOST_BYTES, Span, read
from tactful.calendars.types import BadCalendar, CalendarKind
from tactful.foundation.calling import Answer, Asking, ask
from tactful.foundation.queries import business_at

SECONDS = 30.0
#: The ninety days move on although the calendar stays as it is: once a day it is read wholly.
WHOLE_EVERY = timedelta(hours=20)
BEHIND = timedelta(days=1)
FAR = timedelta(days=400)
MOST_HOPS = 3
REDIRECTS = frozenset({301, 302, 303, 307, 308})


def read_due(now: datetime) -> bool:
    """The calendar whose turn it is. False: none."""
    feed = claim_due()
    if feed is None:
        return False
    try:
        _READ[CalendarKind(feed.kind)](feed, now)
    except BadCalendar as bad:
        note_failure(feed, bad.code, now=now)
    return True


def _span(now: datetime) -> Span:
    return Span(now - BEHIND, now + AHEAD, business_at(now).time_zone)


def _is_whole(feed: Feed, now: datetime) -> bool:
    return feed.whole_at is None or now - feed.whole_at > WHOLE_EVERY


def _read_ics(feed: Feed, now: datetime) -> None:
    whole = _is_whole(feed, now)
    headers = {"Accept": "text/calendar"}
    if feed.etag and not whole:
        headers["If-None-Match"] = feed.etag
    if feed.modified and not whole:
        headers["If-Modified-Since"] = feed.modified
    answer = _get(address_of(feed), headers)
    if answer.status == 304:
        note_unchanged(feed, now=now)
        return
    _check(answer)
    found = Found(answer.headers.get("etag", ""), answer.headers.get("last-modified", ""))
    apply(feed, read([answer.body], _span(now)), found, now=now, believed=feed.tag == BELIEVED)


def _get(url: str, headers: dict[str, str]) -> Answer:
    """Calendars move house; each address on the way passes the guard."""
    for _hop in range(MOST_HOPS + 1):
        answer = ask(url, b"", headers, Asking("GET", SECONDS, MOST_BYTES))
        to = answer.headers.get("location", "")
        if answer.status not in REDIRECTS or not to.startswith(("https://", "http://")):
            return answer
        url = to
    return answer


def _read_caldav(feed: Feed, now: datetime) -> None:
    url = address_of(feed)
    headers = {
        "Authorization": caldav.basic(feed.user, password_of(feed)),
        "Content-Type": "application/xml; charset=utf-8",
    }
    told = ask(url, caldav.TAG, headers | {"Depth": "0"}, Asking("PROPFIND", SECONDS, MOST_BYTES))
    _check(told)
    tag = caldav.tag_of(told.body)
    if tag and tag == feed.tag and not _is_whole(feed, now):
        note_unchanged(feed, now=now)
        return
    body = caldav.query(now - BEHIND, now + FAR)
    answer = ask(url, body, headers | {"Depth": "1"}, Asking("REPORT", SECONDS, MOST_BYTES))
    _check(answer)
    reading = read(caldav.parts_of(answer.body), _span(now))
    apply(feed, reading, Found(tag=tag), now=now, believed=feed.tag == BELIEVED)


def _check(answer: Answer) -> None:
    if answer.status is None:
        raise BadCalendar("nobody")
    if answer.status == 401 or (answer.status == 403 and not answer.error):
        raise BadCalendar("denied")
    if answer.status == 403:
        raise BadCalendar("private")
    if answer.status in (404, 410):
        raise BadCalendar("gone")
    if not answer.ok:
        raise BadCalendar("trouble")
    if len(answer.body) > MOST_BYTES:
        raise BadCalendar("large")


_READ = {CalendarKind.ICS: _read_ics, CalendarKind.CALDAV: _read_caldav}
