"""Check 3: why we may write at all."""

from tactful.gate.rules.case import Case
from tactful.gate.rules.codes import Code
from tactful.gate.rules.finding import NOTHING, Findings, refuse, unread
from tactful.gate.types import UNKNOWN, BasisKind, Check, GateRequest
from tactful.touchpoints.types import MessageClass, Purpose

_FOR_MARKETING = frozenset({BasisKind.CONSENT, BasisKind.EXISTING_CUSTOMER})


def is_marketing(request: GateRequest) -> bool:
    return request.purpose is Purpose.MARKETING or request.message_class is MessageClass.MARKETING


def objections(case: Case) -> Findings:
    """Objection, withdrawal and restriction refuse whoever writes, a person included."""
    basis = case.facts.basis
    if basis is UNKNOWN:
        return (unread(Check.BASIS, Code.UNKNOWN_BASIS),)
    if not (basis.objected or basis.withdrawn or basis.restricted):
        return NOTHING
    against = (
        (basis.objected, Code.BASIS_OBJECTED),
        (basis.withdrawn, Code.BASIS_WITHDRAWN),
        (basis.restricted, Code.BASIS_RESTRICTED),
    )
    return tuple(refuse(Check.BASIS, code) for stands, code in against if stands)


def ground(case: Case) -> Findings:
    """There is a basis for this purpose and channel; a contract alone carries no marketing (R67)."""
    basis = case.facts.basis
    if basis is UNKNOWN:
        return NOTHING  # ``objections`` has said so
    if basis.kind is BasisKind.NONE:
        return (refuse(Check.BASIS, Code.BASIS_NONE),)
    if basis.kind not in _FOR_MARKETING and is_marketing(case.request):
        return (refuse(Check.BASIS, Code.BASIS_NOT_FOR_MARKETING),)
    return NOTHING
