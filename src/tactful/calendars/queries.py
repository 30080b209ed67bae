"""Reads of calendars: which are read, what stands in them, whose it is."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Count, Q

from tactful.calendars.models import Appointment, Feed
from tactful.calendars.types import Known, Occurrence, Signs
from tactful.contacts import queries as contacts

__all__ = ["Appointment", "Feed"]

MOST_ASKED = 200


def feeds() -> Sequence[Feed]:
    return list(Feed.objects.order_by("stopped_at", "made_at", "id"))


def feed(ident: int) -> Feed | None:
    return Feed.objects.filter(id=ident).first()


def appointment(ident: int) -> Appointment | None:
    return Appointment.objects.select_related("contact", "feed").filter(id=ident).first()


def coming(feed_id: int, now: datetime, limit: int = MOST_ASKED) -> Sequence[Appointment]:
    """What stands and is to come, soonest first."""
    rows = Appointment.objects.select_related("contact").filter(feed_id=feed_id, starts_at__gt=now)
    return list(rows.filter(cancelled_at=None).order_by("starts_at", "id")[:limit])


def counts(now: datetime) -> Mapping[int, tuple[int, int]]:
    """By calendar: how many are to come, and of how many nobody knows whose they are."""
    rows = Appointment.objects.filter(starts_at__gt=now, cancelled_at=None).values("feed_id")
    asked = Count("id", filter=Q(contact=None, settled=False))
    return {row["feed_id"]: (row["n"], row["asked"]) for row in rows.annotate(n=Count("id"), asked=asked)}


def known_of(said: Sequence[Signs]) -> Known:
    """Whose all of these addresses and names are."""
    mails = {mail for each in said for mail in (*each.attendees, *each.mails)}
    return Known(
        mails=contacts.owners_of("email", mails),
        phones=contacts.owners_of("phone", {phone for each in said for phone in each.phones}),
        names=contacts.called({name for each in said for name in each.names}),
    )


def settled_uids(feed_id: int, occurrences: Sequence[Occurrence]) -> dict[str, int | None]:
    """What people have said before of appointments with these UIDs: whose they are, or nobody's (None)."""
    rows = Appointment.objects.filter(
        feed_id=feed_id, settled=True, uid__in={each.uid for each in occurrences}
    )
    return dict(rows.order_by("id").values_list("uid", "contact_id"))
