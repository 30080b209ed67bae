"""Which standing orders reach a message: asked by the live gate and by whoever looks at the past."""

from collections.abc import Sequence
from typing import Final

from tactful.gate.types import UNKNOWN, GateRequest, Standing, StandingHoldFact, Unknown
from tactful.touchpoints.types import MessageClass, Purpose

OPTIONAL: Final = "optional"
"""What a client may refuse or pause without refusing us: everything that can wait."""
UNTIL_BACK: Final = "until_back"
"""While a client is away: everything that can wait for the return. Not what they are waiting for
themselves, and no date of theirs that comes before it."""
UNCONFIRMED: Final = "unconfirmed"
"""Somebody wrote an address into a form, and its owner has not said yes: everything, whatever its class."""
QUESTION: Final = "confirmation"
"""What the one message is about that may go then: it asks whether it was them."""
TRIAL: Final = "trial"
"""The trial week: nothing that automation wants to send leaves."""
FIRST: Final = "first"
"""The first of a touchpoint are shown to a person before they go."""
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


def is_last(hold: StandingHoldFact) -> bool:
    """Asked only when nothing else is in the way (``rules.last``)."""
    return hold.topic in (TRIAL, FIRST)


def _touches(row: Standing, request: GateRequest, household_id: int | None) -> bool:
    if row.scope == "everything":
        return True
    if row.scope == "touchpoint":
        return row.scope_id == request.touchpoint_id
    if not _is_of_its_part(row, request):
        return False
    if row.scope == "contact":
        return row.scope_id == request.contact_id
    if row.scope == "household":
        return row.scope_id is not None and row.scope_id == household_id
    return f"{row.scope}:{row.scope_id or row.topic}" in request.topics


def _is_of_its_part(row: Standing, request: GateRequest) -> bool:
    if row.topic == "marketing":
        return request.purpose is Purpose.MARKETING
    if row.topic == UNCONFIRMED:
        return QUESTION not in request.topics
    if row.topic == OPTIONAL:
        return request.message_class in MAY_WAIT
    return row.topic != UNTIL_BACK or _waits_for_return(row, request)


def _waits_for_return(row: Standing, request: GateRequest) -> bool:
    if request.message_class in MAY_WAIT:
        return True
    latest_at, back_at = request.latest_at, row.expires_at
    in_time = latest_at is None or (back_at is not None and back_at < latest_at)
    return request.message_class is not MessageClass.AWAITED and in_time
