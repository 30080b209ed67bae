"""A message in the hands of a worker, from the claim to its outcome."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tactful.channels.types import Channel
from tactful.delivery.rules.lanes import must_arrive
from tactful.delivery.types import DueMessage
from tactful.gate.types import Author, Check, GateRequest
from tactful.touchpoints.types import Line, MessageClass, Purpose

_AUTHOR = {str(author): author for author in Author}
_LINE = {str(line): line for line in Line}
_CLASS = {str(kind): kind for kind in MessageClass}
_PURPOSE = {str(purpose): purpose for purpose in Purpose}
_CHANNEL = {str(channel): channel for channel in Channel}
_CHECK = {str(check): check for check in Check}
_NOTHING: frozenset[Any] = frozenset()
_EMPTY: dict[str, Any] = {}


@dataclass(slots=True)
class Item:
    """``account_id``: where it goes out. ``attempt``: the fencing token once it is claimed."""

    id: int
    contact_id: int
    due: DueMessage
    lane: int
    account_id: int
    not_before: datetime
    attempt: int
    tries: int
    misses: int
    resent: bool
    touchpoint_rev: int | None
    approved_hash: bytes | None
    cap_day: date | None
    cap_scopes: list[int | None] | None
    wake_on: list[str] | None
    template_version: int | None
    address: str
    fixed: dict[str, Any] | None
    body_hash: bytes | None
    first_handoff_at: datetime | None
    may_merge: bool
    subject: str
    body: str
    in_reply_to: str
    references: str
    is_auto_reply: bool
    key_id: int
    must_arrive: bool
    due_at: datetime
    clearance: int = 0
    """Bit mask of the checks that were asked, once it is cleared."""


def item_of(row: tuple[Any, ...], default_account: int, now: datetime) -> Item:
    """From a row of ``hot.claim.FIELDS``. A claim makes a thousand of them, so the tuples are made the short
    way, which gives the same as their types' own."""
    (
        ident, contact_id, lane, account_id, author, line, touchpoint_rev, not_before,
        attempt, tries, misses, resent, approved_by, approved_hash, late_decided_by, cap_day,
        cap_scopes, held_since, wake_on, template_version, address, fixed, body_hash,
        first_handoff_at, channel, touchpoint_id, message_class, purpose, cause_kind, cause_id,
        cause_visit, may_merge, latest_at, due_at, condition, topics, allow, template,
        language, variables, subject, body, in_reply_to, references, is_auto_reply, key_id, seen_by,
    ) = row  # fmt: skip
    account = account_id or default_account
    # A provider that was away is no reason to ask a person: the first attempt was in time.
    since = now if first_handoff_at is not None else max(due_at, not_before)
    request = _tuple(GateRequest, (
        ident, contact_id, _AUTHOR[author], _LINE[line], _CLASS[message_class], _PURPOSE[purpose],
        _CHANNEL[channel], since, latest_at, frozenset(map(_CHECK.__getitem__, allow)) if allow else _NOTHING,
        frozenset(topics) if topics else _NOTHING, is_auto_reply, approved_by, late_decided_by is not None,
        held_since, touchpoint_id, seen_by is not None,
    ))  # fmt: skip
    due = _tuple(DueMessage, (
        ident, contact_id, request, _EMPTY if condition == "{}" else _decode(condition)[0], cause_kind,
        cause_id, cause_visit, touchpoint_id, account, template, language,
        _EMPTY if variables == "{}" else _decode(variables)[0],
    ))  # fmt: skip
    return Item(
        ident, contact_id, due, lane, account, not_before, attempt, tries, misses, resent, touchpoint_rev,
        approved_hash, cap_day, cap_scopes, wake_on, template_version, address,
        None if fixed is None else json.loads(fixed), body_hash, first_handoff_at, may_merge, subject, body,
        in_reply_to, references, is_auto_reply, key_id, must_arrive(message_class), due_at,
    )  # fmt: skip


_tuple = tuple.__new__
# What PostgreSQL writes as JSON has no blanks around it, so that the quick way will do.
_decode = json.JSONDecoder().raw_decode
