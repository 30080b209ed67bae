"""How often something was tried, by the machine clock."""

from django.db import models


class RateWindow(models.Model):
    """``key`` is a digest: who it was cannot be read from it."""

    pk = models.CompositePrimaryKey("key", "begins_at")
    key = models.BinaryField(max_length=16)
    begins_at = models.DateTimeField()
    count = models.IntegerField()

    class Meta:
        db_table = "rate_window"
