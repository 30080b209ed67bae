"""Two clients become one, or two again, over all floors, in one transaction."""

from datetime import datetime, timedelta

from django.db import transaction

from tactful.contacts import actions as contacts
from tactful.contacts.queries import merge_of
from tactful.events.actions import notify, record
from tactful.events.types import NewFact
from tactful.journeys import queries as journeys
from tactful.journeys.queries import Ended
from tactful.tracking.actions import count_anew
from tactful.wiring.holdings import HOLDINGS

UNDO_WITHIN = timedelta(days=30)
FOLLOWED = timedelta(hours=1)
"""So long we look for what was on its way to a contact while it became part of another."""


@transaction.atomic
def merge(kept: int, gone: int, *, acting_user: int, now: datetime) -> int:
    """Answers with the id under which it can be undone. Raises ``contacts.actions.MergeError``.

    What is computed is counted anew of both histories, segments look again, for they hear the fact, and
    everything that waits for either goes through the gate again.
    """
    row = contacts.merge(kept, gone, HOLDINGS, acting_user=acting_user, now=now)
    record([_ended(kept, each) for each in journeys.ended_by_merge(kept, now)], now=now)
    count_anew([kept, gone], now)
    notify({"outbox"})
    return row.id


def _ended(contact_id: int, each: Ended) -> NewFact:
    """As ``journeys.rules.run`` tells of every other end."""
    data = {"journey": each.slug, "entry_key": each.entry_key, "step": each.step, "reason": "merged"}
    return NewFact("journey.ended", contact_id, data)


@transaction.atomic
def unmerge(merge_id: int, *, acting_user: int, now: datetime) -> int:
    """Answers how many rows could not go back, because something new stands in their place."""
    row, lost = contacts.unmerge(merge_id, acting_user=acting_user, now=now)
    count_anew([row.kept, row.gone], now)
    notify({"outbox"})
    return lost


def may_undo(merge_id: int, now: datetime) -> bool:
    row = merge_of(merge_id)
    return row is not None and row.undone_at is None and row.at >= now - UNDO_WITHIN


def bring_after(now: datetime) -> int:
    """A chore: rows that were written under the old number in the very moment of a merge."""
    return contacts.follow(HOLDINGS, since=now - FOLLOWED, now=now)
