"""Writes that every floor shares: audit rows, the business's settings, and its clock."""

import json
import os
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tactful.foundation.clock import shift_business_clock
from tactful.foundation.ids import new_id
from tactful.foundation.models import Audit, AuditPayload, BusinessSetting
from tactful.foundation.queries import business_at
from tactful.foundation.sealing import payload_digest
from tactful.foundation.types import lacks_assessment


def record_audit(
    *, actor: int | None, verb: str, subject: str, now: datetime, body: dict[str, Any] | None = None
) -> None:
    """Note what a person did, in the transaction that does it.

    ``subject`` is opaque, e.g. ``contact:12``. ``body`` may hold personal words: it is stored apart,
    erasable, and only its salted digest enters the chain.
    """
    salt = os.urandom(16)
    words = json.loads(json.dumps(body or {}, default=str).replace("\\u0000", ""))
    digest = payload_digest(salt, words)
    audit = Audit.objects.create(
        id=new_id(), at=now, actor=actor, verb=verb, subject=subject, payload_digest=digest
    )
    AuditPayload.objects.create(audit=audit, salt=salt, body=words)


@transaction.atomic
def change_settings(*, values: dict[str, Any], acting_user: int | None, now: datetime) -> None:
    """End the running spell of each key whose value changes, and begin a new one."""
    running = {row.key: row for row in BusinessSetting.objects.select_for_update().filter(to_at__isnull=True)}
    changed = {
        key: value for key, value in values.items() if key not in running or running[key].value != value
    }
    if not changed:
        return
    BusinessSetting.objects.filter(key__in=changed, to_at__isnull=True).update(to_at=now, end_recorded_at=now)
    BusinessSetting.objects.bulk_create(
        BusinessSetting(key=key, value=value, from_at=now, recorded_at=now, by=acting_user)
        for key, value in changed.items()
    )
    record_audit(actor=acting_user, verb="settings.changed", subject="business", now=now, body=changed)


class NotAssessed(ValueError):
    """Nothing begins to be sent before an owner has taken up the assessment; the sentence says where."""


def expect_assessed(now: datetime) -> None:
    """Before anything that lets automation begin to write. Raises ``NotAssessed``."""
    if lacks_assessment(business_at(now)):
        said = _(
            "In your trade, what could go wrong with people's data is thought over before anything is sent. "
            "Read the assessment under Settings, Use of data, and say there that you have."
        )
        raise NotAssessed(said)


@transaction.atomic
def note_assessed(*, acting_user: int, now: datetime) -> None:
    """An owner has read the assessment of consequences and answers for it from here on."""
    change_settings(values={"assessed": now.date().isoformat()}, acting_user=acting_user, now=now)
    record_audit(actor=acting_user, verb="records.stand", subject="instance:1", now=now)


@transaction.atomic
def move_clock(*, by: timedelta, acting_user: int | None, now: datetime) -> None:
    """Move the business clock forward, for a demonstration."""
    shift_business_clock(by)
    body = {"seconds": int(by.total_seconds())}
    record_audit(actor=acting_user, verb="clock.moved", subject="instance:1", now=now, body=body)
