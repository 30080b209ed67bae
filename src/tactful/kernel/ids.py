"""Ids that are made by the application and never come twice.

An id is a positive 63-bit integer: 41 bits of milliseconds since 2024-01-01 UTC, 10 bits of node,
12 bits of sequence. A database sequence would hand the same numbers out again after a restored
backup, and Message-ID and every token derive from the id; time does not come back.
"""

import threading
from collections.abc import Callable

EPOCH_MS = 1_704_067_200_000
NODE_BITS = 10
SEQUENCE_BITS = 12
_SEQUENCE_MAX = (1 << SEQUENCE_BITS) - 1


class IdMaker:
    """Thread-safe maker of ids for one process.

    ``node``: 0 to 1023, different in every process that is alive at the same time.
    ``now_ms``: the machine clock in milliseconds since 1970. A clock that steps back is ignored:
    the maker keeps counting from the last moment that it saw.
    """

    def __init__(self, node: int, now_ms: Callable[[], int]) -> None:
        if not 0 <= node < 1 << NODE_BITS:
            raise ValueError(f"A node number is 0 to {(1 << NODE_BITS) - 1}, not {node}.")
        self._node = node
        self._now_ms = now_ms
        self._last_ms = 0
        self._sequence = 0
        self._lock = threading.Lock()

    def one(self) -> int:
        return self.many(1)[0]

    def many(self, count: int) -> list[int]:
        """``count`` ids in rising order."""
        with self._lock:
            now = self._now_ms() - EPOCH_MS
            if now > self._last_ms:
                self._last_ms, self._sequence = now, 0
            made: list[int] = []
            while len(made) < count:
                made += self._next(count - len(made))
            return made

    def _next(self, count: int) -> range:
        """As many as the millisecond still has; then the next one is used up in advance."""
        if self._sequence > _SEQUENCE_MAX:
            self._last_ms, self._sequence = self._last_ms + 1, 0
        first = self._last_ms << (NODE_BITS + SEQUENCE_BITS) | self._node << SEQUENCE_BITS | self._sequence
        taken = min(count, _SEQUENCE_MAX + 1 - self._sequence)
        self._sequence += taken
        return range(first, first + taken)
