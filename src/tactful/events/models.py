"""The only fact log (ENGINE.md, "Events")."""

from django.db import models

from tactful.foundation.models import Row


class Event(Row):
    """``ts`` is when it happened, ``recorded_at`` when we learned of it, both business time.

    ``xid`` (the writing transaction, a column default of the database) orders what consumers may
    see: a cursor over ids alone would skip rows that commit late.
    """

    lane = models.SmallIntegerField()  # contact_id % LANES, 0 without a contact
    contact_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=80)
    ts = models.DateTimeField()
    recorded_at = models.DateTimeField()
    source = models.CharField(max_length=40)
    data = models.JSONField(default=dict)

    class Meta:
        db_table = "event"
        indexes = [
            models.Index(fields=["contact_id", "-ts"], name="event_of_contact"),
            models.Index(fields=["name", "ts"], include=["contact_id"], name="event_named"),
        ]


class EventSeen(models.Model):
    """Idempotence of what comes from outside; pruned after 90 days."""

    pk = models.CompositePrimaryKey("source", "message_id")
    source = models.CharField(max_length=40)
    message_id = models.CharField(max_length=200)
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "event_seen"


class ReactorCursor(models.Model):
    """How far a consumer has read in one lane."""

    pk = models.CompositePrimaryKey("consumer", "lane")
    consumer = models.CharField(max_length=30)
    lane = models.SmallIntegerField()
    xid = models.BigIntegerField(default=0)
    event_id = models.BigIntegerField(default=0)

    class Meta:
        db_table = "reactor_cursor"


class EventTally(models.Model):
    """How often something has happened to a contact, as far as the consumer ``tally`` has read.

    ``vouched``: of ``n``, those that somebody vouches for (``types.VOUCHED``). ``last_at``: of all ``n``.
    """

    pk = models.CompositePrimaryKey("name", "contact_id")
    name = models.CharField(max_length=80)
    contact_id = models.BigIntegerField()
    n = models.IntegerField()
    vouched = models.IntegerField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "event_tally"


class EventUntallied(models.Model):
    """A contact whose tally is not asked: as long as something is still to come (``until``), or, where that
    is NULL, because events were moved or removed, until it is counted anew."""

    id = models.BigAutoField(primary_key=True)  # triggers of the database write these rows
    contact_id = models.BigIntegerField()
    until = models.DateTimeField(null=True)

    class Meta:
        db_table = "event_untallied"
