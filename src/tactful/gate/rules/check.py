"""The gate: may this message go out now?"""

from collections.abc import Callable, Hashable
from datetime import datetime

from tactful.gate.rules import last, unread
from tactful.gate.rules._cleared import Cleared
from tactful.gate.rules.case import Case
from tactful.gate.rules.finding import Finding, Findings
from tactful.gate.rules.settle import settle
from tactful.gate.rules.table import Plan, plan
from tactful.gate.types import UNKNOWN, Facts, GateRequest, GateSettings, OnRelease, Verdict, VerdictKind
from tactful.kernel.clock import require_aware

Find = Callable[[Case], Findings]


def check(request: GateRequest, facts: Facts, settings: GateSettings, now: datetime) -> Verdict:
    """Clear, hold until, refuse, or try again: DESIGN section 6. Pure; ``now`` is an aware moment.

    Only this module makes a ``Clearance``. Share ``settings`` and ``PlaceFact`` objects between
    messages: what follows from them is remembered.
    """
    asked = plan(request.author, request.message_class, request.purpose, request.allow)
    case = Case(request, facts, settings, require_aware(now))
    found: list[Finding] = []
    for find in asked.finds:
        if against := find(case):
            found += against
    if asked.automated:
        found += unread.beside(case, found)
    if found:
        return settle(case, asked, found)
    held = last.find(case, asked) if asked.automated and facts.standing else None
    return held or _clear(request.message_id, case.now, asked)


class Sitting:
    """The gate at one moment, for many messages: what has been cleared once is not asked again.

    Two messages ask the same if all that a check can look at is the same. That is everything but who they
    are, and since when and by which receipt there is a basis. Only clearances are remembered; whatever is
    held or refused is looked at on its own. Its verdicts are those of ``check``.
    """

    def __init__(self, settings: GateSettings, now: datetime) -> None:
        self._settings = settings
        self._now = require_aware(now)
        # The facts are kept with the answer: the question names them by their identity.
        self._cleared: dict[Hashable, tuple[Plan, Facts]] = {}

    def check(self, request: GateRequest, facts: Facts) -> Verdict:
        address, basis, *others = facts
        if basis is UNKNOWN:
            return check(request, facts, self._settings, self._now)
        question = (request[2:], address, basis[0], basis[3:], *map(id, others))
        known = self._cleared.get(question)
        if known is not None:
            return _clear(request[0], self._now, known[0])
        verdict = check(request, facts, self._settings, self._now)
        if verdict[0] is VerdictKind.CLEAR:
            asked = plan(request.author, request.message_class, request.purpose, request.allow)
            self._cleared[question] = asked, facts
        return verdict


class PlainSitting:
    """The gate at many moments, for messages to clients of whom nothing stands out: nobody talks, owes,
    complains or orders. What no moment changes is asked once for all who are alike; the rest each time.
    Everybody else is asked about in full. Its verdicts are those of ``check``.
    """

    def __init__(self) -> None:
        # The facts are kept with the answer: the question names them by their identity.
        self._asked: dict[Hashable, tuple[Plan, tuple[Find, ...], Facts, GateSettings]] = {}

    def check(self, request: GateRequest, facts: Facts, settings: GateSettings, now: datetime) -> Verdict:
        address, basis, condition, talks, debts, moods, place, caps, channel, sensitive, standing = facts
        if talks or debts or moods or standing or basis is UNKNOWN or caps is UNKNOWN:
            return check(request, facts, settings, now)
        question = (
            request[2:7], request[9], request[11], address, basis[0], basis[3:], id(condition), id(place),
            id(channel), id(sensitive), id(settings),
        )  # fmt: skip
        known = self._asked.get(question)
        if known is None:
            return self._first(question, Case(request, facts, settings, require_aware(now)))
        case = Case(request, facts, settings, require_aware(now))
        found: list[Finding] = []
        for find in known[1]:
            if against := find(case):
                found += against
        return settle(case, known[0], found) if found else _clear(request[0], case.now, known[0])

    def _first(self, question: Hashable, case: Case) -> Verdict:
        request, facts, settings, now = case
        asked = plan(request.author, request.message_class, request.purpose, request.allow)
        stands = any(row.find(case) for row in asked.rows if not row.of_the_moment)
        if not stands and not unread.beside(case, []):
            finds = tuple(row.find for row in asked.rows if row.of_the_moment)
            self._asked[question] = asked, finds, facts, settings
        return check(request, facts, settings, now)


def _clear(message_id: int, now: datetime, asked: Plan) -> Verdict:
    clearance = Cleared(message_id, now, asked.checks, asked.mask)
    # What the type's own constructor does, at a third of its price: nearly every message comes here.
    return tuple.__new__(
        Verdict,
        (VerdictKind.CLEAR, (), clearance, None, (), OnRelease.SEND, None, None, asked.counts_in_caps),
    )
