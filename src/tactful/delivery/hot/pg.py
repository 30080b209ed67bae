"""psycopg on Django's own connection, inside Django's own transaction."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import connection
from psycopg import Cursor

Row = tuple[Any, ...]

BULKY = ("seqscan", "hashjoin", "mergejoin")


@contextmanager
def cursor() -> Iterator[Cursor[Row]]:
    """A cursor whose statements the server prepares and binds; Django's own binds on the client."""
    connection.ensure_connection()
    connection.connection.prepare_threshold = 0  # Django forbids it; its own cursors never prepare
    with connection.wrap_database_errors, Cursor(connection.connection) as opened:
        yield opened


def tune() -> None:
    """For the session of a worker, whose statements look rows up by their keys: one plan for each of
    them, and never a whole table, whatever is (not yet) known of its size."""
    with cursor() as opened:
        for setting in ("plan_cache_mode = force_generic_plan", *(f"enable_{way} = off" for way in BULKY)):
            opened.execute(f"SET {setting}")


def many(query: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> list[Row]:
    with cursor() as opened:
        return opened.execute(query, params, prepare=True, binary=True).fetchall()


def one(query: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> Row | None:
    with cursor() as opened:
        return opened.execute(query, params, prepare=True, binary=True).fetchone()


def run(query: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> int:
    """Rows affected."""
    with cursor() as opened:
        return opened.execute(query, params, prepare=True).rowcount


def texts(values: Iterable[str | None]) -> str:
    """An array literal of texts, for the same reason."""
    return "{" + ",".join(["NULL" if value is None else _quoted(value) for value in values]) + "}"


def _quoted(value: str) -> str:
    if "\\" in value or '"' in value:
        value = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{value}"'


def bytes_(values: Iterable[bytes | None]) -> str:
    """An array literal of ``bytea``."""
    return "{" + ",".join(["NULL" if value is None else f'"\\\\x{value.hex()}"' for value in values]) + "}"


def moments(values: Iterable[date | None]) -> str:
    """An array literal of dates or moments."""
    return "{" + ",".join(["NULL" if value is None else value.isoformat() for value in values]) + "}"


def numbers(values: Iterable[int | None]) -> str:
    """An array literal; psycopg's own dumper of lists costs ten times as much."""
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"
