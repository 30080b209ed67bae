"""psycopg on Django's own connection and in its transaction, for the hot paths.

Bound by the server and prepared, where Django's own cursor writes every value into the text. Arrays
travel as literals: psycopg's dumper of lists costs ten times as much.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from psycopg import Cursor

Record = tuple[Any, ...]
Params = Mapping[str, Any] | Sequence[Any]

PASSING = ("08", "40", "53", "57")  # connection, deadlock, resources, the operator


@contextmanager
def cursor() -> Iterator[Cursor[Record]]:
    connection.ensure_connection()
    connection.connection.prepare_threshold = 0  # Django forbids it; its own cursors never prepare
    with connection.wrap_database_errors, Cursor(connection.connection) as opened:
        yield opened


def many(query: str, params: Params = ()) -> list[Record]:
    with cursor() as opened:
        return opened.execute(query, params, prepare=True, binary=True).fetchall()


def run(query: str, params: Params = ()) -> int:
    """Rows affected."""
    with cursor() as opened:
        return opened.execute(query, params, prepare=True).rowcount


def will_pass(error: BaseException) -> bool:
    """Trouble of the moment, such as a deadlock or a lost connection: the whole transaction is tried
    again, and nobody's row is to blame."""
    state = getattr(error.__cause__, "sqlstate", None)
    return isinstance(error, InterfaceError) or (
        isinstance(error, OperationalError) and (state is None or state.startswith(PASSING))
    )


def numbers(values: Iterable[int | None]) -> str:
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def moments(values: Iterable[datetime | None]) -> str:
    return "{" + ",".join(["NULL" if value is None else _quoted(value.isoformat()) for value in values]) + "}"


def texts(values: Iterable[str | None]) -> str:
    return "{" + ",".join(["NULL" if value is None else _quoted(value) for value in values]) + "}"


def _quoted(value: str) -> str:
    if "\\" in value or '"' in value:
        value = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{value}"'


def bytes_(values: Iterable[bytes]) -> str:
    """An array literal of ``bytea``."""
    return "{" + ",".join([f'"\\\\x{value.hex()}"' for value in values]) + "}"
