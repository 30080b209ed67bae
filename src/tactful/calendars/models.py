"""Calendars that are read, and what stands in them."""

from django.db import models

from tactful.contacts.models import Contact
from tactful.foundation.models import Row


class Feed(Row):
    """A calendar. Its address and password rest in ``secret_value``: an ICS address is a secret itself.
    ``host``: what of it may be shown. ``next_at``: machine clock. ``error``: a code, why it could not be read
    last; since ``failing_since``. ``held``: its answer lacked so much that nothing was called off."""

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=8)
    host = models.CharField(max_length=200)
    user = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    stopped_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    etag = models.CharField(max_length=300, blank=True)
    modified = models.CharField(max_length=60, blank=True)
    tag = models.CharField(max_length=200, blank=True)
    whole_at = models.DateTimeField(null=True)
    left_out = models.IntegerField(default=0)
    error = models.CharField(max_length=40, blank=True)
    failing_since = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    held = models.BooleanField(default=False)

    class Meta:
        db_table = "calendar_feed"


class Appointment(Row):
    """One appointment, whosever it is. Personal: titles and places go when it is past for a month, or with a
    client who is erased. ``key``: what journeys call it. ``contact``: null while nobody knows whose it is;
    ``settled``: a person has said so, or that it is nobody's."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, db_index=False)
    uid = models.CharField(max_length=300)
    recurrence = models.CharField(max_length=40, blank=True)
    key = models.CharField(max_length=40)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    starts_on = models.DateField(null=True)
    title = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=200, blank=True)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.SET_NULL, db_index=False)
    settled = models.BooleanField(default=False)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "calendar_appointment"
        constraints = [models.UniqueConstraint(fields=["feed", "uid", "recurrence"], name="one_appointment")]
        indexes = [
            models.Index(fields=["contact"], name="appointment_of"),
            models.Index(fields=["starts_at"], name="appointment_at"),
        ]
