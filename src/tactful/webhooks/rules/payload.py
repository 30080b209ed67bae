"""What is told of a fact: its type, its moment, and plain data."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

LARGEST_OF_JAVASCRIPT = 2**53 - 1


def payload(name: str, contact_id: int | None, ts: datetime, data: Mapping[str, Any]) -> str:
    """JSON. Ids are text, for they have more digits than a number of JavaScript can hold."""
    about = {} if contact_id is None else {"contact_id": str(contact_id)}
    told = {"type": name, "timestamp": ts.isoformat(), "data": about | _plain(dict(data))}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, int) and abs(value) > LARGEST_OF_JAVASCRIPT:
        return str(value)
    return value
