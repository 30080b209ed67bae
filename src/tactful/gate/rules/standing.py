"""Orders to keep quiet. They stand with check 6, for a person has taken over; but an order holds
every automated message, whatever its class and its allow-list."""

from datetime import datetime

from tactful.gate.rules.case import Case
from tactful.gate.rules.codes import ENDED_BY, Code
from tactful.gate.rules.finding import NOTHING, Finding, Findings, unread
from tactful.gate.rules.orders import is_last
from tactful.gate.types import UNKNOWN, Check, OnRelease, Reason, StandingHoldFact, VerdictKind

_SCOPES = {
    "everything": Code.STANDING_EVERYTHING,
    "contact": Code.STANDING_CONTACT,
    "household": Code.STANDING_HOUSEHOLD,
    "engagement": Code.STANDING_ENGAGEMENT,
    "topic": Code.STANDING_TOPIC,
}
_PARTS = {
    "marketing": Code.STANDING_CONTACT_NEWS,
    "optional": Code.STANDING_CONTACT_OPTIONAL,
    "until_back": Code.STANDING_CONTACT_AWAY,
    "unconfirmed": Code.STANDING_CONTACT,
}
_RELEASES = {release.value: release for release in OnRelease}


def find(case: Case) -> Findings:
    holds = case.facts.standing
    if holds is UNKNOWN:
        return (unread(Check.NOBODY_TALKING, Code.UNKNOWN_STANDING),)
    if not holds and not case.settings.everything_held:
        return NOTHING
    running = (hold for hold in holds if runs(hold, case.now) and not is_last(hold))
    return (_everything() if case.settings.everything_held else NOTHING) + tuple(map(_hold, running))


def runs(hold: StandingHoldFact, now: datetime) -> bool:
    return hold.expires_at is None or now < hold.expires_at


def _everything() -> Findings:
    reason = Reason(Check.NOBODY_TALKING, Code.STANDING_EVERYTHING)
    return (Finding(VerdictKind.HOLD, reason, None, ENDED_BY[reason.code], OnRelease.RECOMPUTE),)


def _hold(hold: StandingHoldFact) -> Finding:
    code = _code(hold)
    params: dict[str, str | int] = {"ref": hold.ref, "reason": hold.reason}
    reason = Reason(Check.NOBODY_TALKING, code, params, hold.owner_id)
    release = _RELEASES.get(hold.on_release, OnRelease.ASK)
    return Finding(VerdictKind.HOLD, reason, hold.expires_at, ENDED_BY[code], release)


def _code(hold: StandingHoldFact) -> Code:
    """An order for a part of what we write says of which part it speaks."""
    whole = _SCOPES.get(hold.scope, Code.STANDING_OTHER)
    if not hold.topic or hold.scope in ("engagement", "topic", "everything"):
        return whole
    return _PARTS.get(hold.topic, Code.STANDING_OTHER) if hold.scope == "contact" else Code.STANDING_OTHER
