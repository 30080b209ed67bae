"""What was read becomes what stands, and what clients' journeys learn of it."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from tactful.calendars.models import Appointment, Feed
from tactful.calendars.queries import known_of, settled_uids
from tactful.calendars.rules.changes import compare, told
from tactful.calendars.rules.in_words import written
from tactful.calendars.rules.whose import signs, whose
from tactful.calendars.types import CANCELLED, DATED, KIND, MOVED, Changes, Occurrence, Reading, Standing
from tactful.contacts.queries.erasing import CALENDAR, Place, places_of, shut
from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.foundation.actions import record_audit
from tactful.foundation.clock import machine_now
from tactful.foundation.queries import business_at
from tactful.foundation.types import Business

AHEAD = timedelta(days=90)
BEHIND = timedelta(days=1)
KEPT_FOR = timedelta(days=30)
SOURCE = "calendar"
BELIEVED = "believe"  # in place of a mark: the next reading is believed, whatever is missing


@dataclass(frozen=True, slots=True)
class Found:
    """What the answer of the server says of itself: marks with which it is asked next time."""

    etag: str = ""
    modified: str = ""
    tag: str = ""


@transaction.atomic
def apply(feed: Feed, reading: Reading, found: Found, *, now: datetime, believed: bool = False) -> Changes:
    """Take in what was read. Where so much is gone that it looks like a mistake, nothing is called off and
    the owner is asked; ``believed``: they have said that it is right."""
    rows = {
        (row.uid, row.recurrence): row
        for row in Appointment.objects.select_for_update().filter(
            feed=feed, cancelled_at=None, starts_at__gt=now - BEHIND
        )
    }
    changes = compare([_standing(row) for row in rows.values()], reading, now, now + AHEAD)
    house = business_at(now)
    facts = [*_take_new(feed, changes.new, house), *_take_changed(rows, changes.changed, house)]
    hold = changes.suspicious and not believed
    if not hold:
        facts += _take_gone([rows[name] for name in changes.gone], house, now)
    record(facts, now=now, source=SOURCE)
    _note(feed, reading, found, held=hold, now=now)
    return changes


def _note(feed: Feed, reading: Reading, found: Found, *, held: bool, now: datetime) -> None:
    feed.read_at = feed.whole_at = now
    feed.error, feed.failing_since, feed.told_at = "", None, None
    feed.left_out, feed.held = reading.left_out, held
    feed.etag, feed.modified, feed.tag = found.etag[:300], found.modified[:60], found.tag[:200]
    if held:
        feed.etag = feed.modified = feed.tag = ""  # look at the whole of it next time, too
    feed.save()


def _standing(row: Appointment) -> Standing:
    return Standing(row.uid, row.recurrence, row.starts_at, row.ends_at, row.title, row.place)


def _take_new(feed: Feed, occurrences: Sequence[Occurrence], house: Business) -> Iterable[NewFact]:
    occurrences = _without_the_erased(feed, occurrences, house)
    said = [signs(each, house.country) for each in occurrences]
    known, settled = known_of(said), settled_uids(feed.id, occurrences)
    rows = []
    for occurrence, sign in zip(occurrences, said, strict=True):
        remembered = occurrence.uid in settled
        contact = settled[occurrence.uid] if remembered else whose(sign, known)
        rows.append(_row(feed, occurrence, contact, remembered))
    _make_room(feed, rows)
    Appointment.objects.bulk_create(rows)
    return [_fact(DATED, row, house) for row in rows if row.contact_id]


def _without_the_erased(
    feed: Feed, occurrences: Sequence[Occurrence], house: Business
) -> Sequence[Occurrence]:
    """Appointments of theirs are passed by, each time the calendar is read."""
    places = {each: _places(feed, each, house) for each in occurrences}
    gone = shut({place for found in places.values() for place in found})
    return [each for each in occurrences if not gone.intersection(places[each])]


def _places(feed: Feed, occurrence: Occurrence, house: Business) -> tuple[Place, ...]:
    said = signs(occurrence, house.country)
    mails = [place for mail in (*said.attendees, *said.mails) for place in places_of("email", mail)]
    phones = [place for phone in said.phones for place in places_of("phone", phone)]
    return ((CALENDAR, f"{feed.id}\n{occurrence.uid}"), *mails, *phones)


def _make_room(feed: Feed, rows: Sequence[Appointment]) -> None:
    """What was called off, or was long past, and stands again begins anew."""
    names = {(row.uid, row.recurrence) for row in rows}
    old = Appointment.objects.filter(feed=feed, uid__in={uid for uid, _ in names})
    gone = [row.id for row in old if (row.uid, row.recurrence) in names]
    Appointment.objects.filter(id__in=gone).delete()


def _row(feed: Feed, occurrence: Occurrence, contact: int | None, settled: bool) -> Appointment:
    named = f"{feed.id}\n{occurrence.uid}\n{occurrence.recurrence}"
    return Appointment(
        feed=feed,
        uid=occurrence.uid,
        recurrence=occurrence.recurrence,
        key=hashlib.sha256(named.encode()).hexdigest()[:24],
        starts_at=occurrence.starts_at,
        ends_at=occurrence.ends_at,
        starts_on=occurrence.starts_on,
        title=occurrence.title,
        place=occurrence.place,
        contact_id=contact,
        settled=settled,
    )


def _take_changed(
    rows: dict[tuple[str, str], Appointment], occurrences: Sequence[Occurrence], house: Business
) -> Iterable[NewFact]:
    facts = []
    for occurrence in occurrences:
        row = rows[occurrence.name]
        matters = (row.starts_at, row.place) != (occurrence.starts_at, occurrence.place)
        row.starts_at, row.ends_at = occurrence.starts_at, occurrence.ends_at
        row.starts_on, row.title, row.place = occurrence.starts_on, occurrence.title, occurrence.place
        row.save(update_fields=["starts_at", "ends_at", "starts_on", "title", "place"])
        if row.contact_id and matters:
            facts.append(_fact(MOVED, row, house))
    return facts


def _take_gone(rows: Sequence[Appointment], house: Business, now: datetime) -> list[NewFact]:
    """Whoever took it out of the calendar is one of ours, so a person tells the client, not automation."""
    for row in rows:
        row.cancelled_at = now
        row.save(update_fields=["cancelled_at"])
    return [
        NewFact(CANCELLED, row.contact_id, {KIND: row.key, "when": _when(row, house), "by_us": True})
        for row in rows
        if row.contact_id
    ]


def _fact(name: str, row: Appointment, house: Business) -> NewFact:
    starts = row.starts_on.isoformat() if row.starts_on else row.starts_at.isoformat()
    data: dict[str, Any] = dict(told(row.key, starts, row.ends_at.isoformat(), _when(row, house), row.place))
    return NewFact(name, row.contact_id, data)


def _when(row: Appointment, house: Business) -> str:
    return written(row.starts_on or row.starts_at, house.time_zone, house.language)


@transaction.atomic
def tie(appointment: Appointment, contact_id: int | None, *, acting_user: int, now: datetime) -> bool:
    """A person says whose it is (None: nobody's). It holds for the whole series and is remembered."""
    rows = Appointment.objects.select_for_update().filter(feed_id=appointment.feed_id, uid=appointment.uid)
    house = business_at(now)
    facts: list[NewFact] = []
    for row in rows.order_by("id"):
        before = row.contact_id
        row.contact_id, row.settled = contact_id, True
        if before == contact_id or row.cancelled_at or row.starts_at <= now:
            row.save(update_fields=["contact", "settled"])
            continue
        if before:
            facts.append(NewFact(CANCELLED, before, {KIND: row.key, "by_us": True, "mistaken": True}))
            row.key = hashlib.sha256(f"{row.key}{contact_id}".encode()).hexdigest()[:24]
        row.save(update_fields=["contact", "settled", "key"])
        if contact_id:
            facts.append(_fact(DATED, row, house))
    record(facts, now=now, source=SOURCE)
    subject = f"calendar_appointment:{appointment.id}"
    record_audit(actor=acting_user, verb="appointment.tied", subject=subject, now=now)
    return True


@transaction.atomic
def believe(feed: Feed, *, acting_user: int, now: datetime) -> None:
    """A person says that what is missing is really gone: what stands and was not seen is called off."""
    record_audit(actor=acting_user, verb="calendar.believed", subject=f"calendar:{feed.id}", now=now)
    Feed.objects.filter(id=feed.id).update(
        held=False, whole_at=None, etag="", modified="", tag=BELIEVED, next_at=machine_now()
    )


@transaction.atomic
def forget_past(*, now: datetime) -> int:
    """Appointments that are over for a month. Answers how many."""
    return Appointment.objects.filter(ends_at__lt=now - KEPT_FOR).delete()[0]
