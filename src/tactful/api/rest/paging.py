"""Pages by key: a cursor is the key of the last row that was seen, in a wrapping that nobody should open."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from tactful.api.rest.problems import Problem, not_found

Row = TypeVar("Row")
LARGEST_ID = 2**63 - 1


def row_id(text: str) -> int | None:
    """An id as it came; None for one that no row can have."""
    return int(text) if int(text) <= LARGEST_ID else None


def the(text: str, read: Callable[[int], Row | None]) -> Row:
    """What an id in an address stands for. Ends the request with 404 if nothing does."""
    ident = row_id(text)
    found = read(ident) if ident is not None else None
    if found is None:
        raise not_found()
    return found


def paged(
    rows: Sequence[Row],
    limit: int,
    key: Callable[[Row], Sequence[int | datetime]],
    show: Callable[[Row], object],
) -> dict[str, object]:
    """The answer with one page. ``rows`` were asked for with one more than ``limit``."""
    following = _wrapped(key(rows[limit - 1])) if len(rows) > limit else None
    return {"data": [show(row) for row in rows[:limit]], "next": following}


def after_id(cursor: str | None) -> int | None:
    """The id in a cursor over ids."""
    if not cursor:
        return None
    found = _unwrapped(cursor)
    if len(found) != 1:
        raise _unknown()
    return _number(found[0])


def after_moment(cursor: str | None) -> tuple[datetime, int] | None:
    """The moment and the id in a cursor over moments."""
    if not cursor:
        return None
    found = _unwrapped(cursor)
    if len(found) != 2:
        raise _unknown()
    try:
        return datetime.fromtimestamp(_number(found[0]) / 1_000_000, UTC), _number(found[1])
    except (OverflowError, OSError, ValueError):
        raise _unknown() from None


def _wrapped(key: Sequence[int | datetime]) -> str:
    plain = [round(each.timestamp() * 1_000_000) if isinstance(each, datetime) else each for each in key]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _unwrapped(cursor: str) -> list[Any]:
    try:
        found = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise _unknown() from None
    if not isinstance(found, list):
        raise _unknown()
    return found


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST_ID:
        raise _unknown()
    return value


def _unknown() -> Problem:
    return Problem(422, "This cursor is not one of ours. Begin without one.")
