"""The few conversions that a mapping may name. Each gets a value of a stranger and either has an answer or
says that it has none."""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date

from tactful.connectors.types import House

from .paths import plain

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST = 2_000
#: Currencies whose smallest unit is the whole one (ISO 4217), as payment systems count them.
WHOLE = frozenset(
    "bif clp djf gnf isk jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf".split()  # noqa: SIM905
)


class Unfit(ValueError):
    """This value cannot be read so."""


def text(value: Any, _by: Any, _house: House) -> str:
    found = plain(value)
    if found is None:
        raise Unfit
    return found.strip()[:LONGEST]


def lower(value: Any, by: Any, house: House) -> str:
    return text(value, by, house).lower()


def ident(value: Any, by: Any, house: House) -> str:
    """An id as text. Shops write 0 for a guest: that is nobody, and not the same one each time."""
    found = text(value, by, house)
    return "" if found == "0" else found


def number(value: Any, _by: Any, _house: House) -> float | int:
    """``1 499,50`` and ``1,499.50`` are 1499.5."""
    found = value if isinstance(value, int | float) and not isinstance(value, bool) else _counted(value)
    if not math.isfinite(found) or abs(found) > 1e15:
        raise Unfit
    return int(found) if float(found).is_integer() else float(found)


def _counted(value: Any) -> float:
    if not isinstance(value, str):
        raise Unfit
    bare = "".join(value.split()).replace("\N{NO-BREAK SPACE}", "").replace("'", "")
    if "," in bare and "." in bare:
        bare = bare.replace("," if bare.rfind(".") > bare.rfind(",") else ".", "")
    try:
        return float(bare.replace(",", "."))
    except ValueError as error:
        raise Unfit from error


def minor(value: Any, by: Any, house: House) -> float | int:
    """An amount in the smallest unit of its currency; ``by`` is the currency."""
    amount = number(value, None, house)
    return amount if str(by or "").lower() in WHOLE else number(round(amount / 100, 2), None, house)


def minus(value: Any, by: Any, house: House) -> float | int:
    """An amount without its sign: a refund of ``-99`` is 99."""
    return abs(number(value, by, house))


def yes_no(value: Any, by: Any, house: House) -> bool:
    word = text(value, by, house).lower()
    if word in ("true", "yes", "ja", "1", "on"):
        return True
    if word in ("false", "no", "nei", "0", "off", ""):
        return False
    raise Unfit


def moment(value: Any, _by: Any, _house: House) -> str:
    """ISO 8601 with an offset. Without one it is UTC; a number is seconds or milliseconds since 1970."""
    return moment_of(value).isoformat()


def moment_of(value: Any) -> datetime:
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value.strip())
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found
        if isinstance(value, int | float) and not isinstance(value, bool):
            return EPOCH + timedelta(seconds=value / 1000 if abs(value) > 10**11 else value)
    except (ValueError, OverflowError) as error:
        raise Unfit from error
    raise Unfit


def day(value: Any, _by: Any, house: House) -> str:
    """The day there and then, in the zone of the business: ``2026-11-30``."""
    if isinstance(value, str) and len(value.strip()) == len("2026-11-30"):
        try:
            return date.fromisoformat(value.strip()).isoformat()
        except ValueError as error:
            raise Unfit from error
    return _local(value, house).date().isoformat()


def words(value: Any, _by: Any, house: House) -> str:
    """A moment as one says it: ``Tuesday 24 November at 10:00``."""
    return written(moment_of(value), house)


def written(at: datetime, house: House, *, all_day: bool = False) -> str:
    local = _local(at.isoformat(), house)
    norwegian = house.language.startswith(("nb", "nn", "no"))
    said = format_date(
        local.date(), "EEEE d. MMMM" if norwegian else "EEEE d MMMM", "nb" if norwegian else "en"
    )
    if all_day:
        return said
    return f"{said} {'kl.' if norwegian else 'at'} {local:%H:%M}"


def _local(value: Any, house: House) -> datetime:
    try:
        return moment_of(value).astimezone(ZoneInfo(house.zone))
    except OverflowError as error:
        raise Unfit from error


def count(value: Any, _by: Any, _house: House) -> int:
    if not isinstance(value, list | dict):
        raise Unfit
    return len(value)


def any_plain(value: Any, _by: Any, _house: House) -> Any:
    """As it came, if it is plain or a list of plain things."""
    if isinstance(value, list):
        found = [each for each in map(plain, value[:50]) if each is not None]
        if not found and value:
            raise Unfit
        return ", ".join(found)[:LONGEST]
    if plain(value) is None:
        raise Unfit
    return value[:LONGEST] if isinstance(value, str) else value


CONVERSIONS: Mapping[str, Callable[[Any, Any, House], Any]] = {
    "": any_plain,
    "text": text,
    "ident": ident,
    "lower": lower,
    "number": number,
    "minor": minor,
    "unsigned": minus,
    "yes_no": yes_no,
    "moment": moment,
    "day": day,
    "words": words,
    "count": count,
}
