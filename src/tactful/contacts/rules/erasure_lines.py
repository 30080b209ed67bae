"""The journal of erasures: one line of JSON for each, readable without a database (R76). It holds numbers and
keyed hashes, never a name or an address.

    {"erased": 17, "at": ms, "contacts": [12, 9], "reason": "asked", "marks": [["mail", "5f…"], …]}
    {"lifted": [["mail", "5f…"], …], "at": ms}
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

JOURNAL = "erasures.jsonl"
Mark = tuple[str, str]
"""Channel, and keyed hash as hex."""

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Erased:
    id: int
    at: datetime
    contacts: tuple[int, ...]
    reason: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Journal:
    """``lifted``: mark -> when somebody was let in again."""

    erased: tuple[Erased, ...]
    lifted: dict[Mark, datetime]

    def let_in(self) -> set[Mark]:
        """Marks of those who may come in: lifted, and not erased once more since."""
        shut: dict[Mark, datetime] = {}
        for each in self.erased:
            shut |= {mark: max(each.at, shut.get(mark, each.at)) for mark in each.marks}
        return {mark for mark, at in self.lifted.items() if mark not in shut or at > shut[mark]}


def line_of(erased: Erased) -> str:
    return _json(
        {
            "erased": erased.id,
            "at": _ms(erased.at),
            "contacts": list(erased.contacts),
            "reason": erased.reason,
            "marks": [list(mark) for mark in erased.marks],
        }
    )


def line_of_lifting(marks: Iterable[Mark], at: datetime) -> str:
    return _json({"lifted": [list(mark) for mark in marks], "at": _ms(at)})


def read(lines: Iterable[str]) -> Journal:
    """A line that a crash has cut off is left out; one that stands there twice counts once."""
    erased: dict[int, Erased] = {}
    lifted: dict[Mark, datetime] = {}
    for line in lines:
        try:
            row = json.loads(line)
            if "erased" in row:
                found = _erased(row)
                erased[found.id] = found
            elif "lifted" in row:
                lifted |= dict.fromkeys(_marks(row["lifted"]), _moment(row["at"]))
        except (ValueError, TypeError, KeyError):
            continue
    return Journal(tuple(erased.values()), lifted)


def _erased(row: dict[str, Any]) -> Erased:
    return Erased(
        int(row["erased"]),
        _moment(row["at"]),
        tuple(int(each) for each in row["contacts"]),
        str(row["reason"])[:20],
        _marks(row["marks"]),
    )


def _marks(rows: Iterable[tuple[str, str]]) -> tuple[Mark, ...]:
    return tuple((str(channel)[:12], bytes.fromhex(digest).hex()) for channel, digest in rows)


def _json(row: dict[str, Any]) -> str:
    return json.dumps(row, separators=(",", ":")) + "\n"


def _ms(moment: datetime) -> int:
    return (moment - _BEGINNING) // timedelta(milliseconds=1)


def _moment(ms: int) -> datetime:
    return _BEGINNING + timedelta(milliseconds=int(ms))
