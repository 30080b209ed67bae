"""The small parts of a document, checked while they are read: texts, numbers, dates, questions to a value."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final, NoReturn, TypeAlias

from tactful.segments.rules.problems import Problem, SegmentError
from tactful.segments.types import DATES, DAYS_COUNTED, MOST_DAYS, NUMBERS, Op, Operand, Test

Doc: TypeAlias = Mapping[str, Any]

MOST_LETTERS: Final = 200
MOST_VALUES: Final = 200
LARGEST: Final = 10**15
OPS: Final = frozenset(op.value for op in Op)


def refuse(code: str, path: str, **params: object) -> NoReturn:
    raise SegmentError(Problem(code, path, {key: str(value) for key, value in params.items()}))


def group(doc: Any, path: str) -> Doc:
    if not isinstance(doc, dict) or not all(isinstance(key, str) for key in doc):
        refuse("group", path)
    return doc


def only(doc: Doc, known: Collection[str], path: str) -> None:
    for name in doc:
        if name not in known:
            refuse("unknown", path, name=name[:60])


def parts(doc: Any, path: str, most: int) -> list[Any]:
    if not isinstance(doc, list | tuple) or not 1 <= len(doc) <= most:
        refuse("list", path, most=most)
    return list(doc)


def text(value: Any, path: str, *, most: int = MOST_LETTERS) -> str:
    """A text that PostgreSQL can keep: no NUL, no half of a character."""
    if not isinstance(value, str) or not value or len(value) > most:
        refuse("text", path, most=most)
    if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        refuse("characters", path)
    return value


def whole(value: Any, path: str, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        refuse("count", path, least=least, most=most)
    return value


def word(value: Any, path: str, allowed: Collection[str]) -> str:
    if not isinstance(value, str) or value not in allowed:
        refuse("allowed", path, value=str(value)[:60], allowed=", ".join(allowed))
    return value


def day(value: Any, path: str) -> date:
    try:
        found = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        found = None
    if found is None or not 1900 <= found.year < 2200:
        refuse("date", path, value=str(value)[:60])
    return found


def question(doc: Doc, path: str, beside: Collection[str]) -> Test:
    """The one operator that stands in ``doc`` beside the names ``beside``, with its value."""
    only(doc, OPS | set(beside), path)
    asked = [name for name in doc if name in OPS and name not in beside]
    if len(asked) != 1:
        refuse("one_question", path, allowed=", ".join(op.value for op in Op))
    op = Op(asked[0])
    return Test(op, operand(op, doc[op.value], f"{path}.{op.value}"))


def operand(op: Op, value: Any, path: str) -> Operand:
    if op is Op.KNOWN:
        if not isinstance(value, bool):
            refuse("truth", path)
        return value
    if op in NUMBERS:
        return _number(value, path)
    if op in DATES:
        return day(value, path).isoformat()
    if op in DAYS_COUNTED:
        return whole(value, path, 0, MOST_DAYS)
    if op is Op.ONE_OF:
        return tuple(_scalar(each, path) for each in parts(value, path, MOST_VALUES))
    return text(value, path) if op is Op.CONTAINS else _scalar(value, path)


def _number(value: Any, path: str) -> int | float:
    # Written so that a value which is not a number (NaN) is refused as well.
    if isinstance(value, bool) or not isinstance(value, int | float) or not -LARGEST <= value <= LARGEST:
        refuse("number", path)
    return value


def _scalar(value: Any, path: str) -> str | int | float | bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _number(value, path)
    if not isinstance(value, str):
        refuse("scalar", path)
    return text(value, path)
