"""A segment as one sentence, and an answer as reasons, in the reader's language."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext

from tactful.segments.rules.evaluating import Answer
from tactful.segments.rules.problems import SENTENCES, Problem
from tactful.segments.types import (
    AllOf,
    AnyOf,
    Attribute,
    Belongs,
    Field,
    Happened,
    Leaf,
    Node,
    Not,
    Standing,
    Value,
)
from tactful.segments.wording import Names, a_value, adjunct, phrase

__all__ = ["Names", "Reason", "problem_sentence", "reasons", "sentence"]

NOBODY_SAID = Names()


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of "why": how deep it stands, the condition, whether it holds, and what that rests on."""

    depth: int
    text: str
    holds: bool
    evidence: str = ""
    is_group: bool = False


def sentence(node: Node, names: Names = NOBODY_SAID) -> str:
    """``Clients in Bergen who bought at least 3 times in the last 30 days and have no open conversation``."""
    parts = list(_opened(node))
    places = [said for part in parts if (said := adjunct(part, names))]
    rest = [part for part in parts if not adjunct(part, names)]
    head = " ".join([gettext("Clients"), gettext(" and ").join(places)]).strip()
    if not rest:
        return head
    alone = rest[0] if len(rest) == 1 else None
    whole = alone if isinstance(alone, AnyOf) else AllOf(tuple(rest))
    said = _joined(whole, names, positive=True, outside=True)
    return gettext("%(clients)s who %(conditions)s") % {"clients": head, "conditions": said}


def _opened(node: Node, positive: bool = True) -> Iterator[Node]:
    """All that must hold, one by one: "not (A or B)" is "not A" and "not B"."""
    if isinstance(node, Not):
        yield from _opened(node.of, not positive)
    elif isinstance(node, AllOf | AnyOf) and (isinstance(node, AllOf) is positive or len(node.of) == 1):
        for part in node.of:
            yield from _opened(part, positive)
    elif isinstance(node, AllOf):
        yield AnyOf(tuple(Not(part) for part in node.of))
    else:
        yield node if positive else Not(node)


def problem_sentence(problem: Problem) -> str:
    return gettext(SENTENCES[problem.code]) % problem.params


def _said(node: Node, names: Names, positive: bool) -> str:
    if isinstance(node, Not):
        return _said(node.of, names, not positive)
    if isinstance(node, AllOf | AnyOf):
        return _joined(node, names, positive=positive, outside=False)
    return phrase(node, names, positive=positive)


def _joined(node: AllOf | AnyOf, names: Names, *, positive: bool, outside: bool) -> str:
    """What is not so is said of each part: "not (A or B)" is "not A and not B"."""
    if outside and len(node.of) > 1 and isinstance(node, AnyOf) and any(map(_asks_for_all, node.of)):
        return gettext(", or who ").join(_whole(part, names) for part in node.of)
    parts = [_said(part, names, positive) for part in node.of]
    if len(parts) == 1:
        return parts[0]
    if isinstance(node, AllOf) is positive:
        joined = gettext(" and ").join([", ".join(parts[:-1]), parts[-1]])
        return joined if outside else f"({joined})"
    joined = gettext(" or ").join([", ".join(parts[:-1]), parts[-1]])
    return joined if outside else gettext("(either %(choices)s)") % {"choices": joined}


def _asks_for_all(node: Node, positive: bool = True) -> bool:
    """Whether it is said as "this and that"."""
    if isinstance(node, Not):
        return _asks_for_all(node.of, not positive)
    return isinstance(node, AllOf | AnyOf) and len(node.of) > 1 and isinstance(node, AllOf) is positive


def _whole(node: Node, names: Names) -> str:
    """As it is said after a "who" of its own, where nothing else could be meant: without brackets."""
    if not _asks_for_all(node):
        return _said(node, names, positive=True)
    return _joined(AllOf(tuple(_opened(node))), names, positive=True, outside=True)


# Why


def reasons(answer: Answer, names: Names = NOBODY_SAID) -> tuple[Reason, ...]:
    """Each part of the tree for one person, in the order of the tree."""
    return tuple(_lines(answer, names, 0))


def _lines(answer: Answer, names: Names, depth: int, positive: bool = True) -> Iterator[Reason]:
    node, holds = answer.node, answer.holds is positive
    if isinstance(node, Not):
        yield from _lines(answer.parts[0], names, depth, not positive)
        return
    if isinstance(node, AllOf | AnyOf):
        every = isinstance(node, AllOf) is positive
        if len(node.of) > 1:
            yield Reason(
                depth, gettext("All of these") if every else gettext("At least one of these"), holds, "", True
            )
            depth += 1
        for part in answer.parts:
            yield from _lines(part, names, depth, positive)
        return
    said = phrase(node, names, positive=positive)
    yield Reason(depth, said, holds, _evidence(node, answer.evidence))
    if isinstance(node, Belongs):
        yield from _lines(answer.parts[0], names, depth + 1)


def _evidence(leaf: Leaf, found: Mapping[str, Any]) -> str:
    return _EVIDENCE[type(leaf)](found)


def _value(found: Mapping[str, Any]) -> str:
    value = found.get("value")
    if value is None or value in ("", []):
        return gettext("Nothing is known of it.")
    if isinstance(value, datetime):
        return gettext("It was on %(day)s.") % {"day": _day(value)}
    if isinstance(value, list):
        return gettext("It is %(value)s.") % {"value": ", ".join(map(a_value, value))}
    return gettext("It is %(value)s.") % {"value": a_value(value)}


def _happened(found: Mapping[str, Any]) -> str:
    count, last = int(found["count"]), found["last"]
    if not count:
        return gettext("It has not happened.")
    words = {"count": count, "day": _day(last)}
    return (
        ngettext("It happened once, on %(day)s.", "It happened %(count)d times, last on %(day)s.", count)
        % words
    )


def _standing(found: Mapping[str, Any]) -> str:
    if found["since"]:
        return gettext("There has been one since %(day)s.") % {"day": _day(found["since"])}
    if found["until"]:
        return gettext("There was one until %(day)s.") % {"day": _day(found["until"])}
    return gettext("There is one.") if found["known"] else gettext("There has never been one.")


def _day(moment: datetime) -> str:
    return date_format(localtime(moment), "DATE_FORMAT")


_EVIDENCE: Mapping[type, Callable[[Mapping[str, Any]], str]] = {
    Field: _value,
    Attribute: _value,
    Value: _value,
    Happened: _happened,
    Standing: _standing,
    Belongs: lambda _: "",
}
