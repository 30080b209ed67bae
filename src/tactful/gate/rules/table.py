"""Which checks there are, in order, and who is asked which: the gate on one page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from tactful.gate.rules import (
    address,
    basis,
    channel,
    clean_hands,
    frequency,
    line,
    mood,
    not_too_late,
    quiet,
    sensitive,
    standing,
    still_true,
    talk,
)
from tactful.gate.rules.case import Case
from tactful.gate.rules.finding import Findings
from tactful.gate.types import Author, Check
from tactful.touchpoints.types import MessageClass, Purpose


@dataclass(frozen=True, slots=True)
class Row:
    """``find``: the obstacles now. ``opens``: the first moment, from a given one on, at which time
    is no obstacle; only for checks that time alone can end. ``for_people``: asked of a person who
    writes to one client as well. ``of_the_moment``: where nobody talks, owes, complains or orders, it may
    still say another thing at another moment, or of other places under the caps; all others say the same."""

    check: Check
    find: Callable[[Case], Findings]
    opens: Callable[[Case, datetime], datetime] | None = None
    for_people: bool = False
    always: bool = False  # no class and no allow-list passes it
    of_the_moment: bool = False


TABLE = (
    Row(Check.LINE, line.find),
    Row(Check.ADDRESS, address.find, for_people=True),
    Row(Check.BASIS, basis.objections, for_people=True),
    Row(Check.BASIS, basis.ground),
    Row(Check.STILL_TRUE, still_true.find),
    Row(Check.NOT_TOO_LATE, not_too_late.find, of_the_moment=True),
    Row(Check.NOBODY_TALKING, standing.find, always=True),
    Row(Check.NOBODY_TALKING, talk.find),
    Row(Check.CLEAN_HANDS, clean_hands.find),
    Row(Check.MOOD, mood.find, mood.opens),
    Row(Check.QUIET_HOURS, quiet.find, quiet.opens, of_the_moment=True),
    Row(Check.FREQUENCY, frequency.find, frequency.opens, of_the_moment=True),
    Row(Check.CHANNEL_RULES, channel.find, channel.opens, for_people=True, of_the_moment=True),
    Row(Check.SENSITIVE_DATES, sensitive.find),
)

PASSES: dict[MessageClass, frozenset[Check]] = {
    MessageClass.AWAITED: frozenset(
        {Check.NOBODY_TALKING, Check.CLEAN_HANDS, Check.MOOD, Check.QUIET_HOURS, Check.FREQUENCY}
    ),
    MessageClass.DEADLINE: frozenset({Check.CLEAN_HANDS, Check.MOOD, Check.FREQUENCY}),
    MessageClass.REMINDER: frozenset({Check.FREQUENCY}),
    MessageClass.RELATIONSHIP: frozenset(),
    MessageClass.MARKETING: frozenset(),
}
ALLOWABLE = frozenset({Check.NOBODY_TALKING, Check.CLEAN_HANDS, Check.MOOD, Check.QUIET_HOURS})
BIT = {check: 1 << place for place, check in enumerate(Check)}


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked of one kind of message. ``timed``: the rows that time alone can end."""

    rows: tuple[Row, ...]
    timed: tuple[Row, ...]
    finds: tuple[Callable[[Case], Findings], ...]
    checks: tuple[Check, ...]
    mask: int
    automated: bool
    counts_in_caps: bool


@lru_cache(maxsize=4096)
def plan(author: Author, kind: MessageClass, purpose: Purpose, allow: frozenset[Check]) -> Plan:
    automated = author is not Author.PERSON_DIRECT
    rows = _of_automation(kind, allow) if automated else _of_a_person(kind, purpose)
    checks = tuple(dict.fromkeys(row.check for row in rows))
    mask = sum(BIT[check] for check in checks)
    timed = tuple(row for row in rows if row.opens is not None)
    finds = tuple(row.find for row in rows)
    return Plan(rows, timed, finds, checks, mask, automated, counts_in_caps(author, kind))


def counts_in_caps(author: Author, kind: MessageClass) -> bool:
    return author is not Author.PERSON_DIRECT and Check.FREQUENCY not in PASSES[kind]


def _of_automation(kind: MessageClass, allow: frozenset[Check]) -> tuple[Row, ...]:
    """Only a reminder has an allow-list, and only for checks 6 to 9."""
    passed = PASSES[kind] | (allow & ALLOWABLE if kind is MessageClass.REMINDER else frozenset())
    return tuple(row for row in TABLE if row.always or row.check not in passed)


def _of_a_person(kind: MessageClass, purpose: Purpose) -> tuple[Row, ...]:
    advertises = purpose is Purpose.MARKETING or kind is MessageClass.MARKETING
    return tuple(row for row in TABLE if row.for_people or (advertises and row.find is basis.ground))
