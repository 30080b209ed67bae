"""From a tree to its document: what ``reading`` reads back as the same tree."""

from collections.abc import Callable, Mapping
from typing import Any

from tactful.segments.types import (
    FORMAT,
    AllOf,
    AnyOf,
    Attribute,
    Belongs,
    Field,
    Happened,
    Node,
    Not,
    Property,
    Standing,
    Test,
    Then,
    Times,
    Value,
    Window,
)

Doc = dict[str, Any]


def document(node: Node) -> Doc:
    return {"format": FORMAT, "where": part(node)}


def part(node: Node) -> Doc:
    return _WRITERS[type(node)](node)


def question(test: Test) -> Doc:
    return {test.op.value: list(test.value) if isinstance(test.value, tuple) else test.value}


def _happened(node: Happened) -> Doc:
    doc: Doc = {"event": node.event}
    if node.times != Times():
        doc["times"] = {node.times.how: node.times.count}
    doc |= _window(node.window)
    if node.where:
        doc["where"] = _where(node.where)
    if node.then is not None:
        doc["then_not" if node.then.never else "then"] = _then(node.then)
    return doc


def _window(window: Window) -> Doc:
    if window.last_days is not None:
        return {"in_last_days": window.last_days}
    return {"between": [day.isoformat() for day in window.between]} if window.between else {}


def _where(properties: tuple[Property, ...]) -> list[Doc]:
    return [{"property": each.name} | question(each.test) for each in properties]


def _then(then: Then) -> Doc:
    doc: Doc = {"event": then.event, "within_days": then.days}
    return doc | ({"where": _where(then.where)} if then.where else {})


def _standing(node: Standing) -> Doc:
    (_, main), *rest = node.fields
    return {node.kind: main} | dict(rest) | ({} if node.state == "now" else {"state": node.state})


_WRITERS: Mapping[type, Callable[[Any], Doc]] = {
    AllOf: lambda node: {"all": [part(each) for each in node.of]},
    AnyOf: lambda node: {"any": [part(each) for each in node.of]},
    Not: lambda node: {"not": part(node.of)},
    Field: lambda node: {"field": node.name} | question(node.test),
    Attribute: lambda node: {"attribute": node.name} | question(node.test),
    Value: lambda node: {node.kind: node.name} | question(node.test),
    Happened: _happened,
    Standing: _standing,
    Belongs: lambda node: {"segment": node.segment},
}
