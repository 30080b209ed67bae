"""Into the outbox, out of it again, and out of a hold."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from tactful.delivery.hot import changes
from tactful.delivery.hot.enqueue import insert
from tactful.delivery.merged import revive
from tactful.delivery.models import Dispatch, Message
from tactful.delivery.types import NewMessage
from tactful.delivery.verdicts import NEEDS_PERSON
from tactful.events import actions as events
from tactful.events.types import NewFact
from tactful.foundation.ids import new_ids
from tactful.foundation.pg import Row
from tactful.foundation.secrets import key_ring
from tactful.gate.rules.word import left_after
from tactful.gate.types import OnRelease

NEWS = "outbox"  # what workers and open pages hear; the row itself is the fact
WAITING = ("queued", "held", "claimed")


@transaction.atomic
def enqueue(messages: Sequence[NewMessage], *, now: datetime) -> list[int | None]:
    """Write messages down, in the transaction of their cause.

    Answers, in order, with the id of each new message, and ``None`` for one whose dedupe key was there.
    """
    if not messages:
        return []
    fresh: set[int] = set()
    ids = new_ids(len(messages))
    for start in range(0, len(messages), changes.CHUNK):
        end = start + changes.CHUNK
        fresh |= insert(messages[start:end], ids[start:end], key_ring().current, now)
    if fresh:
        events.notify({NEWS})
    return [ident if ident in fresh else None for ident in ids]


@transaction.atomic
def cancel(
    *,
    now: datetime,
    visits: Sequence[tuple[int, int]] = (),
    contact_ids: Sequence[int] = (),
    reason: str = "",
    acting_user: int | None = None,
) -> int:
    """Cancel what still waits: of visits (enrolment, visit), and of contacts. Answers with how many.

    What is past the handoff mark is not touched: its moment of sending was the mark.
    """
    ids = list(
        Dispatch.objects.filter(contact_id__in=contact_ids, state__in=WAITING).values_list("pk", flat=True)
    )
    ids += changes.waiting_of(visits)
    return cancel_messages(ids, now=now, reason=reason, acting_user=acting_user)


@transaction.atomic
def cancel_visits(reasons: Mapping[tuple[int, int], str], *, now: datetime) -> int:
    """Cancel what still waits of visits (enrolment, visit), each for its own reason. Answers how many."""
    return len(_cancel(changes.waiting_of(list(reasons)), now, lambda row: reasons.get((row[4], row[5]), "")))


@transaction.atomic
def cancel_cause(*, kind: str, ident: int, now: datetime, acting_user: int | None = None) -> int:
    """Cancel what still waits of a broadcast, an enrolment or another cause."""
    caused = Message.objects.filter(cause_kind=kind, cause_id=ident, dispatch__state__in=WAITING)
    return cancel_messages(list(caused.values_list("pk", flat=True)), now=now, acting_user=acting_user)


def cancel_messages(
    ids: Sequence[int], *, now: datetime, reason: str = "", acting_user: int | None = None
) -> int:
    """Inside a transaction."""
    return len(_cancel(ids, now, lambda _: reason, acting_user))


def _cancel(
    ids: Sequence[int], now: datetime, reason: Callable[[Row], str], acting_user: int | None = None
) -> list[Row]:
    rows = _take_out(ids, now)
    facts = [
        NewFact("message.cancelled", row[1], _data(row) | {"why": reason(row), "by": acting_user})
        for row in rows
    ]
    events.record(facts, now=now)
    return rows


def _take_out(ids: Sequence[int], now: datetime) -> list[Row]:
    """Out of the outbox, what is still in it. Contacts are locked first, as everywhere (``hot.changes``)."""
    if not ids:
        return []
    changes.lock_contacts(Dispatch.objects.filter(pk__in=ids).values_list("contact_id", flat=True))
    rows = changes.cancel(ids, now)
    revive({row[0]: row[1] for row in rows if row[6]})
    return rows


def _data(row: Row) -> dict[str, Any]:
    ident, _, touchpoint, kind, cause, visit, _ = row
    return {"message": ident, "touchpoint": touchpoint, "cause": kind, "cause_id": cause, "visit": visit}


@transaction.atomic
def release(*, names: Sequence[str], now: datetime, contact_ids: Sequence[int] | None = None) -> int:
    """Something that held messages has ended. ``names``: the facts that ended it; ``None`` is everyone.

    What a journey's visit caused and would be recomputed is cancelled and announced as
    ``message.released``: the journey decides anew. ``skip`` is cancelled, ``ask`` asks a person and
    stays held, everything else goes back to the gate. Answers with how many were touched.
    """
    held = changes.held_for(names, contact_ids)
    changes.lock_contacts(row[1] for row in held)
    fates = {row[0]: _fate(row[2], row[3]) for row in held}
    chosen = {fate: [row[0] for row in held if fates[row[0]] is fate] for fate in OnRelease}
    _ask([row for row in held if fates[row[0]] is OnRelease.ASK], names, now)
    recompute(chosen[OnRelease.RECOMPUTE], now)
    cancel_messages(chosen[OnRelease.SKIP], now=now, reason="skipped")
    _requeue(chosen[OnRelease.SEND], now)
    return len(held)


def _fate(on_release: str, cause_kind: str) -> OnRelease:
    fate = OnRelease(on_release or "send")
    return OnRelease.SEND if fate is OnRelease.RECOMPUTE and cause_kind != "visit" else fate


def _ask(held: Sequence[Row], names: Sequence[str], now: datetime) -> None:
    """What has ended is no reason any more: nobody is told that it cannot go because of that."""
    rows = list(Dispatch.objects.filter(pk__in=[ident for ident, *_ in held], state="held"))
    for row in rows:
        row.reasons = left_after(row.reasons or (), names)
    Dispatch.objects.bulk_update(rows, ["reasons"])
    facts = [
        NewFact(NEEDS_PERSON, contact, {"kind": "hold_ended", "message": ident, "owner": owner})
        for ident, contact, _, _, owner in held
    ]
    events.record(facts, now=now)


def recompute(ids: Sequence[int], now: datetime) -> int:
    """The journey decides anew. Announced is only what was really taken out: what has left meanwhile must
    not be sent again. Inside a transaction."""
    rows = _take_out(ids, now)
    events.record([NewFact("message.released", row[1], _data(row)) for row in rows], now=now)
    return len(rows)


def _requeue(ids: Sequence[int], now: datetime) -> int:
    if not ids:
        return 0
    count = len(changes.requeue(ids, now))
    events.notify({NEWS})
    return count
