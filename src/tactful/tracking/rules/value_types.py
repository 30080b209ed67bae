"""Which type a value has, for attributes that nobody has declared."""

import re
from typing import Any

from tactful.tracking.types import ValueType

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*")


def type_of(value: Any) -> ValueType:
    if isinstance(value, bool):
        return ValueType.YES_NO
    if isinstance(value, int | float):
        return ValueType.NUMBER
    if isinstance(value, dict):
        return ValueType.OBJECT
    if isinstance(value, list):
        return ValueType.LIST
    text = str(value)
    if _DAY.fullmatch(text):
        return ValueType.DATE
    return ValueType.MOMENT if _MOMENT.fullmatch(text) else ValueType.TEXT
