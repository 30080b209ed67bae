"""What all tables share."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q

from tactful.foundation.ids import new_id


class Row(models.Model):
    """A row whose id is made by the application (``kernel.ids``)."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True


class SpellQuery(models.QuerySet[Any]):
    def at(self, moment: datetime, known_by: datetime | None = None) -> Self:
        """Spells in force at ``moment``, by what had been recorded by ``known_by`` (default: moment).

        An end that was recorded later than ``known_by`` was not known then: the spell still ran.
        """
        known = known_by or moment
        unended = Q(to_at__isnull=True) | Q(to_at__gt=moment) | Q(end_recorded_at__gt=known)
        return self.filter(unended, from_at__lte=moment, recorded_at__lte=known)

    def running(self) -> Self:
        return self.filter(to_at__isnull=True)


class Spell(Row):
    """A fact with a beginning and an end, and the moments at which we learned of both.

    Nothing that the gate asks is a status column: the replay asks what held *then*, by what was
    known *then* (ENGINE.md, line 4).
    """

    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    end_recorded_at = models.DateTimeField(null=True, blank=True)

    objects = SpellQuery.as_manager()

    class Meta:
        abstract = True
