"""Segments as they are kept, read into trees. What has been read stays in memory until it changes."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tactful.segments.models import Segment
from tactful.segments.rules.problems import SegmentError
from tactful.segments.rules.reading import read
from tactful.segments.rules.walking import Interest, asks, interest, unfold
from tactful.segments.types import Allowed, Library, Node


@dataclass(frozen=True, slots=True)
class Stored:
    """``tree``: as it was written; ``unfolded``: with every other segment in its place."""

    row: Segment
    tree: Node
    unfolded: Node


def library(allowed: Allowed) -> dict[str, Node]:
    """Every segment's tree by slug; one that can no longer be read is left out."""
    rows = Segment.objects.values_list("slug", "document")
    found = {}
    for slug, document in rows:
        tree = _tree(document, allowed)
        if tree is not None:
            found[slug] = tree
    return found


def stored(row: Segment, allowed: Allowed, known: Library) -> Stored | None:
    """None if it can no longer be read, or asks a segment that is gone."""
    tree = _tree(row.document, allowed)
    if tree is None:
        return None
    try:
        return Stored(row, tree, unfold(tree, known))
    except SegmentError:
        return None


def dependants(slug: str, known: Library) -> frozenset[str]:
    """The segments that speak of this one, directly or through others."""
    found = {slug}
    while True:
        more = {name for name, tree in known.items() if asks(tree) & found} - found
        if not more:
            return frozenset(found - {slug})
        found |= more


def together(parts: Iterable[Stored], allowed: Allowed) -> Interest:
    all_of = [interest(part.unfolded, allowed) for part in parts]
    return Interest(frozenset().union(*(each.facts for each in all_of)), any(each.by_time for each in all_of))


def _tree(document: Any, allowed: Allowed) -> Node | None:
    try:
        return _read(json.dumps(document, sort_keys=True), _Allowed(allowed))
    except SegmentError:
        return None


class _Allowed:
    """Descriptions compared by identity: they are constants of the program."""

    def __init__(self, of: Allowed) -> None:
        self.of = of

    def __hash__(self) -> int:
        return id(self.of)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Allowed) and other.of is self.of


@lru_cache(maxsize=1024)
def _read(document: str, allowed: _Allowed) -> Node:
    return read(json.loads(document), allowed.of)
