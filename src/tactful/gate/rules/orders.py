"""Which standing orders reach a message: asked by the live gate and by whoever looks at the past."""

from collections.abc import Sequence
from typing import Final

from tactful.gate.types import UNKNOWN, GateRequest, Standing, StandingHoldFact, Unknown
from tactful.touchpoints.types import MessageClass, Purpose

OPTIONAL: Final = "optional"
"""What a client may refuse or pause without refusing us: everything that can wait."""
MAY_WAIT: Final = frozenset({MessageClass.RELATIONSHIP, MessageClass.MARKETING})


def orders_on(
    request: GateRequest, orders: Sequence[Standing], *, placed: bool, household_id: int | None
) -> tuple[StandingHoldFact, ...] | Unknown:
    """``placed``: whether it is known where the client belongs; without that no order can be ruled out."""
    if not orders:
        return ()
    if not placed:
        return UNKNOWN
    return tuple(
        StandingHoldFact(
            row.ref, row.scope, row.reason, row.owner_id, row.expires_at, row.on_release, row.topic
        )
        for row in orders
        if _touches(row, request, household_id)
    )


def _touches(row: Standing, request: GateRequest, household_id: int | None) -> bool:
    if row.scope == "everything":
        return True
    if row.topic == "marketing" and request.purpose is not Purpose.MARKETING:
        return False
    if row.topic == OPTIONAL and request.message_class not in MAY_WAIT:
        return False
    if row.scope == "contact":
        return row.scope_id == request.contact_id
    if row.scope == "household":
        return row.scope_id is not None and row.scope_id == household_id
    return f"{row.scope}:{row.scope_id or row.topic}" in request.topics
