"""A client wants to hear less: by one click, by mail, on the page or in words."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from tactful.contacts.types import Ground

from .basis import withdraw_basis
from .flags import clear_flag, set_flag

OPTIONAL, MARKETING = "objected:optional", "objected:marketing"
OBJECTIONS = (OPTIONAL, MARKETING)


@transaction.atomic
def object_to(contact_id: int, flags: Collection[str], *, how: str, source: str, now: datetime) -> bool:
    """No more of these, from now: the flags reach the gate before the next message does (R70).

    ``flags``: of ``OBJECTIONS``. An objection to marketing withdraws the consent as well. Answers whether
    anything changed; a second objection changes nothing.
    """
    fresh = [set_flag(contact_id, "flag", flag, acting_user=None, now=now) for flag in sorted(flags)]
    if MARKETING in flags:
        ground = Ground(purpose="marketing", channel="mail", kind="consent", how=how, source=source)
        fresh.append(withdraw_basis(contact_id, ground, acting_user=None, now=now) is not None)
    return any(fresh)


@transaction.atomic
def take_back(contact_id: int, flags: Collection[str], *, now: datetime) -> None:
    """The client takes an objection back. A withdrawn consent stays withdrawn: it is asked for anew."""
    for flag in sorted(flags):
        clear_flag(contact_id, "flag", flag, acting_user=None, now=now)
