"""Accounts at providers, and the door through which the outside comes in."""

from django.db import models

from tactful.foundation.models import Row


class Account(Row):
    """``settings`` hold no secret; those are ``SecretValue`` rows named ``account:<id>:<what>``.

    ``owner_id``: whose own mailbox it is; null is the firm's. ``inquiries``: mail of people who are no
    clients is taken in. ``connected_at``: nothing older is read, unless ``history_since`` asks for it.
    ``read_at``: when the mailbox was last read to its end, to within a minute. ``trouble``: why it cannot be
    read now, as a code or a server's words; since ``trouble_at``, last tried in vain at ``tried_at``, and
    ``refused`` where trying again mends nothing.
    """

    channel = models.CharField(max_length=12)
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=320)
    sender_name = models.CharField(max_length=120, blank=True)
    settings = models.JSONField(default=dict)
    enabled = models.BooleanField(default=True)
    paused_reason = models.CharField(max_length=30, blank=True)  # auth, policy, person
    paused_detail = models.CharField(max_length=500, blank=True)
    paused_at = models.DateTimeField(null=True)
    owner_id = models.BigIntegerField(null=True)
    inquiries = models.BooleanField(default=False, db_default=False)
    connected_at = models.DateTimeField(null=True)
    history_since = models.DateTimeField(null=True)
    history_done_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=500, blank=True, default="", db_default="")
    trouble_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    refused = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "account"


class Grant(models.Model):
    """A provider's leave to read and send, instead of a password. Its secrets are ``SecretValue`` rows named
    ``account:<id>:client_secret``, ``…:access_token`` and ``…:refresh_token``. Every moment is of the machine
    clock."""

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.CASCADE)
    client_id = models.CharField(max_length=400)
    gives_url = models.CharField(max_length=400)
    issued_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    refused_code = models.CharField(max_length=60, blank=True)

    class Meta:
        db_table = "mail_grant"


class Breaker(models.Model):
    """Circuit breaker of one account; every moment is of the machine clock."""

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.CASCADE)
    failures = models.IntegerField(default=0)
    first_failure_at = models.DateTimeField(null=True)
    open_until = models.DateTimeField(null=True)
    probing_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "breaker"


class InboundRaw(Row):
    """Stored before it is acknowledged; parsed afterwards by the worker (R39)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    provider_id = models.CharField(max_length=400)
    envelope = models.JSONField(default=dict)  # sender, recipients; folder, uid, at, way
    raw = models.BinaryField()
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=30, blank=True)
    attempts = models.SmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        db_table = "inbound_raw"
        constraints = [
            models.UniqueConstraint(fields=["account", "provider_id"], name="inbound_once"),
        ]
        indexes = [
            models.Index(
                fields=["id"], name="inbound_waiting", condition=models.Q(processed_at__isnull=True)
            ),
        ]


class ImapCursor(models.Model):
    """Moves only after the messages up to it are committed. ``passed_by``: mails that were left
    where they are, because they are none of ours to read (R92)."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    folder = models.CharField(max_length=200, default="INBOX")
    uidvalidity = models.BigIntegerField(default=0)
    uid = models.BigIntegerField(default=0)
    passed_by = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "imap_cursor"
        constraints = [models.UniqueConstraint(fields=["account", "folder"], name="one_imap_cursor")]


class HistoryCursor(models.Model):
    """How far the days before the connection have been read, folder by folder; once ``done``, no more."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    folder = models.CharField(max_length=200)
    uidvalidity = models.BigIntegerField(default=0)
    uid = models.BigIntegerField(default=0)
    done = models.BooleanField(default=False)

    class Meta:
        db_table = "history_cursor"
        constraints = [models.UniqueConstraint(fields=["account", "folder"], name="one_history_cursor")]
