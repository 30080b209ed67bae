"""Whether one person is in a segment, and why: over their history, in plain Python.

``hot.compiling`` says the same in SQL; ``tests/test_two_evaluators.py`` holds the two against each other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tactful.kernel.zones import day_start
from tactful.segments.rules.fields import CONTACT_FIELDS
from tactful.segments.rules.values import known, passes, passes_moment
from tactful.segments.types import (
    AllOf,
    AnyOf,
    Attribute,
    Belongs,
    Field,
    Happened,
    History,
    Leaf,
    Library,
    Moment,
    Node,
    Not,
    Occurrence,
    Property,
    Standing,
    Stay,
    Then,
    Times,
    Value,
    Window,
)

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a node answers. ``evidence``: what the answer rests on, as plain values: ``value`` (what is kept),
    ``count`` and ``last`` (of events), ``since`` and ``until`` (of what holds for a while). ``parts``: the
    answers of its parts; of another segment, that of its tree."""

    node: Node
    holds: bool
    evidence: Mapping[str, Any] = field(default_factory=dict)
    parts: tuple["Answer", ...] = ()


def explain(node: Node, history: History, moment: Moment, library: Library) -> Answer:
    """The whole tree with each part's answer. ``library`` holds every segment that the tree speaks of."""
    if isinstance(node, AllOf | AnyOf):
        parts = tuple(explain(part, history, moment, library) for part in node.of)
        together = all if isinstance(node, AllOf) else any
        return Answer(node, together(part.holds for part in parts), parts=parts)
    if isinstance(node, Not):
        inner = explain(node.of, history, moment, library)
        return Answer(node, not inner.holds, parts=(inner,))
    if isinstance(node, Belongs):
        inner = explain(library[node.segment], history, moment, library)
        return Answer(node, inner.holds, parts=(inner,))
    holds, evidence = _LEAVES[type(node)](node, history, moment)
    return Answer(node, holds, evidence)


def holds(node: Node, history: History, moment: Moment, library: Library | None = None) -> bool:
    return explain(node, history, moment, library or {}).holds


def bounds(window: Window, moment: Moment) -> tuple[datetime | None, datetime]:
    """From the first moment (included; None: ever) to the second (not included)."""
    end = moment.now + timedelta(microseconds=1)
    if window.last_days is not None:
        return moment.now - window.last_days * _DAY, end
    if window.between is None:
        return None, end
    first, last = window.between
    return day_start(first, moment.zone), min(end, day_start(last + _DAY, moment.zone))


def fits(times: Times, count: int) -> bool:
    if times.how == "exactly":
        return count == times.count
    return count >= times.count if times.how == "at_least" else count <= times.count


_Said = tuple[bool, Mapping[str, Any]]


def _field(leaf: Field, history: History, moment: Moment) -> _Said:
    value = history.fields.get(leaf.name)
    if CONTACT_FIELDS[leaf.name].kind == "moment":
        answer = isinstance(value, datetime) and passes_moment(leaf.test, value, moment)
    else:
        answer = passes(leaf.test, value if known(value) else None, moment)
    return answer, {"value": value if known(value) else None}


def _attribute(leaf: Attribute, history: History, moment: Moment) -> _Said:
    value = history.attributes.get(leaf.name)
    return passes(leaf.test, value, moment), {"value": value}


def _value(leaf: Value, history: History, moment: Moment) -> _Said:
    value = history.values.get((leaf.kind, leaf.name))
    if isinstance(value, datetime):
        value = max(0, (moment.now - value).days)
    return passes(leaf.test, value, moment), {"value": value}


def _happened(leaf: Happened, history: History, moment: Moment) -> _Said:
    first, end = bounds(leaf.window, moment)
    counted = [
        event.ts
        for event in history.events
        if event.name == leaf.event
        and (first is None or event.ts >= first)
        and event.ts < end
        and _asked(leaf.where, event, moment)
        and (leaf.then is None or _followed(leaf.then, event, history, moment))
    ]
    return fits(leaf.times, len(counted)), {"count": len(counted), "last": max(counted, default=None)}


def _asked(where: tuple[Property, ...], event: Occurrence, moment: Moment) -> bool:
    return all(passes(each.test, event.data.get(each.name), moment) for each in where)


def _followed(then: Then, event: Occurrence, history: History, moment: Moment) -> bool:
    until = event.ts + then.days * _DAY
    came = any(
        other.name == then.event
        and event.ts < other.ts <= min(until, moment.now)
        and _asked(then.where, other, moment)
        for other in history.events
    )
    return (not came and until <= moment.now) if then.never else came


def _standing(leaf: Standing, history: History, moment: Moment) -> _Said:
    stays = [stay for stay in history.stays if stay.kind == leaf.kind and _is_one(leaf, stay, moment)]
    running = [stay for stay in stays if stay.ends is None or stay.ends > moment.now]
    over = [stay for stay in stays if stay not in running]
    found = {"now": bool(running), "over": bool(over), "never": not stays}[leaf.state]
    since = min((stay.begins for stay in running if stay.begins), default=None)
    until = max((stay.ends for stay in over if stay.ends), default=None)
    return found, {"since": since, "until": until, "known": bool(stays)}


def _is_one(leaf: Standing, stay: Stay, moment: Moment) -> bool:
    begun = stay.begins is None or stay.begins <= moment.now
    return begun and all(stay.fields.get(name) == value for name, value in leaf.fields)


_LEAVES: Mapping[type[Leaf], Callable[[Any, History, Moment], _Said]] = {
    Field: _field,
    Attribute: _attribute,
    Value: _value,
    Happened: _happened,
    Standing: _standing,
}
