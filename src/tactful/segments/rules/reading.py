"""From a document to a tree. Whatever is not on the lists is refused with a sentence.

The published ``schema.json`` says the same for others; a test keeps the two together.
"""

from collections.abc import Callable, Mapping
from typing import Any

from tactful.segments.rules.fields import CONTACT_FIELDS
from tactful.segments.rules.parts import Doc, day, group, only, parts, question, refuse, text, whole, word
from tactful.segments.types import (
    DATES,
    DAYS_COUNTED,
    FORMAT,
    MOST_DAYS,
    MOST_DEPTH,
    MOST_LEAVES,
    AllOf,
    Allowed,
    AnyOf,
    Attribute,
    Belongs,
    Column,
    Field,
    Happened,
    Node,
    Not,
    Property,
    SpellLeaf,
    Standing,
    Then,
    Times,
    Value,
    Window,
)

MOST_TIMES = 100_000
MOST_PROPERTIES = 10
HOW = ("at_least", "at_most", "exactly")
_GROUPS = ("all", "any", "not")
_OWN = ("field", "attribute", "event", "segment")
_HAPPENED = frozenset({"event", "times", "in_last_days", "between", "where", "then", "then_not"})


def read(doc: Any, allowed: Allowed) -> Node:
    """The tree of a whole document. Raises ``SegmentError``."""
    outer = group(doc, "")
    only(outer, {"format", "where"}, "")
    if outer.get("format") != FORMAT:
        refuse("format", "format", format=FORMAT)
    if "where" not in outer:
        refuse("empty", "where")
    return node_of(outer["where"], allowed)


def node_of(doc: Any, allowed: Allowed) -> Node:
    """The tree of a part. Raises ``SegmentError``."""
    reader = _Reader(allowed)
    node = reader.node(doc, "where", 1)
    if reader.leaves > MOST_LEAVES:
        refuse("many", "where", most=MOST_LEAVES)
    return node


class _Reader:
    def __init__(self, allowed: Allowed) -> None:
        self.leaves = 0
        self._allowed = allowed

    def node(self, doc: Any, path: str, depth: int) -> Node:
        found = group(doc, path)
        head = self._head(found, path)
        if head not in _GROUPS:
            self.leaves += 1
            return self._leaf(found, head, path)
        if depth > MOST_DEPTH:
            refuse("deep", path, most=MOST_DEPTH)
        only(found, {head}, path)
        if head == "not":
            return Not(self.node(found["not"], f"{path}.not", depth + 1))
        inner = parts(found[head], f"{path}.{head}", MOST_LEAVES)
        of = tuple(self.node(part, f"{path}.{head}[{n}]", depth + 1) for n, part in enumerate(inner))
        return AllOf(of) if head == "all" else AnyOf(of)

    def _head(self, doc: Doc, path: str) -> str:
        heads = (*_GROUPS, *_OWN, *self._allowed.spells, *self._allowed.values)
        for name in heads:
            if name in doc:
                return name
        return refuse("kind", path, name=next(iter(doc), "")[:60], allowed=", ".join(heads))

    def _leaf(self, doc: Doc, head: str, path: str) -> Node:
        if head in _LEAVES:
            return _LEAVES[head](doc, path)
        if head in self._allowed.spells:
            return _standing(doc, self._allowed.spells[head], path)
        return Value(head, text(doc[head], f"{path}.{head}"), question(doc, path, {head}))


def _field(doc: Doc, path: str) -> Field:
    name = word(doc["field"], f"{path}.field", tuple(CONTACT_FIELDS))
    test = question(doc, path, {"field"})
    if CONTACT_FIELDS[name].kind == "moment" and test.op not in DATES | DAYS_COUNTED:
        refuse("only_dates", path)
    return Field(name, test)


def _attribute(doc: Doc, path: str) -> Attribute:
    return Attribute(text(doc["attribute"], f"{path}.attribute"), question(doc, path, {"attribute"}))


def _happened(doc: Doc, path: str) -> Happened:
    only(doc, _HAPPENED, path)
    if "then" in doc and "then_not" in doc:
        refuse("unknown", path, name="then_not")
    return Happened(
        text(doc["event"], f"{path}.event"),
        _times(doc["times"], f"{path}.times") if "times" in doc else Times(),
        _window(doc, path),
        _where(doc.get("where"), f"{path}.where"),
        _then(doc, path),
    )


def _times(doc: Any, path: str) -> Times:
    found = group(doc, path)
    if len(found) != 1:
        refuse("one_question", path, allowed=", ".join(HOW))
    how = word(next(iter(found)), path, HOW)
    return Times(how, whole(found[how], f"{path}.{how}", 1 if how == "at_least" else 0, MOST_TIMES))


def _window(doc: Doc, path: str) -> Window:
    if "in_last_days" in doc and "between" in doc:
        refuse("one_window", path)
    if "in_last_days" in doc:
        return Window(last_days=whole(doc["in_last_days"], f"{path}.in_last_days", 1, MOST_DAYS))
    if "between" not in doc:
        return Window()
    here = f"{path}.between"
    both = parts(doc["between"], here, 2)
    if len(both) != 2:
        refuse("missing", here, name="2")
    first, last = (day(each, here) for each in both)
    if first > last:
        refuse("order", here)
    return Window(between=(first, last))


def _where(doc: Any, path: str) -> tuple[Property, ...]:
    if doc is None:
        return ()
    found = []
    for n, each in enumerate(parts(doc, path, MOST_PROPERTIES)):
        here = f"{path}[{n}]"
        part = group(each, here)
        name = text(part.get("property"), f"{here}.property")
        found.append(Property(name, question(part, here, {"property"})))
    return tuple(found)


def _then(doc: Doc, path: str) -> Then | None:
    name = "then" if "then" in doc else "then_not"
    if name not in doc:
        return None
    here = f"{path}.{name}"
    found = group(doc[name], here)
    only(found, {"event", "within_days", "where"}, here)
    return Then(
        text(found.get("event"), f"{here}.event"),
        whole(found.get("within_days"), f"{here}.within_days", 1, MOST_DAYS),
        name == "then_not",
        _where(found.get("where"), f"{here}.where"),
    )


def _standing(doc: Doc, leaf: SpellLeaf, path: str) -> Standing:
    names = [leaf.main, *(name for name in leaf.fields if name != leaf.main)]
    words = {leaf.main: leaf.kind} | {name: name for name in names[1:]}
    only(doc, {*words.values(), "state"}, path)
    fields = tuple(
        (name, _asked(doc[words[name]], leaf.fields[name], f"{path}.{words[name]}"))
        for name in names
        if words[name] in doc
    )
    state = word(doc.get("state", leaf.states[0]), f"{path}.state", leaf.states)
    return Standing(leaf.kind, fields, state)


def _asked(value: Any, column: Column, path: str) -> str:
    return word(value, path, tuple(column.values)) if column.values else text(value, path)


def _belongs(doc: Doc, path: str) -> Belongs:
    only(doc, {"segment"}, path)
    return Belongs(text(doc["segment"], f"{path}.segment", most=60))


_LEAVES: Mapping[str, Callable[[Doc, str], Node]] = {
    "field": _field,
    "attribute": _attribute,
    "event": _happened,
    "segment": _belongs,
}
