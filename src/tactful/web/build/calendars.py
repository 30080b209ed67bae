"""What the pages of calendars show."""

import re
from collections.abc import Sequence

from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _

from tactful.calendars import queries
from tactful.calendars.queries import Appointment, Feed
from tactful.calendars.rules.in_words import written
from tactful.calendars.sentences import sentence
from tactful.contacts import queries as contacts
from tactful.web.pages.calendars import AppointmentRow, CalendarPage, CalendarRow, CalendarsPage
from tactful.web.types import Act, Link, Tag, Text
from tactful.web.visit import Visit

OFFERED_TO = 20  # appointments for which clients are looked up
OFFERED = 3


def calendars_page(form: Form, visit: Visit) -> CalendarsPage:
    counts = queries.counts(visit.now)
    return CalendarsPage(form, tuple(_row(feed, counts.get(feed.id, (0, 0))) for feed in queries.feeds()))


def _row(feed: Feed, counts: tuple[int, int]) -> CalendarRow:
    return CalendarRow(
        name=feed.name,
        host=feed.host,
        url=reverse("web:calendar", args=[feed.id]),
        state=_state(feed),
        read_at=feed.read_at,
        trouble=_trouble(feed),
        coming=counts[0],
        asked=counts[1],
    )


def _state(feed: Feed) -> Tag:
    if feed.stopped_at:
        return Tag(_("Not read any more"))
    if feed.error:
        return Tag(_("Could not be read"), "brick")
    return Tag(_("Read"), "moss") if feed.read_at else Tag(_("Being read"), "held")


def _trouble(feed: Feed) -> Text:
    if feed.stopped_at:
        return ""
    if feed.error:
        return sentence(feed.error)
    if feed.held:
        return _("So much is missing that it looks like a mistake. Nothing was called off.")
    return ""


def calendar_page(feed: Feed, visit: Visit) -> CalendarPage:
    rows = [] if feed.stopped_at else list(queries.coming(feed.id, visit.now))
    asked = [row for row in rows if row.contact_id is None and not row.settled]
    others = [row for row in rows if row not in asked]
    missing = Act(_("They are really gone"), reverse("web:calendar_belief", args=[feed.id]))
    acts = (
        Act(_("Read it now"), reverse("web:calendar_now", args=[feed.id])),
        Act(_("Stop reading it"), reverse("web:calendar_end", args=[feed.id])),
    )
    return CalendarPage(
        row=_row(feed, (len(rows), len(asked))),
        asked=tuple(_asked(asked, visit)),
        coming=tuple(_appointment(row, visit, ()) for row in others),
        left_out=feed.left_out,
        held=missing if feed.held else None,
        is_stopped=feed.stopped_at is not None,
        acts=() if feed.stopped_at else acts,
    )


def _asked(rows: Sequence[Appointment], visit: Visit) -> list[AppointmentRow]:
    """One row for each series: an answer holds for all of it."""
    first: dict[str, Appointment] = {}
    for row in rows:
        first.setdefault(row.uid, row)
    offered = [_offers(row) if number < OFFERED_TO else () for number, row in enumerate(first.values())]
    return [_appointment(row, visit, acts) for row, acts in zip(first.values(), offered, strict=True)]


def _offers(row: Appointment) -> tuple[Act, ...]:
    """Clients whom a word of the title may mean."""
    here = reverse("web:appointment_owner", args=[row.id])
    found: dict[int, str] = {}
    for word in re.findall(r"[^\W\d_]{3,}", row.title)[:4]:
        for ident, name in contacts.by_first_words(word, OFFERED):
            found.setdefault(ident, name)
    return tuple(
        Act(name, here, fields=(("contact", str(ident)),)) for ident, name in list(found.items())[:OFFERED]
    )


def _appointment(row: Appointment, visit: Visit, offers: tuple[Act, ...]) -> AppointmentRow:
    contact = row.contact
    whose = Link(contact.name, reverse("web:client", args=[contact.id])) if contact else None
    here = reverse("web:appointment_owner", args=[row.id])
    return AppointmentRow(
        id=row.id,
        when=written(row.starts_on or row.starts_at, visit.house.time_zone, visit.language),
        title=row.title or _("Without a title"),
        place=row.place,
        whose=whose,
        is_nobodys=row.settled and contact is None,
        acts=offers,
        tie=here,
    )
