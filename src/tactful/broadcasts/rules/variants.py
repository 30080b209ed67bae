"""Who gets which variant: a keyed hash, so that no restart ever moves anybody.

``hot.people.VARIANT`` says the same in SQL. Change both or neither.
"""

from collections.abc import Sequence
from hashlib import sha256
from itertools import accumulate

LETTERS = "ABCDEFGH"


def thresholds(weights: Sequence[int]) -> tuple[int, ...]:
    """Where each variant's share ends; the last one is the sum of all."""
    return tuple(accumulate(weights))


def number_of(seed: int, broadcast_id: int, contact_id: int) -> int:
    """0 to 2**32 - 1, the same for ever. ``seed`` keys it, so that the same clients are not always first."""
    digest = sha256(f"{seed}:{broadcast_id}:{contact_id}".encode()).digest()
    return int.from_bytes(digest[:4], "big")


def variant_of(seed: int, broadcast_id: int, contact_id: int, weights: Sequence[int]) -> int:
    """The place of the variant. ``weights``: at least one is above 0."""
    ends = thresholds(weights)
    point = number_of(seed, broadcast_id, contact_id) % ends[-1]
    return next(place for place, end in enumerate(ends) if point < end)
