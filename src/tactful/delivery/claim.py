"""T1: take due messages, ask the gate with fresh facts, reserve caps; one transaction, no I/O."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tactful.channels.actions import sending as accounts
from tactful.delivery.actions.restored import settle_departed
from tactful.delivery.batch import Item, item_of
from tactful.delivery.hot import claim as hot
from tactful.delivery.judging import Bench, judge
from tactful.delivery.merged import revive
from tactful.delivery.models import SendingPause
from tactful.delivery.types import FactSources
from tactful.delivery.verdicts import write
from tactful.foundation.clock import machine_now
from tactful.foundation.ids import new_id
from tactful.gate import queries as gate
from tactful.kernel.clock import machine_ms

BATCH = 2000


@dataclass(frozen=True, slots=True)
class Claimed:
    """Cleared messages with their lease. ``id`` is the batch's row, deleted when all are settled.
    ``house_rev``: the orders to the whole house under which they were cleared. ``now``, ``at_ms``: when the
    gate was asked, by the business clock and by the machine's."""

    id: int
    items: Sequence[Item]
    house_rev: int
    now: datetime
    at_ms: int


@transaction.atomic
def claim(worker_id: int, sources: FactSources, now: datetime, limit: int = BATCH) -> Claimed | None:
    """The next batch, or ``None`` when nothing was due. The batch may be empty: all held or refused."""
    scope = _scope(limit)
    found = hot.candidates(scope, now) if scope else []
    if scope is None or not found:
        return None
    house_rev, at_ms = gate.house_rev(), machine_ms()
    revs = {contact: rev for _, contact, rev in found}
    gone = settle_departed(now, [row[0] for row in found])
    left = [row[0] for row in found if row[0] not in gone]
    items = [item_of(row, scope.default, now) for row in hot.load(left)]
    revive({item.id: item.contact_id for item in items if item.may_merge and item.first_handoff_at is None})
    judged = judge(Bench(items, sources, now, scope.default))
    batch_id = new_id()
    cleared = write(judged, revs, worker_id, now)
    if cleared:
        hot.open_batch(batch_id, worker_id, [item.id for item in cleared])
    return Claimed(batch_id, cleared, house_rev, now, at_ms)


def _scope(limit: int) -> hot.Scope | None:
    """Half-open accounts get one message; it goes alone, so that the others keep sending."""
    machine = machine_now()
    known = accounts.open_accounts(machine)
    if known is None:
        return None
    paused = SendingPause.objects.filter(ended_at=None).values_list("scope", "scope_id")
    broadcasts = [ident for scope, ident in paused if scope == "broadcast" and ident is not None]
    stopped = {ident for scope, ident in paused if scope == "account"}
    for account in known.probing:
        if account not in stopped and accounts.start_probe(account, machine):
            return hot.Scope([account], known.default, broadcasts, 1)
    ready = [account for account in known.ready if account not in stopped]
    return hot.Scope(ready, known.default, broadcasts, limit) if ready else None
