"""What an approval holds for: exactly these words, this audience and this time."""

import json
from collections.abc import Collection, Mapping
from hashlib import blake2b
from typing import Any

from tactful.broadcasts.types import Plan


def fingerprint(plan: Plan, segment: Mapping[str, Any]) -> bytes:
    """32 bytes. ``segment``: the definition of the audience, with those of the segments that it asks."""
    whole = {"plan": plan.as_json(), "segment": segment}
    text = json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return blake2b(text.encode(), digest_size=32).digest()


def may_approve(person: int, writers: Collection[int]) -> bool:
    """Whoever has written in it has no second pair of eyes."""
    return person not in writers
