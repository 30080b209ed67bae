"""Check 12: bereavement, and occasions that the client does not want to be reminded of."""

from tactful.gate.rules.basis import is_marketing
from tactful.gate.rules.case import Case
from tactful.gate.rules.codes import Code
from tactful.gate.rules.finding import NOTHING, Findings, refuse, unread
from tactful.gate.types import UNKNOWN, Check
from tactful.touchpoints.types import MessageClass


def find(case: Case) -> Findings:
    """Refuses what we would like to say, never what the client waits for or must not miss."""
    fact = case.facts.sensitive
    if fact is UNKNOWN:
        return (unread(Check.SENSITIVE_DATES, Code.UNKNOWN_SENSITIVE),)
    if not (fact.bereaved or fact.occasion_opted_out):
        return NOTHING
    if case.request.message_class is not MessageClass.RELATIONSHIP and not is_marketing(case.request):
        return NOTHING
    against = (
        (fact.bereaved, Code.SENSITIVE_BEREAVED),
        (fact.occasion_opted_out, Code.SENSITIVE_OCCASION),
    )
    return tuple(refuse(Check.SENSITIVE_DATES, code) for stands, code in against if stands)
