"""The circuit breaker of one account: five failures within a minute open it, one probe closes it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

FAILURES = 5
WINDOW = timedelta(seconds=60)
PAUSE = timedelta(seconds=30)
PROBE = timedelta(seconds=120)  # a probe that says nothing for so long has died


class Gate(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class Breaker:
    """Every moment is of the machine clock."""

    failures: int = 0
    first_failure_at: datetime | None = None
    open_until: datetime | None = None
    probing_until: datetime | None = None


def gate(breaker: Breaker, now: datetime) -> Gate:
    if breaker.open_until is None:
        return Gate.CLOSED
    if now < breaker.open_until or (breaker.probing_until is not None and now < breaker.probing_until):
        return Gate.OPEN
    return Gate.HALF_OPEN


def probe(breaker: Breaker, now: datetime) -> Breaker:
    return replace(breaker, probing_until=now + PROBE)


def after(breaker: Breaker, failures: int, successes: int, now: datetime) -> Breaker:
    """A batch's connection failures and answers. Any answer shows that the server is there."""
    if successes:
        return Breaker()
    if not failures:
        return breaker
    if breaker.open_until is not None:
        return replace(breaker, open_until=now + PAUSE, probing_until=None)
    started = breaker.first_failure_at
    if started is None or now - started > WINDOW:
        breaker = Breaker(0, now)
    counted = breaker.failures + failures
    return replace(breaker, failures=counted, open_until=now + PAUSE if counted >= FAILURES else None)


def rest(breaker: Breaker, until: datetime) -> Breaker:
    """The provider asks for patience (429): open without a failure."""
    return replace(breaker, open_until=until, probing_until=None)
