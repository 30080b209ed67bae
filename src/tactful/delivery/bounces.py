"""A mail that came back, as a fact for those who keep the suppressions."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tactful.events import queries as events
from tactful.events.types import NewFact

NAME = "message.bounced"
SUPPRESS = {"hard": "hard_bounce", "complaint": "complaint"}
SOFT_LIMIT = 3
SOFT_DAYS = timedelta(days=30)


def bounced(data: Mapping[str, Any], kind: str, contact_id: int, now: datetime) -> NewFact:
    """``kind``: hard, soft, complaint, other. ``reason`` is given where the address must rest: a full
    mailbox only at the third time in thirty days."""
    body = {**data, "kind": kind}
    reason = SUPPRESS.get(kind, "")
    if kind == "soft" and _soft_before(contact_id, now) + 1 >= SOFT_LIMIT:
        reason = "mailbox_full"
    return NewFact(NAME, contact_id, body | {"reason": reason} if reason else body)


def _soft_before(contact_id: int, now: datetime) -> int:
    return events.count_since(contact_id, NAME, now - SOFT_DAYS, kind="soft")
