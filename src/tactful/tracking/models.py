"""Sources of calls, what they have claimed, and what was counted of it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tactful.foundation.models import Row


class TrackingSource(Row):
    """``key_hash``: SHA-256 of the write key, which itself is shown once (R63)."""

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10)  # server, browser
    prefix = models.CharField(max_length=16)  # the beginning of the key, to tell it from others
    key_hash = models.BinaryField(max_length=32, unique=True)
    origins = ArrayField(models.CharField(max_length=200), default=list)
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.BigIntegerField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "tracking_source"


class TrackingReceived(Row):
    """Requests that are stored and not yet taken in; the worker removes them with their effects."""

    source_id = models.BigIntegerField()
    received_at = models.DateTimeField()
    kind = models.CharField(max_length=10)
    body = models.BinaryField()

    class Meta:
        db_table = "tracking_received"


class TrackingRefusal(models.Model):
    """What was left out or changed on the way, and why: a count for each source and reason."""

    pk = models.CompositePrimaryKey("source_id", "code")
    source_id = models.BigIntegerField()
    code = models.CharField(max_length=120)
    count = models.BigIntegerField()
    sample = models.CharField(max_length=200)
    last_at = models.DateTimeField()

    class Meta:
        db_table = "tracking_refusal"


class Visitor(Row):
    """Somebody whom we do not know yet. ``kind``: ``anon`` an anonymous id, ``user`` a user id without an
    address, ``said`` a user id that nobody vouches for."""

    kind = models.CharField(max_length=4)
    value = models.CharField(max_length=255)
    first_seen = models.DateTimeField()

    class Meta:
        db_table = "visitor"
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="one_visitor")]


class VisitorEvent(Row):
    """As ``event``, of somebody who is not a client yet. ``unverified``: it came with a browser key."""

    visitor = models.ForeignKey(Visitor, on_delete=models.CASCADE, db_index=False)
    name = models.CharField(max_length=80)
    ts = models.DateTimeField()
    recorded_at = models.DateTimeField()
    source = models.CharField(max_length=40)
    data = models.JSONField()
    unverified = models.BooleanField()

    class Meta:
        db_table = "visitor_event"
        indexes = [models.Index(fields=["visitor", "-ts"], name="visitor_event_of")]


class IdentityClaim(models.Model):
    """The earliest server's word that a user id has an address (``rules.identity``)."""

    pk = models.CompositePrimaryKey("user", "kind", "value")
    user = models.CharField(max_length=255)
    kind = models.CharField(max_length=12)
    value = models.CharField(max_length=320)
    ts = models.DateTimeField()
    message_id = models.CharField(max_length=200)

    class Meta:
        db_table = "identity_claim"
        indexes = [
            models.Index(fields=["kind", "value", "ts", "message_id", "user"], name="identity_claim_on")
        ]


class IdentityLink(models.Model):
    """The earliest server's word that an anonymous id is a user, and the moment of the latest."""

    pk = models.CompositePrimaryKey("ident", "user")
    ident = models.CharField(max_length=255)
    user = models.CharField(max_length=255)
    ts = models.DateTimeField()
    message_id = models.CharField(max_length=200)
    upto = models.DateTimeField()

    class Meta:
        db_table = "identity_link"
        indexes = [models.Index(fields=["user"], name="identity_link_to")]


class TrackedUser(models.Model):
    """Where a user id was put. ``root``: the user who is the root of that contact, "" if the contact has
    the address from elsewhere."""

    user = models.CharField(max_length=255, primary_key=True)
    root = models.CharField(max_length=255)

    class Meta:
        db_table = "tracked_user"


class PlacedIdentity(models.Model):
    """Identities that a contact has from here alone; others we never move."""

    pk = models.CompositePrimaryKey("kind", "value")
    kind = models.CharField(max_length=12)
    value = models.CharField(max_length=320)

    class Meta:
        db_table = "placed_identity"


class UserTrait(models.Model):
    """The last that was said of a user id, by key; ``value`` null takes it away."""

    pk = models.CompositePrimaryKey("user", "key")
    user = models.CharField(max_length=255)
    key = models.CharField(max_length=80)
    value = models.JSONField(null=True)
    ts = models.DateTimeField()
    message_id = models.CharField(max_length=200)

    class Meta:
        db_table = "user_trait"


class TrackedProfile(models.Model):
    """What we have written on a contact; where it says something else, somebody else has written."""

    contact_id = models.BigIntegerField(primary_key=True)
    written = models.JSONField(default=dict)

    class Meta:
        db_table = "tracked_profile"


class Attribute(Row):
    """``origin``: ``declared`` by a person or ``discovered`` in the traffic."""

    key = models.CharField(max_length=80, unique=True)
    label = models.CharField(max_length=120)
    type = models.CharField(max_length=10)
    personal = models.BooleanField(default=True)
    sensitive = models.BooleanField(default=False)
    origin = models.CharField(max_length=12)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "attribute"


class ComputedProperty(Row):
    """``field``: a property of the event; "" for ``count`` and ``days_since``."""

    key = models.CharField(max_length=80, unique=True)
    label = models.CharField(max_length=120)
    kind = models.CharField(max_length=16)
    event = models.CharField(max_length=80)
    field = models.CharField(max_length=80, blank=True)
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "computed_property"
        indexes = [
            models.Index(fields=["event"], condition=Q(removed_at__isnull=True), name="computed_of_event")
        ]


class ComputedValue(models.Model):
    """What all the kinds need of one client's events. ``first_value`` and ``last_value`` as text."""

    pk = models.CompositePrimaryKey("property_id", "contact_id")
    property_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    n = models.BigIntegerField()
    total = models.DecimalField(max_digits=1000, decimal_places=0, null=True)
    first_at = models.DateTimeField()
    first_value = models.TextField()
    last_at = models.DateTimeField()
    last_value = models.TextField()

    class Meta:
        db_table = "computed_value"
        indexes = [models.Index(fields=["contact_id"], name="computed_value_of")]


class ComputedTally(models.Model):
    """How often each value came, for ``most_frequent``."""

    pk = models.CompositePrimaryKey("property_id", "contact_id", "value")
    property_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    value = models.CharField(max_length=200)
    n = models.BigIntegerField()

    class Meta:
        db_table = "computed_tally"
