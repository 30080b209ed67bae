"""Words of connectors that others may see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """What became of a delivery. ``kept``: its connection is not switched on yet."""

    WAITING = "waiting"
    KEPT = "kept"
    DONE = "done"
    IGNORED = "ignored"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something cannot be used; ``sentences`` puts it into words."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict)


class MappingTrouble(ValueError):
    """A mapping that cannot be used. ``where``: its place in the document."""

    def __init__(self, code: str, where: str = "", **params: str) -> None:
        super().__init__(f"{where}: {code}" if where else code)
        self.problem = Problem(code, {"where": where, **params})


@dataclass(frozen=True, slots=True)
class Payload:
    """What was sent. ``headers``: names in lower case."""

    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class House:
    """What conversions need of the business: the zone and the language of dates in words."""

    zone: str = "Europe/Oslo"
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Named:
    """The thing that an event speaks of. ``was``: the key that the sender gave it before."""

    kind: str
    key: str
    was: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """An event that a payload means. ``once``: what makes it the same event when it is told again, "" for
    the delivery itself. ``at``: when it happened; None for the moment at which it came."""

    name: str
    at: datetime | None
    once: str
    properties: Mapping[str, Any]
    named: Named | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Whom it is about. ``external``: their id with the sender. ``traits``: as ``identify`` takes them."""

    external: str = ""
    traits: Mapping[str, Any] = field(default_factory=dict)

    @property
    def handle(self) -> str:
        """What they are called among the sender's clients; "" for nobody."""
        mail, phone = self.traits.get("email"), self.traits.get("phone")
        return self.external or str(mail or "").strip().lower() or "".join(str(phone or "").split())


@dataclass(frozen=True, slots=True)
class Meaning:
    """``problem``: why nothing of it can be used. ``remarks``: what was left out. Without events and a
    problem it is nothing that the mapping listens to."""

    person: Person = field(default_factory=Person)
    events: tuple[Made, ...] = ()
    problem: Problem | None = None
    remarks: tuple[Problem, ...] = ()
