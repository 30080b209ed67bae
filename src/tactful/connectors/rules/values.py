"""What a mapping takes from a payload: a path, a constant, or one of a few forms.

customer.email                                     a path
{const: online}                                    always the same
{path: total, as: number}                          with a conversion (``convert.CONVERSIONS``)
{path: amount, as: minor, by: currency}            … that needs something else of the payload
{first: [email, billing.email]}                    the first that is there
{join: [first_name, last_name]}                    all that are there, with a space between (``with``)
{each: items, take: {sku: sku, qty: quantity}}     a list of objects
{pairs: fields, name: label, value: value}         an object from a list of names and values
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from tactful.connectors.types import House, MappingTrouble, Payload

from .convert import CONVERSIONS, LONGEST, Unfit
from .paths import Path, every, first, parse, plain

MOST_FIELDS = 60
MOST_ROWS = 50


@dataclass(frozen=True, slots=True)
class Const:
    value: str | int | float | bool


@dataclass(frozen=True, slots=True)
class From:
    paths: tuple[Path, ...]
    convert: str = ""
    by: Path | None = None


@dataclass(frozen=True, slots=True)
class Join:
    paths: tuple[Path, ...]
    between: str = " "


@dataclass(frozen=True, slots=True)
class Rows:
    path: Path
    take: Mapping[str, "Value"]


@dataclass(frozen=True, slots=True)
class Titles:
    """A list that says what the names of another one mean."""

    path: Path
    name: Path
    title: Path


@dataclass(frozen=True, slots=True)
class Pairs:
    path: Path
    name: Path
    value: From
    titles: Titles | None = None


Value = Const | From | Join | Rows | Pairs


def read_value(given: Any, where: str) -> Value:
    """Raises ``MappingTrouble``."""
    if isinstance(given, str):
        return From((parse(given, where),))
    if not isinstance(given, dict):
        raise MappingTrouble("value", where)
    form = next((name for name in _FORMS if name in given), None)
    if form is None:
        raise MappingTrouble("value", where)
    allowed, read = _FORMS[form]
    if odd := sorted(str(key) for key in given.keys() - allowed):
        raise MappingTrouble("unknown", where, name=odd[0][:80])
    return read(given, where)


def _const(given: Mapping[str, Any], where: str) -> Value:
    if not isinstance(given["const"], str | int | float | bool):
        raise MappingTrouble("value", where)
    return Const(given["const"])


def _path(given: Mapping[str, Any], where: str) -> Value:
    return _from((parse(given["path"], where),), given, where)


def _first(given: Mapping[str, Any], where: str) -> Value:
    return _from(_paths(given["first"], where), given, where)


def _from(paths: tuple[Path, ...], given: Mapping[str, Any], where: str) -> From:
    convert = given.get("as", "")
    if convert not in CONVERSIONS:
        raise MappingTrouble("conversion", where, name=str(convert)[:80])
    return From(paths, convert, parse(given["by"], where) if "by" in given else None)


def _join(given: Mapping[str, Any], where: str) -> Value:
    return Join(_paths(given["join"], where), str(given.get("with", " "))[:10])


def _paths(given: Any, where: str) -> tuple[Path, ...]:
    if not isinstance(given, list) or not 0 < len(given) <= 12:
        raise MappingTrouble("value", where)
    return tuple(parse(each, where) for each in given)


def _rows(given: Mapping[str, Any], where: str) -> Value:
    return Rows(parse(given["each"], where), read_values(given.get("take"), f"{where}.take"))


def _pairs(given: Mapping[str, Any], where: str) -> Value:
    value = read_value(given.get("value"), f"{where}.value")
    if not isinstance(value, From):
        raise MappingTrouble("value", f"{where}.value")
    titles = None
    if "titles" in given:
        told = given["titles"] if isinstance(given["titles"], dict) else {}
        titles = Titles(*(parse(told.get(name), f"{where}.titles") for name in ("list", "name", "title")))
    return Pairs(parse(given["pairs"], where), parse(given.get("name"), f"{where}.name"), value, titles)


def read_values(given: Any, where: str) -> dict[str, Value]:
    if not isinstance(given, dict) or len(given) > MOST_FIELDS:
        raise MappingTrouble("fields", where)
    return {str(name)[:80]: read_value(value, f"{where}.{name}"[:120]) for name, value in given.items()}


_FORMS: Mapping[str, tuple[frozenset[str], Callable[[Mapping[str, Any], str], Value]]] = {
    "const": (frozenset({"const"}), _const),
    "path": (frozenset({"path", "as", "by"}), _path),
    "first": (frozenset({"first", "as", "by"}), _first),
    "join": (frozenset({"join", "with"}), _join),
    "each": (frozenset({"each", "take"}), _rows),
    "pairs": (frozenset({"pairs", "name", "value", "titles"}), _pairs),
}


@dataclass(slots=True)
class Reader:
    """Takes values from one payload. ``unfit``: (value, conversion) of those that could not be read."""

    payload: Payload
    house: House
    unfit: list[tuple[str, str]] = field(default_factory=list)

    def value(self, spec: Value) -> Any:
        """None where there is nothing."""
        return _TAKE[type(spec)](self, spec)

    def values(self, specs: Mapping[str, Value]) -> dict[str, Any]:
        found = {name: self.value(spec) for name, spec in specs.items()}
        return {
            name: value for name, value in found.items() if value is not None and value not in ("", [], {})
        }

    def _take(self, spec: From) -> Any:
        found = next((value for path in spec.paths if (value := first(self.payload, path)) is not None), None)
        if found is None:
            return None
        by = first(self.payload, spec.by) if spec.by else None
        try:
            return CONVERSIONS[spec.convert](found, by, self.house)
        except Unfit:
            self.unfit.append((spec.paths[0].text, spec.convert or "text"))
            return None

    def _joined(self, spec: Join) -> str | None:
        parts = [plain(value) for path in spec.paths for value in every(self.payload, path)]
        return spec.between.join(part.strip() for part in parts if part and part.strip())[:LONGEST] or None

    def _table(self, spec: Rows) -> list[dict[str, Any]]:
        rows = first(self.payload, spec.path)
        if not isinstance(rows, list):
            return []
        return [found for row in rows[:MOST_ROWS] if (found := self._within(row).values(spec.take))]

    def _named(self, spec: Pairs) -> dict[str, Any]:
        titles = self._titles(spec.titles) if spec.titles else {}
        rows = first(self.payload, spec.path)
        found: dict[str, Any] = {}
        for row in rows[:MOST_FIELDS] if isinstance(rows, list) else ():
            within = self._within(row)
            name = plain(first(within.payload, spec.name)) or ""
            value = within.value(spec.value)
            if name and value is not None and value != "":
                found[titles.get(name, name).strip()[:80]] = value
        return found

    def _titles(self, spec: Titles) -> dict[str, str]:
        rows = list(every(self.payload, spec.path))
        items = rows[0] if rows and isinstance(rows[0], list) else []
        named = ((first(Payload(row), spec.name), first(Payload(row), spec.title)) for row in items[:200])
        return {name: title for key, told in named if (name := plain(key)) and (title := plain(told))}

    def _within(self, row: Any) -> "Reader":
        return Reader(Payload(row, self.payload.headers), self.house, self.unfit)


_TAKE: Mapping[type, Callable[[Reader, Any], Any]] = {
    Const: lambda _reader, spec: cast(Const, spec).value,
    From: Reader._take,  # noqa: SLF001
    Join: Reader._joined,  # noqa: SLF001
    Rows: Reader._table,  # noqa: SLF001
    Pairs: Reader._named,  # noqa: SLF001
}
