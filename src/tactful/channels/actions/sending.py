"""Which accounts may send now, and what their attempts say about them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tactful.channels.models import Account
from tactful.channels.models import Breaker as BreakerRow
from tactful.channels.rules import breaker
from tactful.channels.rules.breaker import Breaker, Gate
from tactful.events.types import NewFact

FIELDS = ("failures", "first_failure_at", "open_until", "probing_until")


@dataclass(frozen=True, slots=True)
class Open:
    """``ready``: send at will. ``probing``: one message may try whether the server is back."""

    ready: tuple[int, ...]
    probing: tuple[int, ...]
    default: int


def open_accounts(machine_now: datetime) -> Open | None:
    """``None`` where no account may send. Accounts by age; the oldest enabled one is the default.
    A person's own mailbox sends nothing."""
    enabled = Account.objects.filter(enabled=True, channel="mail", owner_id=None).order_by("id")
    asked = [f"breaker__{name}" for name in FIELDS]
    states = [
        (pk, paused, Gate.CLOSED if failures is None else breaker.gate(Breaker(failures, *rest), machine_now))
        for pk, paused, failures, *rest in enabled.values_list("pk", "paused_reason", *asked)
    ]
    ready = tuple(pk for pk, paused, state in states if not paused and state is Gate.CLOSED)
    probing = tuple(pk for pk, paused, state in states if not paused and state is Gate.HALF_OPEN)
    return Open(ready, probing, states[0][0]) if ready or probing else None


def gate_of(row: BreakerRow, machine_now: datetime) -> Gate:
    return breaker.gate(_of(row), machine_now)


def start_probe(account_id: int, machine_now: datetime) -> bool:
    """Take the one probe of a half-open breaker. False if another worker has it."""
    row = BreakerRow.objects.select_for_update(of=("self",)).get(account_id=account_id)
    if gate_of(row, machine_now) is not Gate.HALF_OPEN:
        return False
    _save(account_id, breaker.probe(_of(row), machine_now))
    return True


def note_attempts(account_id: int, failures: int, successes: int, machine_now: datetime) -> None:
    """Tell the breaker of a batch. Writes only where something changes."""
    row = BreakerRow.objects.filter(account_id=account_id).first()
    if row is None and not failures:
        return
    if row is None:
        BreakerRow.objects.bulk_create([BreakerRow(account_id=account_id)], ignore_conflicts=True)
    row = BreakerRow.objects.select_for_update(of=("self",)).get(account_id=account_id)
    after = breaker.after(_of(row), failures, successes, machine_now)
    if after != _of(row):
        _save(account_id, after)


def rest_account(account_id: int, seconds: float, machine_now: datetime) -> None:
    BreakerRow.objects.bulk_create([BreakerRow(account_id=account_id)], ignore_conflicts=True)
    row = BreakerRow.objects.select_for_update(of=("self",)).get(account_id=account_id)
    _save(account_id, breaker.rest(_of(row), machine_now + timedelta(seconds=seconds)))


def pause_account(account_id: int, reason: str, detail: str, now: datetime) -> Iterable[NewFact]:
    """Stop an account that its provider refuses; one alert, however many messages were refused. Of one
    person's own mailbox that person is told."""
    running = Account.objects.filter(pk=account_id, paused_reason="")
    if not running.update(paused_reason=reason, paused_detail=detail[:500], paused_at=now):
        return ()
    data = {"kind": "account_paused", "account": account_id, "reason": reason, "detail": detail[:500]}
    whose = Account.objects.filter(pk=account_id).values_list("owner_id", flat=True).get()
    if whose is not None:
        data |= {"owner": whose, "own": True}
    return (NewFact("task.wanted", None, data),)


def resume_account(account_id: int) -> None:
    """A person has mended it: forget the pause and what the breaker knew."""
    Account.objects.filter(pk=account_id).update(paused_reason="", paused_detail="", paused_at=None)
    BreakerRow.objects.filter(account_id=account_id).delete()


def _of(row: BreakerRow) -> Breaker:
    return Breaker(*(getattr(row, name) for name in FIELDS))


def _save(account_id: int, state: Breaker) -> None:
    BreakerRow.objects.filter(account_id=account_id).update(**{name: getattr(state, name) for name in FIELDS})
