"""What a payload means by a mapping: whom it is about and what happened."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tactful.connectors.types import House, Made, Meaning, Named, Payload, Person, Problem

from .convert import moment_of
from .mapping import TRAITS, About, Condition, Map, Rule
from .paths import every, first, plain
from .values import Reader, Value

#: Events are told when they happen. What is older than this was counted long ago, and the memory of that ends
#: after ninety days: it would be counted a second time.
OLDEST = timedelta(days=80)
LONGEST_ID = 200
LONGEST_KEY = 80


def meaning(mapping: Map, payload: Payload, house: House, received_at: datetime) -> Meaning:
    """Never raises, whatever strangers send."""
    rules = [rule for rule in mapping.rules if all(_holds(payload, each) for each in rule.when)]
    if not rules:
        return Meaning()
    reader = Reader(payload, house)
    person = _person(next((rule.client for rule in rules if rule.client), mapping.client), reader)
    if not person.handle:
        return Meaning(problem=Problem("nobody"))
    events: list[Made] = []
    remarks: list[Problem] = []
    for rule in rules:
        made = _made(rule, reader)
        if isinstance(made, Problem):
            return Meaning(person, problem=made)
        if made.once and made.at and made.at < received_at - OLDEST:
            remarks.append(Problem("old", {"event": made.name}))
        else:
            events.append(made)
    unfit = dict.fromkeys(reader.unfit)
    remarks += [Problem("unfit", {"path": path, "as": convert}) for path, convert in unfit]
    return Meaning(person, tuple(events), remarks=tuple(remarks))


def _holds(payload: Payload, condition: Condition) -> bool:
    found = [text for value in every(payload, condition.path) if (text := _said(value)) is not None]
    if not condition.values:
        return bool(found) is not condition.absent
    return any(text in condition.values for text in found) is not condition.absent


def _said(value: Any) -> str | None:
    """Something that is there: a plain value that is not empty, or the word for a whole object."""
    if value is None or value in ("", [], {}):
        return None
    return plain(value) or type(value).__name__


def _person(specs: Mapping[str, Value], reader: Reader) -> Person:
    found = reader.values(specs)
    external = plain(found.pop("id", None)) or ""
    traits = {TRAITS.get(name, name): value for name, value in found.items()}
    return Person(shortened(external, LONGEST_ID), traits)


def _made(rule: Rule, reader: Reader) -> Made | Problem:
    at: datetime | None = None
    if rule.at is not None:
        given = reader.value(rule.at)
        if given is None and reader.unfit and reader.unfit[-1] == (rule.at.paths[0].text, "moment"):
            return Problem("moment", {"path": rule.at.paths[0].text})
        at = moment_of(given) if given is not None else None
    named = _named(rule.about, reader) if rule.about else None
    if rule.about and named is None:
        return Problem("about", {"path": rule.about.key.text})
    once = [plain(first(reader.payload, path)) for path in rule.once]
    if any(part is None for part in once):
        missing = next(path.text for path, part in zip(rule.once, once, strict=True) if part is None)
        return Problem("once", {"path": missing})
    return Made(rule.event, at, "/".join(map(str, once)), reader.values(rule.properties), named)


def _named(about: About, reader: Reader) -> Named | None:
    key = plain(first(reader.payload, about.key))
    was = plain(first(reader.payload, about.was)) if about.was else ""
    return Named(about.kind, object_key(key), object_key(was) if was else "") if key else None


def object_key(text: str) -> str:
    return shortened(text, LONGEST_KEY)


def shortened(text: str, longest: int) -> str:
    """The text, or its digest where it is longer than a column."""
    clean = "".join(letter for letter in text if letter.isprintable()).strip()
    if len(clean) <= longest:
        return clean
    return hashlib.sha256(clean.encode("utf-8", "replace")).hexdigest()[:40]


def calls(
    found: Meaning, prefix: str, delivery: str, keys: Mapping[Named, str], received_at: datetime
) -> list[dict[str, Any]]:
    """The meaning as calls of the Segment spec. ``keys``: what each thing is called with us."""
    user = user_of(found, prefix)
    moments = [event.at for event in found.events if event.at]
    said: list[dict[str, Any]] = []
    if found.person.traits:
        at = min(moments, default=received_at)
        said.append(_call("identify", f"{delivery}/who", user, at) | {"traits": dict(found.person.traits)})
    for number, event in enumerate(found.events):
        ident = f"{event.name}/{event.once}" if event.once else f"{delivery}/{number}"
        properties = dict(event.properties)
        if event.named:
            properties[event.named.kind] = keys.get(event.named, event.named.key)
        call = _call("track", ident, user, event.at or received_at)
        said.append(call | {"event": event.name, "properties": properties})
    return said


def user_of(found: Meaning, prefix: str) -> str:
    return shortened(f"{prefix}{found.person.handle}", 255)


def _call(kind: str, ident: str, user: str, at: datetime) -> dict[str, Any]:
    return {"type": kind, "messageId": shortened(ident, 190), "userId": user, "timestamp": at.isoformat()}
