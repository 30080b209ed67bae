"""A question to a value, as two controls: how, and with what."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from tactful.segments.types import DATES, DAYS_COUNTED, MOST_DAYS, NUMBERS, Op
from tactful.web.forms.journey.controls import Control, choices

Values = Mapping[str, str]
Doc = dict[str, Any]

WITHOUT_VALUE: Final = ("known", "unknown", "yes", "no")
TRUTHS: Final = {"yes": True, "no": False}


def controls(name: str, values: Values, *, dates_only: bool = False) -> tuple[Control, ...]:
    op = values.get("op", "") or ("after" if dates_only else "is")
    kind = "date" if op in DATES else "number" if op in NUMBERS | DAYS_COUNTED else "text"
    first = Control(f"{name}.op", _("How"), "select", op, choices=choices(_ops(dates_only)))
    if op in WITHOUT_VALUE:
        return (first,)
    label = _("Days") if op in DAYS_COUNTED else _("Value")
    hint = _("Several values with commas between them") if op == Op.ONE_OF else ""
    return first, Control(f"{name}.value", label, kind, values.get("value", ""), hint=hint)  # type: ignore[arg-type]


def taken(values: Values) -> Doc | None:
    """The question as in a document, or None while it is not finished."""
    op, text = values.get("op", "") or "is", values.get("value", "").strip()
    if op in ("known", "unknown"):
        return {Op.KNOWN.value: op == "known"}
    if op in TRUTHS:
        return {Op.IS.value: TRUTHS[op]}
    if not text or op not in set(Op):
        return None
    value = _value(Op(op), text)
    return None if value is None else {op: value}


def _value(op: Op, text: str) -> Any:
    """None if it is not one that can be asked for."""
    if op in DATES:
        return text if _is_day(text) else None
    if op in DAYS_COUNTED:
        return int(text) if text.isdecimal() and int(text) <= MOST_DAYS else None
    if op in NUMBERS:
        return as_number(text)
    if op is Op.ONE_OF:
        return [_scalar(part.strip()) for part in text.split(",") if part.strip()] or None
    return text if op is Op.CONTAINS else _scalar(text)


def spread(doc: Mapping[str, Any]) -> dict[str, str]:
    """The two values of a question that stands in a document."""
    op = next((each.value for each in Op if each.value in doc), "is")
    value = doc.get(op)
    if op == Op.KNOWN:
        return {"op": "known" if value else "unknown"}
    if op == Op.IS and isinstance(value, bool):
        return {"op": "yes" if value else "no"}
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return {"op": op, "value": text}


def as_number(text: str) -> int | float | None:
    plain = text.replace(",", ".").replace("\u00a0", "").replace(" ", "")
    try:
        return int(plain) if plain.lstrip("-").isdecimal() else float(plain)
    except ValueError:
        return None


def _scalar(text: str) -> str | int:
    """A number only if it is written as one writes it: a postal code keeps its zero."""
    return int(text) if text.isdecimal() and text == str(int(text)) and len(text) < 16 else text


def _is_day(text: str) -> bool:
    try:
        return 1900 <= date.fromisoformat(text).year < 2200
    except ValueError:
        return False


def _ops(dates_only: bool) -> list[tuple[str, str]]:
    dated = [
        ("before", _("is before")),
        ("after", _("is after")),
        ("on", _("is on the day")),
        ("in_last_days", _("is in the last … days")),
        ("in_next_days", _("is in the next … days")),
    ]
    if dates_only:
        return dated
    return [
        ("is", _("is")),
        ("is_not", _("is not")),
        ("one_of", _("is one of")),
        ("contains", _("contains")),
        ("known", _("is known")),
        ("unknown", _("is not known")),
        ("more_than", _("is more than")),
        ("at_least", _("is at least")),
        ("less_than", _("is less than")),
        ("at_most", _("is at most")),
        ("yes", _("is yes")),
        ("no", _("is no")),
        *dated,
        ("comes_round_within_days", _("comes round within … days")),
    ]
