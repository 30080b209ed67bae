"""Arrays in PostgreSQL's binary form, as parameters of statements (``src/backend/utils/adt/arrayfuncs.c``).

Statements name the type that they want (``%s::integer[]``): whole numbers always travel as ``bigint[]``
and are made narrower there.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from struct import Struct
from sys import byteorder
from typing import Any

from psycopg import Connection
from psycopg.adapt import Dumper
from psycopg.pq import Format

_HEAD = Struct(">iiiii").pack  # dimensions, whether there are NULLs, type of the elements, how many, from 1
_SIZE = Struct(">i").pack
SHORT = Struct(">ii").pack
LONG = Struct(">iq").pack
_SIZES = tuple(_SIZE(size) for size in range(512))
NULL = _SIZE(-1)
_DAY_ZERO = date(2000, 1, 1).toordinal()
_ZERO = datetime(2000, 1, 1, tzinfo=UTC)
_DAY = 86_400_000_000


class Numbers(bytes):
    """``bigint[]``. Its text is the array's literal, for arrays of arrays, which PostgreSQL does not have."""

    def __str__(self) -> str:
        return "{" + ",".join(["NULL" if value is None else str(value) for value in _read(self)]) + "}"


class Texts(bytes):
    """``text[]``"""


class Bytes(bytes):
    """``bytea[]``"""


class Moments(bytes):
    """``timestamptz[]``"""


class Days(bytes):
    """``date[]``"""


Array = Numbers | Texts | Bytes | Moments | Days
_OF_ELEMENT: dict[type[bytes], int] = {Numbers: 20, Texts: 25, Bytes: 17, Moments: 1184, Days: 1082}
_OF_ARRAY: dict[type[bytes], int] = {Numbers: 1016, Texts: 1009, Bytes: 1001, Moments: 1185, Days: 1182}


def numbers(values: Iterable[int | None]) -> Numbers:
    given: Any = values if isinstance(values, list) else list(values)
    if not given:
        return Numbers(_empty(Numbers))
    try:
        body = longs(given)
    except TypeError:
        return Numbers(
            _joined(Numbers, [NULL if value is None else LONG(8, value) for value in given], given)
        )
    return Numbers(_HEAD(1, 0, 20, len(given), 1) + body)


def longs(values: Sequence[int]) -> bytearray:
    """Each number behind its size, twelve bytes for each. Raises ``TypeError`` where one is ``None``."""
    packed = array("q", values)
    if byteorder == "little":
        packed.byteswap()
    # Moving the bytes of one place for all of them at once is by far the quickest that Python has.
    raw, count = packed.tobytes(), len(packed)
    body = bytearray(12 * count)
    body[3::12] = b"\x08" * count
    for place in range(8):
        body[4 + place :: 12] = raw[place::8]
    return body


def texts(values: Iterable[str | Numbers | None]) -> Texts:
    given: Any = list(values)
    try:
        plain = [value.encode() for value in given]
        return Texts(
            _joined(Texts, [piece for value in plain for piece in (_SIZES[len(value)], value)], given)
        )
    except (AttributeError, IndexError):  # a NULL, an array or a long one
        return Texts(_joined(Texts, [*map(_text, given)], given))


def bytes_(values: Iterable[bytes | None]) -> Bytes:
    given = list(values)
    return Bytes(_joined(Bytes, [NULL if value is None else sized(value) for value in given], given))


def moments(values: Iterable[date | None]) -> Moments | Days:
    """Moments or days, as the first of them is; aware moments only."""
    given = list(values)
    first = next((value for value in given if value is not None), None)
    if first is None or isinstance(first, datetime):
        known = {value: NULL if value is None else moment(value) for value in set(given)}
        return Moments(_joined(Moments, [known[value] for value in given], given))
    days = {value: NULL if value is None else _day(value) for value in set(given)}
    return Days(_joined(Days, [days[value] for value in given], given))


def moment(value: Any) -> bytes:
    return LONG(8, microseconds(value))


def microseconds(value: datetime) -> int:
    """As PostgreSQL counts them, since the year 2000."""
    since = value - _ZERO
    return since.days * _DAY + since.seconds * 1_000_000 + since.microseconds


def _day(value: date) -> bytes:
    return SHORT(4, value.toordinal() - _DAY_ZERO)


def _text(value: str | Numbers | None) -> bytes:
    if value is None:
        return NULL
    return sized(value.encode() if isinstance(value, str) else str(value).encode())


def sized(value: bytes) -> bytes:
    size = len(value)
    return (_SIZES[size] if size < 512 else _SIZE(size)) + value


def _joined(kind: type[bytes], pieces: Sequence[bytes], given: Sequence[object]) -> bytes:
    if not pieces:
        return _empty(kind)
    return _HEAD(1, None in given, _OF_ELEMENT[kind], len(given), 1) + b"".join(pieces)


def _empty(kind: type[bytes]) -> bytes:
    return _HEAD(0, 0, _OF_ELEMENT[kind], 0, 0)[:12]


def _read(given: Numbers) -> Iterator[int | None]:
    place = 20
    while place < len(given):
        if given[place : place + 4] == NULL:
            yield None
            place += 4
        else:
            yield int.from_bytes(given[place + 4 : place + 12], "big", signed=True)
            place += 12


class _AsItIs(Dumper):
    format = Format.BINARY

    def dump(self, obj: bytes) -> bytes:
        return obj


_DUMPERS = [
    (kind, type(f"{kind.__name__}Dumper", (_AsItIs,), {"oid": oid})) for kind, oid in _OF_ARRAY.items()
]


def teach(connection: Connection[Any]) -> None:
    """Make a connection understand arrays of ours as parameters."""
    for kind, dumper in _DUMPERS:
        connection.adapters.register_dumper(kind, dumper)
