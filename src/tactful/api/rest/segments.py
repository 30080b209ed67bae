"""Segments: which there are, who is in one, and why somebody is or is not."""

from bisect import bisect_right

from django.http import HttpRequest
from ninja import Router

from tactful.api.rest.contacts import known_id
from tactful.api.rest.paging import after_id, paged
from tactful.api.rest.problems import Problem, not_found
from tactful.api.rest.scopes import Key, Scope
from tactful.api.rest.shapes import USUALLY, Id, Limit, Line, Member, Membership, Page, SegmentOut, Why
from tactful.foundation.clock import business_now
from tactful.segments import queries
from tactful.segments.queries import Listed
from tactful.segments.sentences import reasons, sentence
from tactful.segments.types import Library, Node
from tactful.wiring.segments import ALLOWED, moment_at

router = Router(tags=["Segments"])
READ = Key(Scope.READ_SEGMENTS)


@router.get("", response=list[SegmentOut], auth=READ, operation_id="list_segments")
def list_segments(request: HttpRequest) -> object:
    return [_segment(each) for each in queries.listed(ALLOWED)]


@router.get("/{slug}/members", response=Page[Member], auth=READ, operation_id="list_members")
def list_members(
    request: HttpRequest, slug: Line, cursor: Line | None = None, limit: Limit = USUALLY
) -> object:
    """Who is in it now, those known longest first. One that is kept up to date says who was in it when it was
    last looked at; any other is asked anew for each page."""
    tree, known = _asked(slug)
    after = after_id(cursor) or 0
    ids = queries.live_members(slug, after=after, limit=limit + 1)
    if ids is None:
        everybody = queries.who(tree, ALLOWED, moment_at(business_now()), known)
        start = bisect_right(everybody, after)
        ids = everybody[start : start + limit + 1]
    return paged(ids, limit, lambda ident: [ident], lambda ident: Member(contact_id=str(ident)))


@router.get("/{slug}/members/{contact_id}", response=Membership, auth=READ, operation_id="get_membership")
def get_membership(request: HttpRequest, slug: Line, contact_id: Id) -> object:
    """Whether a client is in it at this moment, and why."""
    tree, known = _asked(slug)
    answer = queries.why(known_id(contact_id), tree, ALLOWED, moment_at(business_now()), known)
    if answer is None:
        raise not_found()
    lines = [
        Why(depth=each.depth, condition=each.text, holds=each.holds, evidence=each.evidence)
        for each in reasons(answer)
    ]
    return Membership(member=answer.holds, reasons=lines)


def _asked(slug: str) -> tuple[Node, Library]:
    row = queries.segment(slug)
    if row is None:
        raise not_found()
    known = queries.library(ALLOWED)
    tree = queries.tree_of(row, ALLOWED)
    if tree is None:
        raise Problem(422, f"“{slug}” asks for something that is no longer there. Open it and mend it.")
    return tree, known


def _segment(each: Listed) -> SegmentOut:
    return SegmentOut(
        slug=each.row.slug,
        name=each.row.name,
        sentence=sentence(each.tree) if each.tree else "",
        live=each.row.live_since is not None,
        size=each.size,
        counted_at=each.counted_at,
    )
