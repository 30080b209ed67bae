"""Many rows at once by COPY in binary form (PostgreSQL's manual, "COPY", "Binary Format").

Rows come as columns, and a value that all rows share is written once. The server reads no dates and no
numbers out of text, and writes whole pages where INSERT writes rows.
"""

import os
import socket
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
from json.encoder import c_make_encoder, encode_basestring  # type: ignore[attr-defined]
from queue import SimpleQueue
from struct import Struct
from typing import Any

import msgspec
from django.db import connection
from psycopg import Connection, Cursor

from tactful.foundation import pg
from tactful.foundation.arrays import LONG, NULL, SHORT, longs, moment, sized

_BEGIN = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_COUNT = Struct(">h").pack
_TINY = Struct(">ih").pack
_FLAG = Struct(">i?").pack
_ARRAY = Struct(">iiiii").pack
_FLAT = Struct(">i").pack
_NUMBER = 12  # bytes of a bigint with its size
_VARCHAR = 1043
GIVE_WAY = 0.0002  # seconds
ROOM = 1_000_000  # bytes: some hundred rows
_USUAL = sys.getswitchinterval()  # as the process began: two that copy at once may end in any order
_INTEGER = 23
_NO_STRINGS = sized(_ARRAY(0, 0, _VARCHAR, 0, 0)[:12])
_NO_INTEGERS = sized(_ARRAY(0, 0, _INTEGER, 0, 0)[:12])

_ALIKE = frozenset({"integer", "smallint", "text", "timestamptz"})  # few values for many rows, mostly

Column = tuple[str, str, Sequence[Any]]
"""Name, SQL type as in ``KINDS``, and a value for each row; ``None`` is NULL."""

Line = Sequence[tuple[str, str, Any]]
"""Name, SQL type, and the value of all its rows; of a ``bigint``, also a list with a number for each row."""

Rows = tuple[str, bytes]
"""The command, and rows for it."""


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON.")


# The standard library's own, made once and not for each value, which costs more than the writing.
_pieces: Callable[[Any, int], Sequence[str]] = c_make_encoder(
    None, _plain, encode_basestring, None, ": ", ", ", False, False, True
)


def _json(value: Any) -> bytes:
    if type(value) is str:
        return sized(b"\1" + encode_basestring(value).encode())
    return sized(b"\1" + "".join(_pieces(value, 0)).encode())


_encoder = msgspec.json.Encoder(enc_hook=_plain)
_encode, _encode_lines = _encoder.encode, _encoder.encode_lines


def _plain_json(value: Any) -> bytes:
    return sized(b"\1" + _encode(value))


#: What stands before a JSON of so many bytes: the size, and the version of the format.
_BEFORE = tuple(_FLAT(size + 1) + b"\1" for size in range(1024))


def _plain_jsons(values: Sequence[Any]) -> list[bytes]:
    """``_plain_json`` of each that is not NULL, all at once: the encoder leaves no line break in a JSON."""
    lines = _encode_lines(values).split(b"\n")[:-1]
    found = [_BEFORE[len(line)] + line if len(line) < 1024 else sized(b"\1" + line) for line in lines]
    if None in values:
        return [NULL if value is None else json for value, json in zip(values, found, strict=True)]
    return found


def _texts(values: Sequence[str]) -> list[bytes]:
    """All at once, by what no text of PostgreSQL has in it."""
    encoded = "\0".join(values).encode().split(b"\0")
    if len(encoded) != len(values):  # one has it nevertheless, and PostgreSQL will say so
        encoded = [value.encode() for value in values]
    return list(map(sized, encoded))


def _lexemes(words: Collection[str]) -> bytes:
    """A ``tsvector`` without positions. In any order, but each word once, and none with a NUL in it."""
    if not words:
        return sized(_FLAT(0))
    return sized(_FLAT(len(words)) + "\0\0\0".join([*words, ""]).encode())


@lru_cache(maxsize=32_768)
def _word(text: str) -> bytes:
    """Words come again and again."""
    return sized(text.encode())


def _strings(values: Sequence[str]) -> bytes:
    if not values:
        return _NO_STRINGS
    return sized(_ARRAY(1, 0, _VARCHAR, len(values), 1) + b"".join(map(_word, values)))


def _integers(elements: bytes) -> bytes:
    """``integer[]`` of elements that are written already: each four bytes behind their number."""
    if not elements:
        return _NO_INTEGERS
    return sized(_ARRAY(1, 0, _INTEGER, len(elements) // 8, 1) + elements)


KINDS: Mapping[str, Callable[[Any], bytes]] = {
    "bigint": lambda value: LONG(8, value),
    "integer": lambda value: SHORT(4, value),
    "smallint": lambda value: _TINY(2, value),
    "boolean": lambda value: _FLAG(1, value),
    "text": lambda value: sized(value.encode()),
    "bytea": sized,
    "jsonb": _json,
    "plain": _plain_json,  # into jsonb, ten times as fast: no number of it is a fraction or over 63 bits
    "json": lambda value: sized(b"\1" + value),  # into a column of jsonb: JSON that is written already
    "timestamptz": moment,
    "varchar[]": _strings,
    "integer[]": _integers,
    "tsvector": _lexemes,
    "written": lambda value: value,  # by ``written``
}


def written(kind: str, value: Any) -> bytes:
    """A value for a column of the kind "written": for one that is large, and need not wait for all others."""
    return KINDS[kind](value)


def copy_columns(table: str, columns: Sequence[Column]) -> None:
    """Into ``table``, in the transaction at hand. Names are our own; every column of the table must have
    its value here or a default in the database."""
    command, rows = _written_down(table, columns)
    with pg.cursor() as opened, opened.copy(command) as copy:
        copy.write(b"".join((_BEGIN, rows, _END)))


class Behind:
    """Tables that are copied in while their maker goes on making the next ones, one after the other."""

    def __init__(self, waiting: "SimpleQueue[Rows | None]") -> None:
        self._waiting = waiting

    def copy(self, table: str, columns: Sequence[Column]) -> None:
        """As ``copy_columns``, by and by. No rows are no work; more rows of the table, one statement."""
        if columns[0][2]:
            self._waiting.put(_written_down(table, columns))

    def copy_groups(self, table: str, groups: Sequence[Sequence[Line]]) -> None:
        """Rows that differ in numbers only. The lines of a group have as many rows, which go in turn: the
        first row of each line, then the second. All lines have the same columns in the same order."""
        written = [_interleaved(lines) for lines in groups]
        if any(written):
            names = ", ".join([f'"{name}"' for name, _, _ in groups[0][0]])
            command = f"COPY {table} ({names}) FROM STDIN (FORMAT binary)"
            self._waiting.put((command, b"".join(written)))


@contextmanager
def copying() -> Iterator[Behind]:
    """Python makes rows on one core while PostgreSQL takes them in on another; in the transaction at hand.

    No other statement until the end of the ``with``, by which every row has arrived.
    """
    connection.ensure_connection()
    _make_room(connection.connection.fileno())
    waiting: SimpleQueue[Rows | None] = SimpleQueue()
    with (
        connection.wrap_database_errors,
        _giving_way(),
        ThreadPoolExecutor(1, "copying") as pool,
    ):
        sent = pool.submit(_send, connection.connection, waiting)
        try:
            yield Behind(waiting)
        finally:
            waiting.put(None)
        sent.result()


def _make_room(handle: int) -> None:
    """Between the thread that sends and PostgreSQL, which has something to do then until Python has time for
    the thread. The system gives as much as it allows; of a network it knows better itself."""
    with socket.socket(fileno=os.dup(handle)) as line:
        if line.family == socket.AF_UNIX:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ROOM)


@contextmanager
def _giving_way() -> Iterator[None]:
    """The thread that sends needs Python for moments only, but whenever PostgreSQL has answered. It would
    wait for five milliseconds each time, and PostgreSQL with it."""
    sys.setswitchinterval(min(_USUAL, GIVE_WAY))
    try:
        yield
    finally:
        sys.setswitchinterval(_USUAL)


def _send(opened: Connection[Any], waiting: "SimpleQueue[Rows | None]") -> None:
    """Until there is a None. A statement costs PostgreSQL as much as a hundred rows, so it lasts as long as
    what comes is for it."""
    rows = waiting.get()
    while rows is not None:
        command = rows[0]
        with Cursor(opened) as cursor, cursor.copy(command) as copy:
            copy.write(_BEGIN)
            while rows is not None and rows[0] == command:
                copy.write(rows[1])
                rows = waiting.get()
            copy.write(_END)


def _written_down(table: str, columns: Sequence[Column]) -> Rows:
    shared: list[Column] = []
    others: list[Column] = []
    for column in columns:
        (shared if _is_shared(column[2]) else others).append(column)
    names = ", ".join([f'"{name}"' for name, _, _ in (*shared, *others)])
    command = f"COPY {table} ({names}) FROM STDIN (FORMAT binary)"
    one = b"".join([_written(kind, values[:1])[0] for _, kind, values in shared])
    head = _COUNT(len(columns)) + one
    return command, _numbered(head, others) or _joined(head, others, len(columns[0][2]))


def _joined(head: bytes, columns: Sequence[Column], count: int) -> bytes:
    known: dict[tuple[str, int], list[bytes]] = {}  # the same list may stand in two columns
    for _, kind, values in columns:
        if (kind, id(values)) not in known:
            known[kind, id(values)] = _written(kind, values)
    rows = zip([head] * count, *(known[kind, id(values)] for _, kind, values in columns), strict=True)
    return b"".join(chain.from_iterable(rows))


def _numbered(head: bytes, columns: Sequence[Column]) -> bytes:
    """Where rows differ in numbers only, they are all as long, and a number is put into all of them at once.
    Nothing where they differ in more."""
    if not columns or any(kind != "bigint" or None in values for _, kind, values in columns):
        return b""
    width = len(head) + _NUMBER * len(columns)
    rows = bytearray((head + bytes(_NUMBER * len(columns))) * len(columns[0][2]))
    for place, (_, _, values) in enumerate(columns):
        _put(rows, len(head) + place * _NUMBER, width, values)
    return bytes(rows)


def _interleaved(lines: Sequence[Line]) -> bytes:
    """Every row with nothing in its numbers, and then each number put into all rows at once."""
    row = bytearray()
    numbers: list[tuple[int, Sequence[int]]] = []
    for line in lines:
        row += _COUNT(len(line))
        for _, kind, value in line:
            if isinstance(value, list) and kind == "bigint":
                numbers.append((len(row), value))
                row += bytes(_NUMBER)
            else:
                row += NULL if value is None else KINDS[kind](value)
    rows, width = row * len(numbers[0][1]), len(row)
    for place, values in numbers:
        _put(rows, place, width, values)
    return bytes(rows)


def _put(rows: bytearray, place: int, width: int, values: Sequence[int]) -> None:
    written = longs(values)
    for at in range(_NUMBER):
        rows[place + at :: width] = written[at::_NUMBER]


def _is_shared(values: Sequence[Any]) -> bool:
    first = values[0]
    return values[-1] == first and values.count(first) == len(values)


def _written(kind: str, values: Sequence[Any]) -> list[bytes]:
    write = KINDS[kind]
    if kind == "written":
        return list(values)
    if kind == "bigint":
        body = bytes(longs([value or 0 for value in values] if None in values else values))
        found = [body[start : start + _NUMBER] for start in range(0, len(body), _NUMBER)]
        for place in [place for place, value in enumerate(values) if value is None]:
            found[place] = NULL
        return found
    if kind in _ALIKE:
        different = set(values)
        if kind == "text" and None not in different and len(different) > len(values) // 2:
            return _texts(values)
        known = {value: NULL if value is None else write(value) for value in different}
        return [known[value] for value in values]
    if kind == "plain":
        return _plain_jsons(values)
    return [NULL if value is None else write(value) for value in values]
