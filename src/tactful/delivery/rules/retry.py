"""What follows from the outcome of an attempt: the retry table of REQUIREMENTS.md."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tactful.channels.types import Outcome, SendResult

BACK_OFF = (30, 60, 120, 300, 900, 1800, 3600)  # seconds, then hourly
PATIENCE = timedelta(days=5)  # RFC 5321 4.5.4.1
POISON_TRIES = 3


@dataclass(frozen=True, slots=True)
class Attempted:
    """``tries``: attempts before this one that counted. ``since``: the first handoff, business time."""

    tries: int
    must_arrive: bool
    resent: bool
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Next:
    """``delay``: seconds by the machine clock until the next attempt, ``None`` for at once.

    ``bounce``: "hard" or "soft", for those who keep the suppressions. ``counts``: burns a try.
    """

    state: str
    delay: float | None = None
    counts: bool = True
    resent: bool = False
    bounce: str = ""
    why: str = ""


AT_ONCE = {
    Outcome.SENT: Next("sent"),
    Outcome.HARD_ADDRESS: Next("dead", bounce="hard", why=Outcome.HARD_ADDRESS),
    Outcome.MAILBOX_FULL: Next("dead", bounce="soft", why=Outcome.MAILBOX_FULL),
    Outcome.CONTENT: Next("dead", why=Outcome.CONTENT),
    Outcome.ACCOUNT: Next("queued", counts=False),  # the account is paused, nobody's attempt is burned
    Outcome.POLICY: Next("queued", counts=False),
}


def after(result: SendResult, attempted: Attempted, now: datetime, roll: float) -> Next:
    """``roll``: from 0 up to 1, for full jitter."""
    outcome = result.outcome
    if outcome is Outcome.AMBIGUOUS:
        return ambiguous(attempted)
    if outcome in AT_ONCE:
        return AT_ONCE[outcome]
    if outcome is Outcome.POISON and attempted.tries + 1 >= POISON_TRIES:
        return Next("dead", why=outcome)
    if attempted.since is not None and now - attempted.since > PATIENCE:
        return Next("dead", why="gave_up")
    if outcome is Outcome.RATE:
        return Next("queued", delay=result.retry_after or back_off(attempted.tries, roll), counts=False)
    return Next("queued", delay=back_off(attempted.tries, roll))


def ambiguous(attempted: Attempted) -> Next:
    """The dot may be out and nobody knows: must-arrive mail goes once more, the rest waits for news."""
    if attempted.must_arrive and not attempted.resent:
        return Next("queued", resent=True)
    return Next("unknown")


def back_off(tries: int, roll: float) -> float:
    """Seconds; full jitter, but never less than one."""
    ceiling = BACK_OFF[min(tries, len(BACK_OFF) - 1)]
    return max(1.0, ceiling * roll)
