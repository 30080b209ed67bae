"""Calendars: added, stopped, found failing, found well again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from tactful.calendars.models import Appointment, Feed
from tactful.calendars.types import FAILING, CalendarKind
from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.foundation.actions import record_audit
from tactful.foundation.clock import machine_now
from tactful.foundation.secrets import get_secret, put_secret

EVERY = timedelta(minutes=10)
PATIENCE = timedelta(days=1)


class CalendarTrouble(ValueError):
    """What was asked cannot be done; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class NewFeed:
    """``user`` and ``password``: for CalDAV."""

    name: str
    kind: CalendarKind
    url: str
    user: str = ""
    password: str = ""


@transaction.atomic
def add_feed(new: NewFeed, *, acting_user: int | None, now: datetime) -> Feed:
    """A calendar that is read from now on, the first time within seconds."""
    name = " ".join(new.name.split())[:80]
    if not name:
        raise CalendarTrouble(_("The name is missing. Write whose or which calendar it is."))
    url = _address(new.url)
    if new.kind is CalendarKind.CALDAV and not (new.user and new.password):
        raise CalendarTrouble(_("CalDAV needs a user name and a password. Make an app password there."))
    feed = Feed(
        name=name,
        kind=new.kind.value,
        host=(urlsplit(url).hostname or "")[:200],
        user=new.user.strip()[:200],
        made_at=now,
        made_by=acting_user,
        next_at=machine_now(),
    )
    feed.save(force_insert=True)
    put_secret(_name(feed.id, "url"), url)
    if new.password:
        put_secret(_name(feed.id, "password"), new.password)
    _audit("calendar.added", feed, acting_user, now)
    return feed


def address_of(feed: Feed) -> str:
    return get_secret(_name(feed.id, "url"))


def password_of(feed: Feed) -> str:
    return get_secret(_name(feed.id, "password"))


@transaction.atomic
def stop_feed(feed: Feed, *, acting_user: int | None, now: datetime) -> bool:
    """It is read no more and its address is forgotten. Reminders of what stood in it stay as they are."""
    if not Feed.objects.filter(id=feed.id, stopped_at=None).update(stopped_at=now):
        return False
    Appointment.objects.filter(feed=feed, contact=None).delete()
    for part in ("url", "password"):
        put_secret(_name(feed.id, part), "")
    _audit("calendar.stopped", feed, acting_user, now)
    return True


@transaction.atomic
def read_soon(feed: Feed) -> None:
    """Read it again within seconds, wholly."""
    Feed.objects.filter(id=feed.id, stopped_at=None).update(next_at=machine_now(), whole_at=None)


@transaction.atomic
def claim_due() -> Feed | None:
    """A calendar whose turn it is; the next turn is in ten minutes, whatever becomes of this one."""
    moment = machine_now()
    feed = (
        Feed.objects.select_for_update(skip_locked=True)
        .filter(stopped_at=None, next_at__lte=moment)
        .order_by("next_at")
        .first()
    )
    if feed is not None:
        feed.next_at = moment + EVERY
        feed.save(update_fields=["next_at"])
    return feed


@transaction.atomic
def note_failure(feed: Feed, code: str, *, now: datetime) -> None:
    """It could not be read. After a day the owner is told, once."""
    feed.error, feed.failing_since = code[:40], feed.failing_since or now
    if feed.told_at is None and now - feed.failing_since >= PATIENCE:
        feed.told_at = now
        record([NewFact(FAILING, None, {"calendar": feed.id, "name": feed.name, "why": code})], now=now)
    feed.save(update_fields=["error", "failing_since", "told_at"])


@transaction.atomic
def note_unchanged(feed: Feed, *, now: datetime) -> None:
    feed.read_at, feed.error, feed.failing_since, feed.told_at = now, "", None, None
    feed.save(update_fields=["read_at", "error", "failing_since", "told_at"])


def _address(text: str) -> str:
    """https; ``webcal://`` is the same. Raises ``CalendarTrouble``."""
    given = text.strip()
    if given.lower().startswith(("webcal://", "webcals://")):
        given = "https://" + given.partition("://")[2]
    try:
        parts = urlsplit(given)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or len(given) > 1_000 or parts.username or not given.isprintable() or " " in given:
        raise CalendarTrouble(_("This is no web address. Copy it again from the calendar's settings."))
    if parts.scheme != "https" and not (settings.LOCAL_MAIL_HOSTS and parts.scheme == "http"):
        raise CalendarTrouble(_("The address must begin with https://, so that nobody reads along."))
    return given


def _name(feed_id: int, part: str) -> str:
    return f"calendar.{feed_id}.{part}"


def _audit(verb: str, feed: Feed, actor: int | None, now: datetime) -> None:
    body = {"name": feed.name, "host": feed.host}
    record_audit(actor=actor, verb=verb, subject=f"calendar:{feed.id}", now=now, body=body)
