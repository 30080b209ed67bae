"""What each operator means, in SQL; ``rules.values`` says the same in Python. Change both or neither.

Every statement is put together from text of this program and placeholders. What comes from a tree (names,
values, days) is only ever a parameter.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from json import dumps
from typing import Any, Final, LiteralString

from psycopg.sql import SQL, Composable, Placeholder

from tactful.segments.rules.values import DATE, NUMBER, days_of, days_that_come, moments_of
from tactful.segments.types import DATES, DAYS_COUNTED, NUMBERS, Moment, Op, Operand, Test

NEVER: Final = SQL("false")


@dataclass(slots=True)
class Params:
    """Values on their way into a statement, by the names of their placeholders."""

    values: dict[str, Any] = field(default_factory=dict)

    def put(self, value: object, kind: LiteralString) -> Composable:
        name = f"p{len(self.values)}"
        self.values[name] = value
        return SQL("{}::" + kind).format(Placeholder(name))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands. ``text``: it as text; ``json``: it as JSONB, None where it is a text column.
    ``within``: the object in which it stands, and its name there. ``column``: the column whose text it is."""

    text: Composable
    json: Composable | None = None
    within: tuple[Composable, str] | None = None
    column: Composable | None = None

    def is_a(self, kind: LiteralString) -> Composable:
        """Whether it is of that JSON type; the text of a column is a string if it is anything."""
        if self.json is None:
            return SQL("true" if kind == "string" else "false")
        return SQL("jsonb_typeof({}) = '" + kind + "'").format(self.json)


def json_place(json: Composable) -> Place:
    return Place(SQL("({} #>> '{{}}')").format(json), json)


def part_of(container: Composable, name: str, params: Params) -> Place:
    """A field of a JSONB object."""
    key = params.put(name, "text")
    text, json = SQL("({} ->> {})").format(container, key), SQL("({} -> {})").format(container, key)
    return Place(text, json, (container, name))


def text_place(column: Composable) -> Place:
    """A column of text in which nothing is known if it is empty."""
    return Place(SQL("NULLIF({}, '')").format(column), column=column)


def asked(test: Test, place: Place, params: Params, moment: Moment) -> Composable:
    """A condition that is true, false, or NULL for no."""
    if test.op is Op.IS_NOT:
        return SQL("({}) IS NOT TRUE").format(_same(test.value, place, params))
    if test.op in DATES or test.op in DAYS_COUNTED:
        return _dated(test, place, params, moment)
    if test.op in NUMBERS:
        wanted = params.put(repr(test.value), "numeric")
        return SQL("{} {} {}").format(_number(place), _SIGNS[test.op], wanted)
    return _ASKED[test.op](test.value, place, params)


def asked_moment(test: Test, column: Composable, params: Params, moment: Moment) -> Composable:
    """The same for a column of moments, by the days of the business."""
    if test.op is Op.COMES_ROUND:
        day = SQL("to_char({} AT TIME ZONE {}, 'MM-DD')").format(column, params.put(moment.zone, "text"))
        coming = days_that_come(int(test.value), moment)  # type: ignore[arg-type]
        return SQL("{} = ANY({})").format(day, params.put(coming, "text[]"))
    first, until = moments_of(test, moment)
    said = [SQL("{} >= {}").format(column, params.put(first, "timestamptz"))] if first else []
    said += [SQL("{} < {}").format(column, params.put(until, "timestamptz"))] if until else []
    return SQL(" AND ").join(said)


def _same(value: Operand, place: Place, params: Params) -> Composable:
    if isinstance(value, str | bool):
        if place.json is not None:
            return _same_json(value, place.json, place.within, params)
        return _same_text(value, place, params) if isinstance(value, str) else NEVER
    return SQL("{} = {}").format(_number(place), params.put(repr(value), "numeric"))


def _same_text(value: str, place: Place, params: Params) -> Composable:
    """Of the column itself where that is the same: PostgreSQL knows how often it holds what."""
    text = place.column if place.column is not None and value else place.text
    return SQL("{} = {}").format(text, params.put(value, "text"))


def _same_json(
    value: str | bool, json: Composable, within: tuple[Composable, str] | None, params: Params
) -> Composable:
    """By containment where it stands in an object: one look, and an index could serve it."""
    if within is None:
        return SQL("{} = {}").format(json, params.put(dumps(value), "jsonb"))
    container, name = within
    return SQL("{} @> {}").format(container, params.put(dumps({name: value}), "jsonb"))


def _one_of(value: Operand, place: Place, params: Params) -> Composable:
    values = value if isinstance(value, tuple) else (value,)
    return SQL("({})").format(SQL(" OR ").join(_same(each, place, params) for each in values))


def _contains(value: Operand, place: Place, params: Params) -> Composable:
    wanted = params.put(value, "text")
    within = SQL("({} AND strpos({}, {}) > 0)").format(place.is_a("string"), place.text, wanted)
    if place.json is None:
        return within
    item = params.put(dumps(value), "jsonb")
    listed = SQL("({} AND {} @> {})").format(place.is_a("array"), place.json, item)
    return SQL("({} OR {})").format(within, listed)


def _known(value: Operand, place: Place, _: Params) -> Composable:
    if place.json is None:
        said = SQL("{} IS NOT NULL").format(place.text)
    else:
        said = SQL("COALESCE({} NOT IN ('null', '\"\"', '[]'), false)").format(place.json)
    return said if value else SQL("NOT ({})").format(said)


def _number(place: Place) -> Composable:
    """The number that a value is or reads as, else NULL. CASE, for only it keeps the cast from the rest."""
    reads = SQL("WHEN {} AND {} ~ {} THEN {}::numeric END").format(
        place.is_a("string"), place.text, SQL(f"'{NUMBER}'"), place.text
    )
    if place.json is None:
        return SQL("CASE {}").format(reads)
    return SQL("CASE WHEN {} THEN {}::numeric {}").format(place.is_a("number"), place.json, reads)


def _dated(test: Test, place: Place, params: Params, moment: Moment) -> Composable:
    """What few rows fit is asked first, and only then whether it is a date at all."""
    is_date = SQL("({} AND {} ~ {})").format(place.is_a("string"), place.text, SQL(f"'{DATE}'"))
    if test.op is Op.COMES_ROUND:
        coming = params.put(days_that_come(int(test.value), moment), "text[]")  # type: ignore[arg-type]
        fits: Composable = SQL("substr({}, 6, 5) = ANY({})").format(place.text, coming)
    else:
        first, last = days_of(test, moment)
        day = SQL('left({}, 10) COLLATE "C"').format(place.text)
        said = [SQL("{} >= {}").format(day, params.put(first, "text"))] if first else []
        said += [SQL("{} <= {}").format(day, params.put(last, "text"))] if last else []
        fits = SQL(" AND ").join(said)
    return SQL("CASE WHEN {} THEN {} END").format(fits, is_date)


_SIGNS: Mapping[Op, Composable] = {
    Op.MORE_THAN: SQL(">"),
    Op.AT_LEAST: SQL(">="),
    Op.LESS_THAN: SQL("<"),
    Op.AT_MOST: SQL("<="),
}
_ASKED: Mapping[Op, Callable[[Operand, Place, Params], Composable]] = {
    Op.IS: _same,
    Op.ONE_OF: _one_of,
    Op.CONTAINS: _contains,
    Op.KNOWN: _known,
}
