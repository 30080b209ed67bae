"""What a talk is to the gate, and what it says of a client when it can say nothing: now and in the past."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final, Protocol

from tactful.gate.types import (
    UNKNOWN,
    BasisKind,
    ChannelFact,
    DebtFact,
    Facts,
    MoodFact,
    PlaceFact,
    SensitiveFact,
    TalkFact,
)

TALKS: Final = frozenset({"conversation", "question", "handoff"})
MOODS: Final = frozenset({"complaint", "negative", "sensitive", "hold"})
DEBT_OF: Final[Mapping[str, str]] = {"question": "answer", "promise": "promise"}
BASIS_KINDS: Final[Mapping[str, BasisKind]] = {str(kind): kind for kind in BasisKind}

NEVER: Final = ChannelFact()
NOT_SENSITIVE: Final = SensitiveFact()
BEREAVED: Final = SensitiveFact(bereaved=True)
NOTHING_KNOWN: Final = Facts(
    address=UNKNOWN,
    basis=UNKNOWN,
    condition=UNKNOWN,
    talks=UNKNOWN,
    debts=UNKNOWN,
    moods=UNKNOWN,
    place=UNKNOWN,
    caps=UNKNOWN,
    channel=UNKNOWN,
    sensitive=UNKNOWN,
    standing=UNKNOWN,
)

TalkFacts = tuple[tuple[TalkFact, ...], tuple[DebtFact, ...], tuple[MoodFact, ...]]


class Spoken(Protocol):
    """``running``: still so. One that runs no more tells of a mood that has not faded yet."""

    @property
    def kind(self) -> str: ...
    @property
    def ref(self) -> int: ...
    @property
    def from_at(self) -> datetime: ...
    @property
    def owner_id(self) -> int | None: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def waits_on_client(self) -> bool: ...
    @property
    def running(self) -> bool: ...


def talk_facts(spoken: Iterable[Spoken]) -> TalkFacts:
    """Open talks, debts and moods of one client."""
    talks: list[TalkFact] = []
    debts: list[DebtFact] = []
    moods: list[MoodFact] = []
    for each in spoken:
        kind, since, ref, owner = each.kind, each.from_at, each.ref, each.owner_id
        if each.running and kind in TALKS:
            talks.append(TalkFact(kind, since, ref, owner))
        if each.running and kind in DEBT_OF and each.due_at is not None:
            debts.append(DebtFact(DEBT_OF[kind], each.due_at, ref, owner, each.waits_on_client))
        if kind in MOODS:
            moods.append(MoodFact(kind, since, ref, each.running and kind == "complaint", owner))
    return tuple(talks), tuple(debts), tuple(moods)


@lru_cache(maxsize=1024)
def place_fact(zones: tuple[str, ...], country: str, subdivision: str) -> PlaceFact:
    """One object per place: the gate remembers what follows from it."""
    return PlaceFact(zones, country, subdivision)
