"""Reads: how many, who, why, and the segments themselves."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tactful.segments.hot import asking, members
from tactful.segments.hot.asking import fetch, whole_tables
from tactful.segments.hot.compiling import Compiled
from tactful.segments.hot.histories import histories
from tactful.segments.hot.offers import (
    attribute_names,
    attributes_with_days,
    date_names,
    event_names,
    form_names,
    property_names,
    tags,
)
from tactful.segments.models import Segment, SegmentMember
from tactful.segments.rules.evaluating import Answer, explain
from tactful.segments.rules.walking import unfold
from tactful.segments.rules.writing import document as written
from tactful.segments.stored import dependants, library, stored
from tactful.segments.types import Allowed, Library, Moment, Node

__all__ = [
    "Compiled",
    "Listed",
    "Segment",
    "attribute_names",
    "attributes_with_days",
    "audience",
    "count",
    "date_names",
    "definition",
    "dependants",
    "event_names",
    "fetch",
    "form_names",
    "library",
    "listed",
    "live_members",
    "members_at",
    "property_names",
    "sample",
    "segment",
    "segments_of",
    "tags",
    "tree_of",
    "who",
    "whole_tables",
    "why",
]


@dataclass(frozen=True, slots=True)
class Listed:
    """``size``: how many were in it at ``counted_at``; None if nobody has counted yet."""

    row: Segment
    tree: Node | None
    size: int | None
    counted_at: datetime | None


def segment(slug: str) -> Segment | None:
    return Segment.objects.filter(slug=slug).first()


def tree_of(row: Segment, allowed: Allowed) -> Node | None:
    """The tree as it was written, or None if it can no longer be read."""
    found = stored(row, allowed, library(allowed))
    return None if found is None else found.tree


def listed(allowed: Allowed) -> list[Listed]:
    """All of them by name. Live ones are counted by their stays, the others when they were last counted."""
    rows = list(Segment.objects.order_by("name", "id"))
    known = library(allowed)
    filled = members.counts([row.id for row in rows if row.live_since and row.checked_at])
    return [
        Listed(
            row,
            known.get(row.slug),
            filled.get(row.id, 0) if row.live_since and row.checked_at else row.size,
            row.checked_at if row.live_since and row.checked_at else row.counted_at,
        )
        for row in rows
    ]


def count(tree: Node, allowed: Allowed, moment: Moment, known: Library) -> int:
    """How many clients are in it now. Raises ``SegmentError`` if it asks a segment that is not there."""
    return asking.count(unfold(tree, known), allowed, moment)


def sample(tree: Node, allowed: Allowed, moment: Moment, known: Library, most: int = 8) -> list[int]:
    """A few of them: those known longest."""
    return asking.some(unfold(tree, known), allowed, moment, most)


def who(tree: Node, allowed: Allowed, moment: Moment, known: Library) -> list[int]:
    """All of them, by id. For whoever writes to them: frozen at this moment."""
    return sorted(asking.members(unfold(tree, known), allowed, moment))


def audience(tree: Node, allowed: Allowed, moment: Moment, known: Library) -> Compiled:
    """The condition on ``contact c``, for whoever freezes them all in a statement of their own (``fetch``, in
    ``whole_tables``). Raises ``SegmentError``."""
    return asking.compiled(unfold(tree, known), allowed, moment)


def definition(tree: Node, known: Library) -> dict[str, Any]:
    """As a document, with every other segment in its place: it changes when any of them does."""
    return written(unfold(tree, known))


def why(contact_id: int, tree: Node, allowed: Allowed, moment: Moment, known: Library) -> Answer | None:
    """Each part's answer for one client, with what it rests on. None: there is no such client."""
    history = histories([contact_id], unfold(tree, known), allowed).get(contact_id)
    return None if history is None else explain(tree, history, moment, known)


def members_at(slug: str, ids: Collection[int], at: datetime, known_by: datetime | None = None) -> set[int]:
    """Those of ``ids`` who were in a live segment at a moment, by what had been recorded by ``known_by``."""
    found = SegmentMember.objects.at(at, known_by).filter(segment__slug=slug, contact_id__in=list(ids))
    return set(found.values_list("contact_id", flat=True))


def live_members(slug: str, *, after: int = 0, limit: int) -> list[int] | None:
    """Who is in a live segment, by id, as last looked at. None: it is not live, or nobody has looked."""
    row = segment(slug)
    if row is None or row.live_since is None or row.checked_at is None:
        return None
    found = SegmentMember.objects.filter(segment=row, to_at__isnull=True, contact_id__gt=after)
    return list(found.order_by("contact_id").values_list("contact_id", flat=True)[:limit])


def segments_of(contact_id: int) -> list[tuple[str, str, datetime]]:
    """(slug, name, since) of the live segments that a client is in."""
    rows = SegmentMember.objects.filter(contact_id=contact_id, to_at__isnull=True).order_by("segment__name")
    return [(row.segment.slug, row.segment.name, row.from_at) for row in rows.select_related("segment")]
