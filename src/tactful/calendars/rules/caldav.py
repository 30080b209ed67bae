"""CalDAV (RFC 4791) as far as reading needs it: what is asked, and what is answered."""

import base64
from datetime import UTC, datetime
from xml.etree import ElementTree

from tactful.calendars.types import BadCalendar

TAG = b"""<?xml version="1.0" encoding="utf-8"?>
<d:propfind xmlns:d="DAV:" xmlns:cs="http://calendarserver.org/ns/">
<d:prop><cs:getctag/><d:sync-token/></d:prop></d:propfind>"""
_QUERY = """<?xml version="1.0" encoding="utf-8"?>
<c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">
<d:prop><d:getetag/><c:calendar-data/></d:prop>
<c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT">
<c:time-range start="{since}" end="{until}"/>
</c:comp-filter></c:comp-filter></c:filter></c:calendar-query>"""
_D, _C, _CS = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}", "{http://calendarserver.org/ns/}"
MOST_PARTS = 20_000


def query(since: datetime, until: datetime) -> bytes:
    written = {
        "since": f"{since.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        "until": f"{until.astimezone(UTC):%Y%m%dT%H%M%SZ}",
    }
    return _QUERY.format(**written).encode()


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def tag_of(body: bytes) -> str:
    """What changes whenever the calendar does; "" if the server has none."""
    for name in (f"{_CS}getctag", f"{_D}sync-token"):
        found = next((node.text for node in _tree(body).iter(name) if node.text), "")
        if found:
            return found.strip()[:200]
    return ""


def parts_of(body: bytes) -> list[bytes]:
    """The calendars of an answer, one for each appointment or series. Raises ``BadCalendar``."""
    tree = _tree(body)
    if tree.tag != f"{_D}multistatus":
        raise BadCalendar("no_caldav")
    found = [node.text.strip().encode() for node in tree.iter(f"{_C}calendar-data") if node.text]
    if len(found) > MOST_PARTS:
        raise BadCalendar("many")
    return found


def _tree(body: bytes) -> ElementTree.Element:
    """No document type: entities that unfold without end need one."""
    if b"<!DOCTYPE" in body.upper() or b"<!ENTITY" in body.upper():
        raise BadCalendar("html" if b"<HTML" in body[:2_000].upper() else "no_caldav")
    try:
        return ElementTree.fromstring(body)  # noqa: S314, see above
    except (ElementTree.ParseError, ValueError, LookupError, RecursionError) as error:
        raise BadCalendar("no_caldav") from error
