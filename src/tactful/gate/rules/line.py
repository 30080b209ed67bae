"""Check 1: the touchpoint is structural, or a person writes."""

from tactful.gate.rules.case import Case
from tactful.gate.rules.codes import Code
from tactful.gate.rules.finding import NOTHING, Findings, refuse
from tactful.gate.types import Check
from tactful.touchpoints.types import Line


def find(case: Case) -> Findings:
    line = case.request.line
    if line is Line.STRUCTURAL:
        return NOTHING
    code = Code.LINE_JUDGEMENT if line is Line.JUDGEMENT else Code.LINE_UNDECIDED
    return (refuse(Check.LINE, code),)
