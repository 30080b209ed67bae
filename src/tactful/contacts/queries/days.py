"""Clients page by page, for work that goes through all of them: by id, ascending."""

from collections.abc import Sequence

from tactful.foundation import pg

_ALL = "SELECT id FROM contact WHERE id > %(after)s ORDER BY id LIMIT %(limit)s"

_WITH_DAY = """
    SELECT id FROM contact
    WHERE id > %(after)s AND substr(attributes->>%(attribute)s, %(start)s, %(length)s) = ANY(%(days)s::text[])
    ORDER BY id LIMIT %(limit)s"""


def everybody(after: int, limit: int) -> list[int]:
    """At most ``limit`` contacts with an id after ``after``."""
    return [ident for (ident,) in pg.many(_ALL, {"after": after, "limit": limit})]


def with_day(attribute: str, days: Sequence[str], after: int, limit: int) -> list[int]:
    """The same, of those whose attribute is one of ``days`` (``2027-02-28``), or in any year one of them
    (``02-28``); all are written the same way."""
    yearly = bool(days) and len(days[0]) == len("02-28")
    params = {
        "after": after,
        "limit": limit,
        "attribute": attribute,
        "start": 6 if yearly else 1,
        "length": 5 if yearly else 10,
        "days": pg.texts(days),
    }
    return [ident for (ident,) in pg.many(_WITH_DAY, params)]
