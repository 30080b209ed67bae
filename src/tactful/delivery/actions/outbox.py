"""Into the outbox, out of it again, and out of a hold."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from tactful.delivery.hot import changes
from tactful.delivery.hot.enqueue import insert
from tactful.delivery.hot.pg import Row
from tactful.delivery.merged import revive
from tactful.delivery.models import Dispatch, Message
from tactful.delivery.types import NewMessage
from tactful.delivery.verdicts import NEEDS_PERSON
from tactful.events import actions as events
from tactful.events.types import NewFact
from tactful.foundation.ids import new_ids
from tactful.foundation.secrets import key_ring
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
    waiting = Message.objects.filter(cause_kind="visit", dispatch__state__in=WAITING)
    for enrolment, numbers in _by_enrolment(visits).items():
        ids += waiting.filter(cause_id=enrolment, cause_visit__in=numbers).values_list("pk", flat=True)
    return cancel_messages(ids, now=now, reason=reason, acting_user=acting_user)


@transaction.atomic
def cancel_cause(*, kind: str, ident: int, now: datetime, acting_user: int | None = None) -> int:
    """Cancel what still waits of a broadcast, an enrolment or another cause."""
    caused = Message.objects.filter(cause_kind=kind, cause_id=ident, dispatch__state__in=WAITING)
    return cancel_messages(list(caused.values_list("pk", flat=True)), now=now, acting_user=acting_user)


def cancel_messages(
    ids: Sequence[int], *, now: datetime, reason: str = "", acting_user: int | None = None
) -> int:
    """Inside a transaction. Contacts are locked first, as everywhere (``hot.changes``)."""
    if not ids:
        return 0
    changes.lock_contacts(Dispatch.objects.filter(pk__in=ids).values_list("contact_id", flat=True))
    rows = changes.cancel(ids, now)
    facts = [
        NewFact(
            "message.cancelled",
            contact,
            {
                "message": ident,
                "touchpoint": touchpoint,
                "cause": kind,
                "cause_id": cause,
                "visit": visit,
                "why": reason,
                "by": acting_user,
            },
        )
        for ident, contact, touchpoint, kind, cause, visit, _ in rows
    ]
    revive({row[0]: row[1] for row in rows if row[6]})
    events.record(facts, now=now)
    return len(rows)


@transaction.atomic
def release(*, names: Sequence[str], now: datetime, contact_ids: Sequence[int] | None = None) -> int:
    """Something that held messages has ended. ``names``: the facts that ended it; ``None`` is everyone.

    What a journey's visit caused and would be recomputed is cancelled and announced as
    ``message.released``: the journey decides anew. ``skip`` is cancelled, ``ask`` asks a person and
    stays held, everything else goes back to the gate. Answers with how many were touched.
    """
    held = changes.held_for(names, contact_ids)
    fates = {row[0]: _fate(row[2], row[3]) for row in held}
    chosen = {fate: [row[0] for row in held if fates[row[0]] is fate] for fate in OnRelease}
    _ask([row for row in held if fates[row[0]] is OnRelease.ASK], now)
    _recompute(chosen[OnRelease.RECOMPUTE], now)
    cancel_messages(chosen[OnRelease.SKIP], now=now, reason="skipped")
    _requeue(chosen[OnRelease.SEND], now)
    return len(held)


def _fate(on_release: str, cause_kind: str) -> OnRelease:
    fate = OnRelease(on_release or "send")
    return OnRelease.SEND if fate is OnRelease.RECOMPUTE and cause_kind != "visit" else fate


def _ask(held: Sequence[Row], now: datetime) -> None:
    facts = [
        NewFact(NEEDS_PERSON, contact, {"kind": "hold_ended", "message": ident, "owner": owner})
        for ident, contact, _, _, owner in held
    ]
    events.record(facts, now=now)


def _recompute(ids: Sequence[int], now: datetime) -> None:
    if not ids:
        return
    rows = Message.objects.filter(pk__in=ids).values_list(
        "pk", "contact_id", "touchpoint_id", "cause_kind", "cause_id", "cause_visit"
    )
    facts = [
        NewFact(
            "message.released",
            contact,
            {"message": pk, "touchpoint": touchpoint, "cause": kind, "cause_id": cause, "visit": visit},
        )
        for pk, contact, touchpoint, kind, cause, visit in rows
    ]
    changes.lock_contacts(row[1] for row in rows)
    changes.cancel(ids, now)
    events.record(facts, now=now)


def _requeue(ids: Sequence[int], now: datetime) -> int:
    if not ids:
        return 0
    count = len(changes.requeue(ids, now))
    events.notify({NEWS})
    return count


def _by_enrolment(visits: Sequence[tuple[int, int]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for enrolment, number in visits:
        found.setdefault(enrolment, []).append(number)
    return found
