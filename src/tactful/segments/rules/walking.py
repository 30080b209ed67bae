"""Through a tree: its leaves, the segments that it asks, what it listens for, and if time alone moves it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tactful.segments.rules.parts import refuse
from tactful.segments.types import (
    DAYS_COUNTED,
    MOST_UNFOLDED,
    AllOf,
    Allowed,
    AnyOf,
    Attribute,
    Belongs,
    Field,
    Happened,
    Leaf,
    Library,
    Node,
    Not,
    Standing,
    Value,
)

ALWAYS_HEARD: Final = frozenset(
    {
        "contact.created",
        "contact.updated",
        "contact.merged",
        "contact.unmerged",
        "contact.identity_added",
        "contact.tag_set",
        "contact.tag_cleared",
        "basis.recorded",
        "basis.withdrawn",
    }
)
"""Facts about the client as such: every segment hears them."""


def leaves(node: Node) -> Iterator[Leaf]:
    """In the order of the document; other segments stay closed."""
    if isinstance(node, AllOf | AnyOf):
        for part in node.of:
            yield from leaves(part)
    elif isinstance(node, Not):
        yield from leaves(node.of)
    else:
        yield node


def unfold(node: Node, library: Library) -> Node:
    """The tree with every other segment put in its place. Raises ``SegmentError`` for one that is not there,
    for a circle, and for more leaves than a question may have."""
    unfolded = _unfolded(node, library, ())
    if sum(1 for _ in leaves(unfolded)) > MOST_UNFOLDED:
        refuse("many", "where", most=MOST_UNFOLDED)
    return unfolded


def _unfolded(node: Node, library: Library, way: tuple[str, ...]) -> Node:
    if isinstance(node, AllOf):
        return AllOf(tuple(_unfolded(part, library, way) for part in node.of))
    if isinstance(node, AnyOf):
        return AnyOf(tuple(_unfolded(part, library, way) for part in node.of))
    if isinstance(node, Not):
        return Not(_unfolded(node.of, library, way))
    if not isinstance(node, Belongs):
        return node
    if node.segment in way:
        refuse("circle", "where", way=" → ".join((*way, node.segment)))
    if node.segment not in library or len(way) > MOST_UNFOLDED:
        refuse("no_segment", "where", name=node.segment)
    return _unfolded(library[node.segment], library, (*way, node.segment))


def asks(node: Node) -> frozenset[str]:
    """The segments that it speaks of itself."""
    return frozenset(leaf.segment for leaf in leaves(node) if isinstance(leaf, Belongs))


@dataclass(frozen=True, slots=True)
class Interest:
    """``facts``: names of facts after which the answer may be another. ``by_time``: it may change although
    nothing happens."""

    facts: frozenset[str]
    by_time: bool


def interest(node: Node, allowed: Allowed) -> Interest:
    """Of an unfolded tree."""
    heard: set[str] = set()
    by_time = False
    for leaf in leaves(node):
        if isinstance(leaf, Happened):
            heard.add(leaf.event)
            if leaf.then is not None:
                heard.add(leaf.then.event)
                by_time = by_time or leaf.then.never
            by_time = by_time or leaf.window.last_days is not None
        elif isinstance(leaf, Standing):
            heard |= allowed.spells[leaf.kind].woken_by
        elif isinstance(leaf, Value):
            heard |= allowed.values[leaf.kind].woken_by
            by_time = by_time or bool(allowed.values[leaf.kind].since)
        by_time = by_time or (isinstance(leaf, Field | Attribute | Value) and leaf.test.op in DAYS_COUNTED)
    return Interest(frozenset(heard), by_time)
