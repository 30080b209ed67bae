"""psycopg on Django's own connection, inside Django's own transaction."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection
from psycopg import Cursor

Row = tuple[Any, ...]


@contextmanager
def cursor() -> Iterator[Cursor[Row]]:
    """A server-side binding cursor, prepared after a few uses; Django's own binds on the client."""
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as opened:
        yield opened


def many(query: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> list[Row]:
    with cursor() as opened:
        return opened.execute(query, params).fetchall()


def one(query: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> Row | None:
    with cursor() as opened:
        return opened.execute(query, params).fetchone()


def run(query: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> int:
    """Rows affected."""
    with cursor() as opened:
        return opened.execute(query, params).rowcount


def texts(values: Iterable[str | None]) -> str:
    """An array literal of texts, for the same reason."""
    quoted = [
        "NULL" if value is None else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        for value in values
    ]
    return "{" + ",".join(quoted) + "}"


def bytes_(values: Iterable[bytes | None]) -> str:
    """An array literal of ``bytea``."""
    return texts(None if value is None else "\\x" + value.hex() for value in values)


def numbers(values: Iterable[int | None]) -> str:
    """An array literal; psycopg's own dumper of lists costs ten times as much."""
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"
