"""Conditions evaluated in Python: the tree becomes closures once per version.

A compiled condition says which facts it wants (``keys``) and answers when all of them are there. It
does not stop half way: any fact that could not be read leaves the whole question open.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from tactful.journeys.types import AllOf, AnyOf, Compare, Condition, Not, Op, Ref, Source

Evaluate: TypeAlias = Callable[["Values"], bool]

_ABOUT_THE_CLIENT = ("contact.", "calendar.")


class Values:
    """What a condition may look at: facts by name, and the fields kept in the context."""

    __slots__ = ("answers", "entry", "event", "facts", "suffix")

    def __init__(
        self, facts: Mapping[str, Any], suffix: str, context: Mapping[str, Any], event: Mapping[str, Any]
    ) -> None:
        self.facts = facts
        self.suffix = suffix
        self.entry: Mapping[str, Any] = context.get("entry", {})
        self.answers: Mapping[str, Any] = context.get("answers", {})
        self.event = event


def fact_key(name: str, suffix: str) -> str:
    """``documents.missing`` and ``:engagement=17`` give one key; facts about the client take no suffix."""
    return name if name.startswith(_ABOUT_THE_CLIENT) else name + suffix


def fact_name(ref: Ref) -> str | None:
    """The name under which a reference is asked for, or None if it needs no asking."""
    if ref.source is Source.FACT:
        return ref.name
    return "contact.attribute." + ref.name if ref.source is Source.ATTRIBUTE else None


def refs(condition: Condition | None) -> Iterator[Ref]:
    """All references in the tree."""
    if isinstance(condition, Compare):
        yield condition.ref
    elif isinstance(condition, Not):
        yield from refs(condition.of)
    elif condition is not None:
        for part in condition.of:
            yield from refs(part)


def compile_condition(condition: Condition) -> Evaluate:
    return _COMPILERS[type(condition)](condition)


def _all(node: AllOf) -> Evaluate:
    parts = tuple(map(compile_condition, node.of))
    return lambda values: all(part(values) for part in parts)


def _any(node: AnyOf) -> Evaluate:
    parts = tuple(map(compile_condition, node.of))
    return lambda values: any(part(values) for part in parts)


def _not(node: Not) -> Evaluate:
    part = compile_condition(node.of)
    return lambda values: not part(values)


def _compare(node: Compare) -> Evaluate:
    read, test, value = reader(node.ref), _TESTS[node.op], node.value
    return lambda values: test(read(values), value)


def reader(ref: Ref) -> Callable[[Values], Any]:
    """A function that gets the value out of ``Values``; None if it is absent."""
    name = fact_name(ref)
    if name is None:
        place, key = _PLACES[ref.source], ref.name
        return lambda values: place(values).get(key)
    if name.startswith(_ABOUT_THE_CLIENT):
        return lambda values: values.facts.get(name)
    return lambda values: values.facts.get(name + values.suffix)


def same(left: Any, right: Any) -> bool:
    """Equal and of one kind: 1 is not "1", and true is not 1."""
    return bool(left == right) and _kind(left) is _kind(right)


def _kind(value: Any) -> type:
    return float if isinstance(value, int) and not isinstance(value, bool) else type(value)


def _ordered(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compare(left: Any, right: Any) -> bool:
        if left is None or right is None or _kind(left) is not _kind(right):
            return False
        return _kind(left) in (float, str) and test(left, right)

    return compare


def _contains(left: Any, right: Any) -> bool:
    if isinstance(left, str):
        return isinstance(right, str) and right in left
    return isinstance(left, list | tuple) and any(same(item, right) for item in left)


_PLACES: dict[Source, Callable[[Values], Mapping[str, Any]]] = {
    Source.ENTRY: lambda values: values.entry,
    Source.EVENT: lambda values: values.event,
    Source.ANSWER: lambda values: values.answers,
}

_TESTS: dict[Op, Callable[[Any, Any], bool]] = {
    Op.HOLDS: lambda left, _: bool(left),
    Op.IS: lambda left, right: left is not None and same(left, right),
    Op.IS_NOT: lambda left, right: not same(left, right),
    Op.ONE_OF: lambda left, right: left is not None and any(same(left, item) for item in right),
    Op.MORE_THAN: _ordered(lambda left, right: left > right),
    Op.AT_LEAST: _ordered(lambda left, right: left >= right),
    Op.LESS_THAN: _ordered(lambda left, right: left < right),
    Op.AT_MOST: _ordered(lambda left, right: left <= right),
    Op.CONTAINS: _contains,
    Op.KNOWN: lambda left, right: (left is not None) == right,
}

_COMPILERS: dict[type, Callable[[Any], Evaluate]] = {AllOf: _all, AnyOf: _any, Not: _not, Compare: _compare}
