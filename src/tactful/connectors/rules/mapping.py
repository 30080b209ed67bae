"""What the payloads of a system mean: one document, read from a file of ours or from what an owner clicked.

delivery: $header.x-webhook-id       what makes two deliveries the same one
client: {id: …, email: …, phone: …, name: …, first_name: …, …}
rules:
  - when: {status: [paid, done]}     all must hold; [] around several values that do
    event: Order Completed
    at: paid_at                      when it happened
    once: [id]                       what makes it the same event when it is told again
    about: {kind: order, key: id}    the thing that it speaks of; ``was``: its key before
    properties: {…}
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tactful.connectors.types import MappingTrouble

from .paths import Path, parse, plain
from .values import From, Value, read_value, read_values

MOST_RULES = 40
CLIENT = (
    "id", "email", "phone", "name", "first_name", "last_name", "company", "language", "timezone", "birthday",
    "address",
)  # fmt: skip
TRAITS = {"first_name": "firstName", "last_name": "lastName"}


@dataclass(frozen=True, slots=True)
class Condition:
    """``values``: any of them; empty for "is there". ``absent``: it must not be there, or be none of them."""

    path: Path
    values: tuple[str, ...] = ()
    absent: bool = False


@dataclass(frozen=True, slots=True)
class About:
    kind: str
    key: Path
    was: Path | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    event: str
    when: tuple[Condition, ...] = ()
    at: From | None = None
    once: tuple[Path, ...] = ()
    about: About | None = None
    properties: Mapping[str, Value] = field(default_factory=dict)
    client: Mapping[str, Value] | None = None


@dataclass(frozen=True, slots=True)
class Map:
    client: Mapping[str, Value]
    rules: tuple[Rule, ...]
    delivery: Path | None = None


def read_map(given: Any) -> Map:
    """Raises ``MappingTrouble``."""
    if not isinstance(given, dict):
        raise MappingTrouble("document")
    _known(given, {"client", "rules", "delivery"}, "")
    rules = given.get("rules")
    if not isinstance(rules, list) or not 0 < len(rules) <= MOST_RULES:
        raise MappingTrouble("rules", "rules")
    return Map(
        client=_client(given.get("client"), "client"),
        rules=tuple(_rule(rule, f"rules[{number}]") for number, rule in enumerate(rules)),
        delivery=parse(given["delivery"], "delivery") if given.get("delivery") else None,
    )


def _client(given: Any, where: str) -> dict[str, Value]:
    found = read_values(given, where)
    if odd := sorted(found.keys() - set(CLIENT)):
        raise MappingTrouble("unknown", where, name=odd[0])
    if not found.keys() & {"id", "email", "phone"}:
        raise MappingTrouble("client", where)
    return found


def _rule(given: Any, where: str) -> Rule:
    if not isinstance(given, dict):
        raise MappingTrouble("rules", where)
    _known(given, {"when", "event", "at", "once", "about", "properties", "client"}, where)
    event = given.get("event")
    if not isinstance(event, str) or not event.strip() or len(event) > 80 or not event.isprintable():
        raise MappingTrouble("event", where)
    once = given.get("once", [])
    return Rule(
        event=event.strip(),
        when=_conditions(given.get("when", {}), f"{where}.when"),
        at=_moment(given["at"], f"{where}.at") if given.get("at") else None,
        once=tuple(parse(path, f"{where}.once") for path in (once if isinstance(once, list) else [once])),
        about=_about(given["about"], f"{where}.about") if given.get("about") else None,
        properties=read_values(given.get("properties", {}), f"{where}.properties"),
        client=_client(given["client"], f"{where}.client") if given.get("client") else None,
    )


def _moment(given: Any, where: str) -> From:
    value = read_value(given, where)
    if not isinstance(value, From):
        raise MappingTrouble("value", where)
    return From(value.paths, "moment")


def _conditions(given: Any, where: str) -> tuple[Condition, ...]:
    if not isinstance(given, dict) or len(given) > 12:
        raise MappingTrouble("when", where)
    return tuple(_condition(parse(path, where), wanted, where) for path, wanted in given.items())


def _condition(path: Path, wanted: Any, where: str) -> Condition:
    if isinstance(wanted, dict):
        _known(wanted, {"not", "there"}, where)
        if "there" in wanted:
            return Condition(path, absent=not wanted["there"])
        return Condition(path, _words(wanted["not"], where), absent=True)
    return Condition(path, _words(wanted, where))


def _words(given: Any, where: str) -> tuple[str, ...]:
    found = tuple(plain(each) for each in (given if isinstance(given, list) else [given])[:30])
    words = tuple(each for each in found if each is not None)
    if not words or len(words) < len(found):
        raise MappingTrouble("when", where)
    return words


def _about(given: Any, where: str) -> About:
    told = given if isinstance(given, dict) else {}
    _known(told, {"kind", "key", "was"}, where)
    kind = told.get("kind")
    if not isinstance(kind, str) or not kind.isidentifier() or len(kind) > 40:
        raise MappingTrouble("about", where)
    return About(kind, parse(told.get("key"), where), parse(told["was"], where) if told.get("was") else None)


def _known(given: Mapping[Any, Any], names: set[str], where: str) -> None:
    if odd := sorted(str(key) for key in given if key not in names):
        raise MappingTrouble("unknown", where, name=odd[0][:80])
