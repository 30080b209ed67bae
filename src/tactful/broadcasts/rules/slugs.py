"""How the letters of a broadcast are called: one template for each of its versions, and no other."""

import re
from typing import Final

PREFIX: Final = "broadcast-"
_ONE: Final = re.compile(PREFIX + r"(\d{1,18})-(\d)")


def slug_of(broadcast_id: int, variant: int) -> str:
    return f"{PREFIX}{broadcast_id}-{variant}"


def place_of(slug: str) -> tuple[int, int] | None:
    """(broadcast, variant) of such a slug."""
    found = _ONE.fullmatch(slug)
    return (int(found[1]), int(found[2])) if found else None
