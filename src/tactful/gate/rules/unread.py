"""A field that is UNKNOWN never clears automation, whether or not its check is asked."""

from tactful.gate.rules.case import Case, place_of
from tactful.gate.rules.codes import Code
from tactful.gate.rules.finding import NOTHING, Finding, Findings, unread
from tactful.gate.types import UNKNOWN, Check, Facts


def all_read(facts: Facts) -> bool:
    return not (
        facts.address is UNKNOWN
        or facts.basis is UNKNOWN
        or facts.condition is UNKNOWN
        or facts.talks is UNKNOWN
        or facts.debts is UNKNOWN
        or facts.moods is UNKNOWN
        or facts.caps is UNKNOWN
        or facts.channel is UNKNOWN
        or facts.sensitive is UNKNOWN
        or facts.standing is UNKNOWN
        or place_of(facts) is None
    )


def beside(case: Case, found: list[Finding]) -> Findings:
    """The fields that could not be read and that no check has named."""
    if all_read(case.facts):
        return NOTHING
    named = {finding.reason.code for finding in found}
    return tuple(unread(check, code) for check, code in _unread_fields(case.facts) if code not in named)


def _unread_fields(facts: Facts) -> list[tuple[Check, Code]]:
    fields = (
        (facts.address, Check.ADDRESS, Code.UNKNOWN_ADDRESS),
        (facts.basis, Check.BASIS, Code.UNKNOWN_BASIS),
        (facts.condition, Check.STILL_TRUE, Code.UNKNOWN_CONDITION),
        (facts.talks, Check.NOBODY_TALKING, Code.UNKNOWN_TALKS),
        (facts.standing, Check.NOBODY_TALKING, Code.UNKNOWN_STANDING),
        (facts.debts, Check.CLEAN_HANDS, Code.UNKNOWN_DEBTS),
        (facts.moods, Check.MOOD, Code.UNKNOWN_MOODS),
        (place_of(facts) or UNKNOWN, Check.QUIET_HOURS, Code.UNKNOWN_PLACE),
        (facts.caps, Check.FREQUENCY, Code.UNKNOWN_CAPS),
        (facts.channel, Check.CHANNEL_RULES, Code.UNKNOWN_CHANNEL),
        (facts.sensitive, Check.SENSITIVE_DATES, Code.UNKNOWN_SENSITIVE),
    )
    return [(check, code) for fact, check, code in fields if fact is UNKNOWN]
