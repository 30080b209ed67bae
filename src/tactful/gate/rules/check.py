"""The gate: may this message go out now?"""

from datetime import datetime

from tactful.gate.rules import unread
from tactful.gate.rules._cleared import Cleared
from tactful.gate.rules.case import Case
from tactful.gate.rules.finding import Finding
from tactful.gate.rules.settle import settle
from tactful.gate.rules.table import plan
from tactful.gate.types import Facts, GateRequest, GateSettings, Verdict, VerdictKind
from tactful.kernel.clock import require_aware


def check(request: GateRequest, facts: Facts, settings: GateSettings, now: datetime) -> Verdict:
    """Clear, hold until, refuse, or try again: DESIGN section 6. Pure; ``now`` is an aware moment.

    Only this function makes a ``Clearance``. Share ``settings`` and ``PlaceFact`` objects between
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
    clearance = Cleared(request.message_id, case.now, asked.checks, asked.mask)
    return Verdict(VerdictKind.CLEAR, clearance=clearance, counts_in_caps=asked.counts_in_caps)
