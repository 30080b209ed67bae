"""What an owner does about a cause that asks too much: gather it into one list a week, or switch it off."""

from datetime import datetime

from django.db import transaction

from tactful.foundation.actions import change_settings
from tactful.inbox.burden import GATHERED, OFF, eased
from tactful.inbox.rules.burden import MAY_BE_GATHERED, MAY_BE_OFF


@transaction.atomic
def gather(cause: str, *, acting_user: int, now: datetime) -> bool:
    """One list a week from now on. Answers False for a cause that cannot wait."""
    if cause not in MAY_BE_GATHERED:
        return False
    gathered, off = eased(now)
    _keep(gathered | {cause}, off - {cause}, acting_user, now)
    return True


@transaction.atomic
def switch_off(cause: str, *, acting_user: int, now: datetime) -> bool:
    """Nobody is asked from now on. Answers False for a cause that must be asked."""
    if cause not in MAY_BE_OFF:
        return False
    gathered, off = eased(now)
    _keep(gathered - {cause}, off | {cause}, acting_user, now)
    return True


@transaction.atomic
def ask_again(cause: str, *, acting_user: int, now: datetime) -> None:
    """At once, as from the beginning."""
    gathered, off = eased(now)
    _keep(gathered - {cause}, off - {cause}, acting_user, now)


def _keep(gathered: frozenset[str], off: frozenset[str], acting_user: int, now: datetime) -> None:
    values = {GATHERED: sorted(gathered), OFF: sorted(off)}
    change_settings(values=values, acting_user=acting_user, now=now)
