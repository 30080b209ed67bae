"""psycopg on Django's own connection and in its transaction, for the hot paths.

Bound by the server and prepared, where Django's own cursor writes every value into the text. Arrays
travel in PostgreSQL's binary form (``foundation.arrays``): psycopg's dumper of lists costs ten times as
much, and reading a literal costs the server more than a short statement does otherwise.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from time import monotonic
from typing import Any, Self, TypeVar

from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connection, models
from psycopg import Cursor, ServerCursor, sql

from tactful.foundation.arrays import Numbers, Texts, bytes_, moments, numbers, teach, texts

__all__ = [
    "Numbers",
    "Params",
    "Row",
    "Texts",
    "bytes_",
    "columns",
    "copy_in",
    "cursor",
    "lock",
    "many",
    "models_of",
    "moments",
    "numbers",
    "one",
    "run",
    "stream",
    "texts",
    "try_lock",
    "tune",
    "will_pass",
]

Row = tuple[Any, ...]
Params = Mapping[str, Any] | Sequence[Any]
M = TypeVar("M", bound=models.Model)

BULKY = ("seqscan", "bitmapscan", "sort", "hashjoin", "mergejoin", "memoize")
PASSING = ("08", "40", "53", "57")  # connection, deadlock, resources, the operator


@contextmanager
def cursor() -> Iterator[Cursor[Row]]:
    _connect()
    kind = _Noted if connection.force_debug_cursor else Cursor
    with connection.wrap_database_errors, kind(connection.connection) as opened:
        yield opened


class _Noted(Cursor[Row]):
    """While somebody counts statements (``CaptureQueriesContext``): Django notes those of its own cursors."""

    def execute(self, query: Any, *given: Any, **options: Any) -> Self:
        began = monotonic()
        try:
            return super().execute(query, *given, **options)
        finally:
            connection.queries_log.append({"sql": str(query), "time": f"{monotonic() - began:.3f}"})


def _connect() -> None:
    connection.ensure_connection()
    if connection.connection.prepare_threshold != 0:
        connection.connection.prepare_threshold = 0  # Django forbids it; its own cursors never prepare
        teach(connection.connection)


def tune() -> None:
    """For the session of a worker, whose statements look rows up by their keys: one plan for each of
    them, and never a whole table, whatever is (not yet) known of its size. Where an index has the order
    that a statement wants, it is read in that order, and only as far as needed. Nothing is remembered
    from one key to the next either: keys of one batch differ, and each would leave a copy of its row."""
    with cursor() as opened:
        for setting in ("plan_cache_mode = force_generic_plan", *(f"enable_{way} = off" for way in BULKY)):
            opened.execute(f"SET {setting}")


def many(query: str, params: Params = ()) -> list[Row]:
    with cursor() as opened:
        return opened.execute(query, params, prepare=True, binary=True).fetchall()


def one(query: str, params: Params = ()) -> Row | None:
    with cursor() as opened:
        return opened.execute(query, params, prepare=True, binary=True).fetchone()


def columns(model: type[models.Model], table: str, only: Collection[str] = ()) -> str:
    """The columns of a model as ``models_of`` wants them, of a table or of its alias."""
    return ", ".join([f'{table}."{field.column}"' for field in _fields(model, only)])


def models_of(
    model: type[M], query: str, params: Params = (), only: Collection[str] = ()
) -> list[tuple[M, Row]]:
    """Rows of a query that begins with ``columns(model, …, only)``: each as the model, and what is behind.

    For columns of PostgreSQL's own types, which is what ours are, and of JSON. What is not among ``only`` is
    read when somebody asks for it, as after Django's ``only``.
    """
    names = [field.attname for field in _fields(model, only)]
    end = len(names)
    return [(model.from_db(DEFAULT_DB_ALIAS, names, row[:end]), row[end:]) for row in many(query, params)]


def _fields(model: type[models.Model], only: Collection[str]) -> "list[models.Field[Any, Any]]":
    return [field for field in model._meta.concrete_fields if not only or field.attname in only]


def stream(query: str, params: Params = (), size: int = 5_000) -> Iterator[Row]:
    """Rows one after the other, however many, by a cursor of the server; inside a transaction."""
    _connect()
    with (
        connection.wrap_database_errors,
        ServerCursor(connection.connection, f"stream_{next(_STREAMS)}") as opened,
    ):
        opened.itersize = size
        opened.execute(query, params, binary=True)
        yield from opened


_STREAMS = count(1)


def run(query: str, params: Params = ()) -> int:
    """Rows affected."""
    with cursor() as opened:
        return opened.execute(query, params, prepare=True).rowcount


def lock(family: int, name: str) -> None:
    """As ``try_lock``, but waits for it."""
    many("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [family, name])


def try_lock(family: int, name: str) -> bool:
    """Hold an advisory lock until the end of the transaction. False: somebody else holds it."""
    row = one("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [family, name])
    return bool(row and row[0])


def will_pass(error: BaseException) -> bool:
    """Trouble of the moment, such as a deadlock or a lost connection: the whole transaction is tried
    again, and nobody's row is to blame."""
    state = getattr(error.__cause__, "sqlstate", None)
    return isinstance(error, InterfaceError) or (
        isinstance(error, OperationalError) and (state is None or state.startswith(PASSING))
    )


def copy_in(rows: Sequence[models.Model]) -> None:
    """Insert unsaved rows of one model by COPY, in the transaction at hand: a tenth of ``bulk_create``.

    Every column must have its value, the id included, as ours have; nothing is defaulted by the database.
    """
    if not rows:
        return
    table, fields = rows[0]._meta.db_table, rows[0]._meta.concrete_fields
    names = sql.SQL(", ").join([sql.Identifier(str(field.column)) for field in fields])
    columns = [
        (field.attname, _json_text if isinstance(field, models.JSONField) else _text) for field in fields
    ]
    lines = ("\t".join([write(getattr(row, name)) for name, write in columns]) + "\n" for row in rows)
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    with cursor() as opened, opened.copy(command) as copy:
        copy.write("".join(lines))


_NULL = r"\N"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_encode = json.JSONEncoder(ensure_ascii=False).encode


def _text(value: Any) -> str:
    """A value in COPY's text format."""
    if isinstance(value, str):
        return _plain(value)
    return _OF_TYPE.get(type(value), str)(value)


def _plain(text: str) -> str:
    return text if text.isprintable() and "\\" not in text else text.translate(_ESCAPES)


def _json_text(value: Any) -> str:
    return _NULL if value is None else _plain(_encode(value))


def _array(values: Sequence[str | int | None]) -> str:
    return "{" + ",".join(["NULL" if value is None else _quoted(str(value)) for value in values]) + "}"


def _quoted(value: str) -> str:
    if "\\" in value or '"' in value:
        value = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{value}"'


_OF_TYPE: Mapping[type, Callable[[Any], str]] = {
    type(None): lambda _: _NULL,
    datetime: datetime.isoformat,
    bytes: lambda value: f"\\\\x{value.hex()}",
    list: lambda value: _plain(_array(value)),
}
