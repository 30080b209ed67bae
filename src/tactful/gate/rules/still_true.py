"""Check 4: the sentence that justifies the message still holds."""

from tactful.gate.rules.case import Case
from tactful.gate.rules.codes import Code
from tactful.gate.rules.finding import NOTHING, Findings, refuse, unread
from tactful.gate.types import UNKNOWN, Check

_KNOWN = frozenset(code.value for code in Code if code.value.startswith("condition."))


def find(case: Case) -> Findings:
    condition = case.facts.condition
    if condition is UNKNOWN:
        return (unread(Check.STILL_TRUE, Code.UNKNOWN_CONDITION),)
    if condition.holds:
        return NOTHING
    code = Code(condition.code) if condition.code in _KNOWN else Code.CONDITION_NOT_TRUE
    return (refuse(Check.STILL_TRUE, code, dict(condition.params)),)
