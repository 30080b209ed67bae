"""Check 7: we owe the client nothing overdue before we chase them."""

from tactful.gate.rules.case import Case
from tactful.gate.rules.codes import ENDED_BY, Code
from tactful.gate.rules.finding import NOTHING, Finding, Findings, unread
from tactful.gate.types import UNKNOWN, Check, DebtFact, OnRelease, Reason, VerdictKind

_KINDS = {
    "answer": Code.DEBT_ANSWER,
    "promise": Code.DEBT_PROMISE,
    "deliverable": Code.DEBT_DELIVERABLE,
}


def find(case: Case) -> Findings:
    """A debt that waits on the client does not count: else nobody could ask for what it waits for."""
    debts = case.facts.debts
    if debts is UNKNOWN:
        return (unread(Check.CLEAN_HANDS, Code.UNKNOWN_DEBTS),)
    if not debts:
        return NOTHING
    return tuple(_hold(debt) for debt in debts if debt.due_at < case.now and not debt.waits_on_client)


def _hold(debt: DebtFact) -> Finding:
    params: dict[str, str | int] = {"due_at": debt.due_at.isoformat(), "ref": debt.ref}
    code = _KINDS.get(debt.kind, Code.DEBT_OTHER)
    reason = Reason(Check.CLEAN_HANDS, code, params, debt.owner_id)
    return Finding(VerdictKind.HOLD, reason, None, ENDED_BY[code], OnRelease.RECOMPUTE)
