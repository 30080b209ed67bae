"""Check 2: the address can be used. Only a provider that is down holds; all else refuses."""

from datetime import timedelta

from tactful.gate.rules.case import Case
from tactful.gate.rules.codes import ENDED_BY, Code
from tactful.gate.rules.finding import NOTHING, Finding, Findings, refuse, unread
from tactful.gate.types import UNKNOWN, AddressState, Check, Reason, VerdictKind

LOOK_AGAIN = timedelta(minutes=15)  # in case nobody tells us that the provider is back

_REFUSES = {
    AddressState.MISSING: Code.ADDRESS_MISSING,
    AddressState.BOUNCED: Code.ADDRESS_BOUNCED,
    AddressState.SUPPRESSED: Code.ADDRESS_SUPPRESSED,
    AddressState.CHANNEL_OFF: Code.ADDRESS_CHANNEL_OFF,
}


def find(case: Case) -> Findings:
    state = case.facts.address
    if state is AddressState.USABLE:
        return NOTHING
    if state is UNKNOWN:
        return (unread(Check.ADDRESS, Code.UNKNOWN_ADDRESS),)
    if state is AddressState.PROVIDER_DOWN:
        reason = Reason(Check.ADDRESS, Code.ADDRESS_PROVIDER_DOWN)
        return (Finding(VerdictKind.HOLD, reason, case.now + LOOK_AGAIN, ENDED_BY[reason.code]),)
    return (refuse(Check.ADDRESS, _REFUSES[state]),)
