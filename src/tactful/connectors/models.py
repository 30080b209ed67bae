"""Connections to systems that send webhooks, and what they have sent lately."""

from django.db import models

from tactful.foundation.models import Row


class Connection(Row):
    """``system``: the name of a file under ``systems``, or ``other`` with a ``mapping`` and a way to
    ``verify`` of its own. ``token_hash``: SHA-256 of the secret part of its address; that part and the
    signing secret rest in ``secret_value``. ``source_id``: the source of ``tracking`` for its calls.
    ``refused``: requests whose signature was wrong; nothing else is kept of them."""

    name = models.CharField(max_length=80)
    system = models.CharField(max_length=40)
    source_id = models.BigIntegerField()
    token_hash = models.BinaryField(max_length=32, unique=True)
    verify = models.JSONField(null=True)
    mapping = models.JSONField(null=True)
    is_live = models.BooleanField()
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    stopped_at = models.DateTimeField(null=True)
    received = models.BigIntegerField(default=0)
    last_at = models.DateTimeField(null=True)
    refused = models.BigIntegerField(default=0)
    refused_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "hook_connection"


class Delivery(Row):
    """One request as it came. Personal: body and headers go with the row, after days or with a client who is
    erased. ``key``: what makes two the same one. ``events``: names of what it became."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, db_index=False)
    key = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    headers = models.JSONField()
    body = models.BinaryField()
    state = models.CharField(max_length=8)
    reason = models.CharField(max_length=40, blank=True)
    params = models.JSONField(default=dict)
    events = models.JSONField(default=list)

    class Meta:
        db_table = "hook_delivery"
        constraints = [models.UniqueConstraint(fields=["connection", "key"], name="delivered_once")]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(state="waiting"), name="hook_waiting"),
            models.Index(fields=["connection", "-received_at"], name="hook_latest"),
        ]


class ThingName(Row):
    """Some systems give an appointment a new key when it moves: ``alias`` is what it is called now, ``key``
    what it was called first and is called with us."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, db_index=False)
    kind = models.CharField(max_length=40)
    alias = models.CharField(max_length=80)
    key = models.CharField(max_length=80)

    class Meta:
        db_table = "hook_thing_name"
        constraints = [models.UniqueConstraint(fields=["connection", "kind", "alias"], name="one_name")]
