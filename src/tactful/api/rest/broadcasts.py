"""Broadcasts: which there are, what became of everybody, a draft, and the wish that a person reads it.

Nothing here lets one go: that takes a named person, who reads exactly these words (docs/broadcasts.md).
"""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from tactful.api.rest.contacts import audit
from tactful.api.rest.paging import after_id, paged, the
from tactful.api.rest.problems import Problem
from tactful.api.rest.scopes import Key, Scope
from tactful.api.rest.shapes import USUALLY, Id, Limit, Line, Page
from tactful.api.rest.shapes_broadcasts import (
    AccountOut,
    BroadcastIn,
    BroadcastOut,
    OneBroadcast,
    VariantOut,
    WordsOut,
)
from tactful.broadcasts import actions, queries
from tactful.broadcasts.queries import Broadcast
from tactful.broadcasts.types import BroadcastRefused, Plan
from tactful.foundation.clock import business_now
from tactful.wiring.broadcasts import house_at

router = Router(tags=["Broadcasts"])
READ, WRITE = Key(Scope.READ_BROADCASTS), Key(Scope.DRAFT_BROADCASTS)


@router.get("", response=Page[BroadcastOut], auth=READ, operation_id="list_broadcasts")
def list_broadcasts(request: HttpRequest, cursor: Line | None = None, limit: Limit = USUALLY) -> object:
    """The newest first."""
    rows = queries.listed(after_id(cursor), limit + 1)
    return paged(rows, limit, lambda row: [row.id], _shown)


@router.get("/{broadcast_id}", response=OneBroadcast, auth=READ, operation_id="get_broadcast")
def get_broadcast(request: HttpRequest, broadcast_id: Id) -> object:
    """With its words, and what became of each client of its audience: `counts` add up to `audience`."""
    return _whole(_known(broadcast_id))


@router.post("", response={201: OneBroadcast}, auth=WRITE, operation_id="draft_broadcast")
def draft_broadcast(request: HttpRequest, new: BroadcastIn) -> object:
    """A draft, as unfinished as you like. A person reads it, changes it, and sends it or not."""
    now = business_now()
    try:
        row = actions.create(plan=new.plan(), acting_user=None, now=now)
    except BroadcastRefused as refused:
        raise Problem(422, str(refused)) from refused
    audit(request, "broadcast.created", f"broadcast:{row.id}", now)
    return 201, _whole(row)


@router.put("/{broadcast_id}", response=OneBroadcast, auth=WRITE, operation_id="redraft_broadcast")
def redraft_broadcast(request: HttpRequest, broadcast_id: Id, new: BroadcastIn) -> object:
    """A draft that a program made is written anew, as long as no person has taken it in hand."""
    row, now = _known(broadcast_id), business_now()
    try:
        row = actions.edit(broadcast_id=row.id, plan=new.plan(), acting_user=None, now=now)
    except BroadcastRefused as refused:
        raise Problem(422, str(refused)) from refused
    audit(request, "broadcast.edited", f"broadcast:{row.id}", now)
    return _whole(row)


@router.post("/{broadcast_id}/proposals", response=OneBroadcast, auth=WRITE, operation_id="propose_broadcast")
def propose_broadcast(request: HttpRequest, broadcast_id: Id) -> object:
    """Ask people to read a draft that a program made. It goes when one of them says yes to exactly these
    words; a key cannot. What is still missing is said."""
    row, now = _known(broadcast_id), business_now()
    try:
        row = actions.ask_approval(broadcast_id=row.id, house=house_at(now), acting_user=None)
    except BroadcastRefused as refused:
        raise Problem(422, str(refused)) from refused
    audit(request, "broadcast.approval_asked", f"broadcast:{row.id}", now)
    return _whole(row)


def _known(broadcast_id: str) -> Broadcast:
    return the(broadcast_id, queries.broadcast)


def _shown(row: Broadcast) -> BroadcastOut:
    return BroadcastOut(**_about(row, queries.plan_of(row)))


def _about(row: Broadcast, plan: Plan) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "name": row.name,
        "state": row.state,
        "segment": plan.segment,
        "touchpoint": plan.touchpoint,
        "created_at": row.created_at,
        "begins_at": row.begins_at,
        "began_at": row.began_at,
        "ended_at": row.ended_at,
        "approved_by": str(row.approved_by) if row.approved_by else None,
        "size": row.size,
    }


def _whole(row: Broadcast) -> OneBroadcast:
    plan, account = queries.plan_of(row), queries.account_of(row)
    return OneBroadcast(
        **_about(row, plan),
        variants=[
            VariantOut(
                weight=each.weight,
                words={code: WordsOut.of(words) for code, words in each.words.items()},
            )
            for each in plan.variants
        ],
        account=AccountOut(
            audience=account.audience,
            counts={str(standing): count for standing, count in account.counts.items()},
            reasons={str(standing): dict(found) for standing, found in account.reasons.items() if found},
        ),
    )
