"""Tags and flags as spells: bereaved, restricted, objected:marketing, occasion_off:birthday …"""

from datetime import datetime

from django.db import transaction

from tactful.contacts.models import ContactSpell

from ._writing import bump_gate, locked, spell, tell


@transaction.atomic
def set_flag(
    contact_id: int, kind: str, key: str, *, acting_user: int | None, now: datetime, value: object = None
) -> bool:
    """Begin a spell of ``kind`` "flag" or "tag". ``False``: it was running already, nothing changed."""
    locked(contact_id)
    running = ContactSpell.objects.running().filter(contact_id=contact_id, kind=kind, key=key)
    if running.exists():
        return False
    spell(contact_id, kind, key, now, value, acting_user).save(force_insert=True)
    bump_gate([contact_id])
    tell(f"contact.{kind}_set", contact_id, now, acting_user, key=key)
    return True


@transaction.atomic
def clear_flag(contact_id: int, kind: str, key: str, *, acting_user: int | None, now: datetime) -> bool:
    """End the running spell. ``False``: there was none."""
    locked(contact_id)
    running = ContactSpell.objects.running().filter(contact_id=contact_id, kind=kind, key=key)
    if not running.update(to_at=now, end_recorded_at=now):
        return False
    bump_gate([contact_id])
    tell(f"contact.{kind}_cleared", contact_id, now, acting_user, key=key)
    return True
