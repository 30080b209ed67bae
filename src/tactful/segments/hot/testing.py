"""What each operator means, in SQL; ``rules.values`` says the same in Python. Change both or neither.

Every statement is put together from text of this program and placeholders. What comes from a tree (names,
values, days) is only ever a parameter.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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
    """Where a value stands. ``text``: it as text; ``json``: it as JSONB, None where it is a text column."""

    text: Composable
    json: Composable | None = None

    def is_a(self, kind: LiteralString) -> Composable:
        """Whether it is of that JSON type; the text of a column is a string if it is anything."""
        if self.json is None:
            return SQL("true" if kind == "string" else "false")
        return SQL("jsonb_typeof({}) = '" + kind + "'").format(self.json)


def json_place(json: Composable) -> Place:
    return Place(SQL("({} #>> '{{}}')").format(json), json)


def text_place(column: Composable) -> Place:
    """A column of text in which nothing is known if it is empty."""
    return Place(SQL("NULLIF({}, '')").format(column))


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
    if isinstance(value, bool):
        return NEVER if place.json is None else SQL("{} = to_jsonb({})").format(
            place.json, params.put(value, "boolean")
        )  # fmt: skip
    if isinstance(value, str):
        if place.json is None:
            return SQL("{} = {}").format(place.text, params.put(value, "text"))
        return SQL("{} = to_jsonb({})").format(place.json, params.put(value, "text"))
    return SQL("{} = {}").format(_number(place), params.put(repr(value), "numeric"))


def _one_of(value: Operand, place: Place, params: Params) -> Composable:
    values = value if isinstance(value, tuple) else (value,)
    return SQL("({})").format(SQL(" OR ").join(_same(each, place, params) for each in values))


def _contains(value: Operand, place: Place, params: Params) -> Composable:
    wanted = params.put(value, "text")
    within = SQL("({} AND strpos({}, {}) > 0)").format(place.is_a("string"), place.text, wanted)
    if place.json is None:
        return within
    listed = SQL("({} AND {} @> to_jsonb({}))").format(place.is_a("array"), place.json, wanted)
    return SQL("({} OR {})").format(within, listed)


def _known(value: Operand, place: Place, _: Params) -> Composable:
    if place.json is None:
        said = SQL("{} IS NOT NULL").format(place.text)
    else:
        said = SQL("COALESCE({} NOT IN ('null', '\"\"', '[]'), false)").format(place.json)
    return said if value else SQL("NOT ({})").format(said)


def _number(place: Place) -> Composable:
    """The number that a value is or reads as, else NULL. CASE, for only it keeps the cast from the rest."""
    return SQL(
        "CASE WHEN {is_number} THEN {text}::numeric"
        " WHEN {is_text} AND {text} ~ {shape} THEN {text}::numeric END"
    ).format(
        is_number=place.is_a("number"),
        is_text=place.is_a("string"),
        text=place.text,
        shape=SQL(f"'{NUMBER}'"),
    )


def _dated(test: Test, place: Place, params: Params, moment: Moment) -> Composable:
    is_date = SQL("{} AND {} ~ {}").format(place.is_a("string"), place.text, SQL(f"'{DATE}'"))
    if test.op is Op.COMES_ROUND:
        coming = params.put(days_that_come(int(test.value), moment), "text[]")  # type: ignore[arg-type]
        return SQL("({} AND substr({}, 6, 5) = ANY({}))").format(is_date, place.text, coming)
    first, last = days_of(test, moment)
    said = [is_date]
    day = SQL('left({}, 10) COLLATE "C"').format(place.text)
    said += [SQL("{} >= {}").format(day, params.put(first, "text"))] if first else []
    said += [SQL("{} <= {}").format(day, params.put(last, "text"))] if last else []
    return SQL("({})").format(SQL(" AND ").join(said))


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
