"""Attributes that people declare or name, and computed properties that they define."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tactful.foundation.actions import record_audit
from tactful.tracking.hot import tallies
from tactful.tracking.models import Attribute, ComputedProperty
from tactful.tracking.rules.traits import COLUMNS, attribute_key
from tactful.tracking.types import ComputedKind, ValueType

NEEDS_FIELD = frozenset({ComputedKind.SUM, ComputedKind.FIRST, ComputedKind.LAST, ComputedKind.MOST_FREQUENT})
MOST_PROPERTIES = 100
_KEY = re.compile(r"[a-z][a-z0-9_]{0,79}")


class PropertyTrouble(ValueError):
    """What was asked cannot be done; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class NewProperty:
    """``key``: as conditions and letters name it; empty is made from the label."""

    label: str
    kind: ComputedKind
    event: str
    field: str = ""
    key: str = ""


@transaction.atomic
def define_property(new: NewProperty, *, acting_user: int | None, now: datetime) -> ComputedProperty:
    """A computed property, counted at once over all that the log has. Raises ``PropertyTrouble``."""
    label, event, field = (" ".join(text.split()) for text in (new.label, new.event, new.field))
    if not label:
        raise PropertyTrouble(_("The name is missing. Write what it tells, such as “Orders so far”."))
    if not event:
        raise PropertyTrouble(_("The event is missing. Write its name as it stands on the time line."))
    if new.kind in NEEDS_FIELD and not field:
        raise PropertyTrouble(_("Say which property of the event is meant, such as “total”."))
    key = new.key or key_of(label)
    if not _KEY.fullmatch(key):
        raise PropertyTrouble(
            _("The key “%(key)s” cannot be used. Take small letters, digits and _.") % {"key": key}
        )
    if ComputedProperty.objects.filter(key=key).exists():
        raise PropertyTrouble(_("There is a property with the key “%(key)s” already.") % {"key": key})
    if ComputedProperty.objects.filter(removed_at__isnull=True).count() >= MOST_PROPERTIES:
        raise PropertyTrouble(_("There are 100 computed properties, which is the most. Remove one first."))
    row = ComputedProperty(
        key=key, label=label[:120], kind=new.kind.value, event=event[:80],
        field=field[:80] if new.kind in NEEDS_FIELD else "", made_at=now, made_by=acting_user,
    )  # fmt: skip
    row.save(force_insert=True)
    tallies.count_past(row.id)
    _audit("property.defined", row.id, key, acting_user, now)
    return row


@transaction.atomic
def remove_property(property_id: int, *, acting_user: int | None, now: datetime) -> bool:
    """It is counted no more, and its key is free again."""
    row = ComputedProperty.objects.select_for_update().filter(id=property_id, removed_at__isnull=True).first()
    if row is None:
        return False
    tallies.forget(property_id)
    row.delete()
    _audit("property.removed", property_id, row.key, acting_user, now)
    return True


def key_of(label: str) -> str:
    """“Orders so far” is ``orders_so_far``."""
    plain = label.casefold().replace("æ", "ae").replace("ø", "o").replace("å", "a")
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:80]


@transaction.atomic
def declare_attribute(
    key: str, label: str, type_: ValueType, *, acting_user: int | None, now: datetime
) -> Attribute:
    """An attribute before anybody has sent it. Raises ``PropertyTrouble``."""
    named = attribute_key(key)
    if not named or named in COLUMNS or named != key.strip():
        raise PropertyTrouble(
            _("The key “%(key)s” cannot be used. It means something else here.") % {"key": key}
        )
    if Attribute.objects.filter(key=named).exists():
        raise PropertyTrouble(_("There is an attribute with the key “%(key)s” already.") % {"key": named})
    shown = " ".join(label.split())[:120] or named
    row = Attribute(key=named, label=shown, type=type_.value, origin="declared", made_at=now)
    row.save(force_insert=True)
    _audit("attribute.declared", row.id, named, acting_user, now)
    return row


@transaction.atomic
def describe_attribute(
    attribute_id: int,
    *,
    label: str,
    personal: bool,
    sensitive: bool,
    acting_user: int | None,
    now: datetime,
) -> Attribute:
    """What an attribute is called, and how careful we are with it. Raises ``Attribute.DoesNotExist``."""
    row = Attribute.objects.select_for_update().get(id=attribute_id)
    row.label = " ".join(label.split())[:120] or row.key[:120]
    row.personal, row.sensitive = personal or sensitive, sensitive
    row.save(update_fields=["label", "personal", "sensitive"])
    _audit("attribute.described", row.id, row.key, acting_user, now)
    return row


def _audit(verb: str, ident: int, key: str, actor: int | None, now: datetime) -> None:
    record_audit(actor=actor, verb=verb, subject=f"attribute:{ident}", now=now, body={"key": key})
