"""Hours that come back in a month when automation has a touchpoint: an estimate, told instead of a score.

Nobody has measured anybody's day. The score's words are read as numbers that we think are modest: what a
person of ours spends on one such message (find out who, look it up, write, send), and how often it happens in
a month for a hundred clients. Clarity does not enter: it says how safe it is to automate, not how long it
takes. The sum is rounded down to half an hour, and the pages call it "about".
"""

from collections.abc import Iterable

from tactful.touchpoints.rules.trades import Score

MINUTES = {1: 1, 2: 2, 3: 4, 4: 6, 5: 8}
"""By friction: of one message."""
TIMES = {1: 1, 2: 4, 3: 10, 4: 25, 5: 50}
"""By frequency: in a month, for a hundred clients."""
HALF = 2  # halves of an hour


def hours_back(scores: Iterable[Score], clients: int) -> float:
    """Hours in a month, in halves, rounded down; 0.0 is less than half an hour."""
    minutes = sum(TIMES[frequency] * MINUTES[friction] for frequency, friction, _clarity in scores)
    return int(minutes * clients / 100 / 60 * HALF) / HALF
