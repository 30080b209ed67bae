"""The gate: may this message go out now?"""

from collections.abc import Hashable
from datetime import datetime

from tactful.gate.rules import unread
from tactful.gate.rules._cleared import Cleared
from tactful.gate.rules.case import Case
from tactful.gate.rules.finding import Finding
from tactful.gate.rules.settle import settle
from tactful.gate.rules.table import Plan, plan
from tactful.gate.types import UNKNOWN, Facts, GateRequest, GateSettings, OnRelease, Verdict, VerdictKind
from tactful.kernel.clock import require_aware


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
    return settle(case, asked, found) if found else _clear(request.message_id, case.now, asked)


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


def _clear(message_id: int, now: datetime, asked: Plan) -> Verdict:
    clearance = Cleared(message_id, now, asked.checks, asked.mask)
    # What the type's own constructor does, at a third of its price: nearly every message comes here.
    return tuple.__new__(
        Verdict,
        (VerdictKind.CLEAR, (), clearance, None, (), OnRelease.SEND, None, None, asked.counts_in_caps),
    )
