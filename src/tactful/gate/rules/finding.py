"""What one check has to say against a message."""

from dataclasses import dataclass
from datetime import datetime

from tactful.gate.rules.codes import Code, Wake
from tactful.gate.types import Check, OnRelease, Reason, VerdictKind


@dataclass(frozen=True, slots=True)
class Finding:
    """One obstacle. ``until``: when time alone ends it, or with ``wake_on`` its expiry. A hold with
    ``wake_on`` and no ``until`` asks its owner after the house's usual patience."""

    kind: VerdictKind
    reason: Reason
    until: datetime | None = None
    wake_on: Wake | None = None
    on_release: OnRelease = OnRelease.SEND


Findings = tuple[Finding, ...]
NOTHING: Findings = ()


def refuse(check: Check, code: Code, params: dict[str, str | int] | None = None) -> Finding:
    return Finding(VerdictKind.REFUSE, Reason(check, code, params or {}))


def wait(check: Check, code: Code, until: datetime, params: dict[str, str | int] | None = None) -> Finding:
    """A hold that time alone ends."""
    return Finding(VerdictKind.HOLD, Reason(check, code, params or {}), until)


def unread(check: Check, code: Code) -> Finding:
    """A fact that could not be read: it never clears and destroys nothing."""
    return Finding(VerdictKind.RETRY, Reason(check, code))
