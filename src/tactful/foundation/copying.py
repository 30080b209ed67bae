"""Many rows at once by COPY in binary form (PostgreSQL's manual, "COPY", "Binary Format").

Rows come as columns, and a value that all rows share is written once. The server reads no dates and no
numbers out of text, and writes whole pages where INSERT writes rows.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from json.encoder import c_make_encoder, encode_basestring  # type: ignore[attr-defined]
from struct import Struct
from typing import Any

from tactful.foundation import pg
from tactful.foundation.arrays import LONG, NULL, SHORT, longs, moment, sized, texts

_BEGIN = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_COUNT = Struct(">h").pack
_TINY = Struct(">ih").pack
_FLAG = Struct(">i?").pack
_VARCHAR = (1043).to_bytes(4, "big")

Column = tuple[str, str, Sequence[Any]]
"""Name, SQL type as in ``KINDS``, and a value for each row; ``None`` is NULL."""


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON.")


# The standard library's own, made once and not for each value, which costs more than the writing.
_pieces: Callable[[Any, int], Sequence[str]] = c_make_encoder(
    None, _plain, encode_basestring, None, ": ", ", ", False, False, True
)


def _json(value: Any) -> bytes:
    return sized(b"\1" + "".join(_pieces(value, 0)).encode())


def _strings(values: Iterable[str]) -> bytes:
    array = texts(values)
    return sized(array[:8] + _VARCHAR + array[12:])


KINDS: Mapping[str, Callable[[Any], bytes]] = {
    "bigint": lambda value: LONG(8, value),
    "integer": lambda value: SHORT(4, value),
    "smallint": lambda value: _TINY(2, value),
    "boolean": lambda value: _FLAG(1, value),
    "text": lambda value: sized(value.encode()),
    "bytea": sized,
    "jsonb": _json,
    "json": lambda value: sized(b"\1" + value),  # into a column of jsonb: JSON that is written already
    "timestamptz": moment,
    "varchar[]": _strings,
}


def copy_columns(table: str, columns: Sequence[Column]) -> None:
    """Into ``table``, in the transaction at hand. Names are our own; every column of the table must have
    its value here or a default in the database."""
    shared: list[Column] = []
    others: list[Column] = []
    for column in columns:
        (shared if _is_shared(column[2]) else others).append(column)
    one = b"".join([_written(kind, values[:1])[0] for _, kind, values in shared])
    head = _COUNT(len(columns)) + one
    heads = [head] * len(columns[0][2])
    rows = zip(heads, *(_written(kind, values) for _, kind, values in others), strict=True)
    names = ", ".join([f'"{name}"' for name, _, _ in (*shared, *others)])
    with pg.cursor() as opened, opened.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT binary)") as copy:
        copy.write(_BEGIN + b"".join(chain.from_iterable(rows)) + _END)


def _is_shared(values: Sequence[Any]) -> bool:
    first = values[0]
    return values[-1] == first and values.count(first) == len(values)


def _written(kind: str, values: Sequence[Any]) -> list[bytes]:
    write = KINDS[kind]
    if None not in values:
        if kind == "bigint":
            body = bytes(longs(values))
            return [body[start : start + 12] for start in range(0, len(body), 12)]
        return list(map(write, values))
    return [NULL if value is None else write(value) for value in values]
