"""How long we go on trying, and when we stop: about three days, with jitter, as the Standard Webhooks
specification advises."""

from datetime import timedelta

PAUSES = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
STOP_AFTER = timedelta(days=5)
GONE = 410


def pause_after(attempt: int, spread: float) -> timedelta | None:
    """How long to wait after the failure of ``attempt`` (from 1); None: that was the last one. ``spread``: 0
    to 1, so that many that failed together do not come back together."""
    if attempt > len(PAUSES):
        return None
    return PAUSES[attempt - 1] * (1 + 0.2 * spread)


def spread_of(telling_id: int, attempt: int) -> float:
    """Different for each telling and attempt, and the same whoever asks."""
    return (telling_id * 2_654_435_761 + attempt * 40_503) % 1_000 / 1_000
