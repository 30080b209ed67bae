"""Whether a stored request speaks of somebody, however JSON has written it down."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_APART = re.compile(r"[\s().+-]")
SHORTEST_NUMBER = 6


def holds_any(body: bytes, headers: Mapping[str, str], values: Sequence[str]) -> bool:
    """``values``: mail addresses, phone numbers (E.164), names, ids. Phone numbers are found without their
    country code and in any notation."""
    texts = [each.casefold() for each in (*_texts(body), *headers.values())]
    together = "\n".join(texts)
    if any(value.casefold() in together for value in values):
        return True
    numbers = [_APART.sub("", value)[-8:] for value in values if value.startswith("+")]
    bare = _APART.sub("", together) if numbers else ""
    return any(number in bare for number in numbers if len(number) >= SHORTEST_NUMBER)


def _texts(body: bytes) -> Iterator[str]:
    """What stands in it, unescaped; the raw text too, for what is no JSON."""
    raw = body.decode("utf-8", "replace")
    yield raw
    try:
        yield from _within(json.loads(raw))
    except (ValueError, RecursionError):
        return


def _within(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        here = waiting.pop()
        if isinstance(here, dict):
            waiting += [*here.keys(), *here.values()]
        elif isinstance(here, list):
            waiting += here
        elif here is not None:
            yield str(here)
