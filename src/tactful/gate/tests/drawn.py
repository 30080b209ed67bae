"""Messages and facts drawn at random: sound ones, of which up to three fields are spoilt."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st

from tactful.channels.types import Channel
from tactful.gate.tests.cast import FACTS, NOW, REQUEST, facts, request, utc
from tactful.gate.types import (
    UNKNOWN,
    AddressState,
    Author,
    BasisFact,
    BasisKind,
    CapUsage,
    ChannelFact,
    Check,
    ConditionFact,
    DebtFact,
    Facts,
    GateRequest,
    MoodFact,
    PlaceFact,
    SensitiveFact,
    StandingHoldFact,
    TalkFact,
)
from tactful.touchpoints.types import Line, MessageClass, Purpose

MINUTES = st.sampled_from([-60, -1, 0, 1, 59, 60, 61, 24 * 60, 24 * 60 + 1, 7 * 24 * 60, 7 * 24 * 60 + 1])
AUTHORS = st.sampled_from([Author.AUTOMATION, Author.PERSON_BULK])
PLACES = st.sampled_from(
    [
        PlaceFact(("Europe/Oslo",), "NO"),
        PlaceFact(("America/New_York", "America/Los_Angeles"), "US"),
        PlaceFact(("Asia/Kolkata",), "IN"),
        PlaceFact((), "NO"),
    ]
)
# A year in uneven strides: all hours, weekdays, holidays and both changes of the clock's season.
STRIDES = [utc(1, 0, month=1) + step * timedelta(days=3, hours=7, minutes=23) for step in range(100)]
NOWS = st.just(NOW) | st.sampled_from(STRIDES)
OBJECTIONS = [
    BasisFact(BasisKind.CONSENT, objected=True),
    BasisFact(BasisKind.CONSENT, withdrawn=True),
    BasisFact(BasisKind.CONSENT, restricted=True),
]
OWNERS = st.sampled_from([None, 7, 8])
REFS = st.just(51)


@dataclass(frozen=True)
class Drawn:
    request: GateRequest
    facts: Facts
    now: datetime


@cache
def facts_around(now: datetime) -> dict[str, st.SearchStrategy[Any]]:
    """For each fact something that may speak against the message at ``now``."""
    moments = MINUTES.map(lambda minutes: now - timedelta(minutes=minutes))
    bools = st.booleans()
    counts = st.integers(0, 6)
    kinds = st.sampled_from
    return {
        "address": kinds(list(AddressState)),
        "basis": st.builds(BasisFact, kinds(list(BasisKind)), st.none(), st.none(), bools, bools, bools),
        "condition": st.builds(ConditionFact, bools),
        "talks": _some(st.builds(TalkFact, kinds(["question", "handoff"]), moments, REFS, OWNERS)),
        "debts": _some(st.builds(DebtFact, kinds(["answer", "promise"]), moments, REFS, OWNERS, bools)),
        "moods": _some(st.builds(MoodFact, kinds(["complaint", "negative"]), moments, REFS, bools, OWNERS)),
        "place": PLACES,
        "caps": st.builds(CapUsage, counts, counts, counts, counts, st.none()),
        "channel": st.builds(ChannelFact, st.none() | moments, bools, st.none() | moments),
        "sensitive": st.builds(SensitiveFact, bools, bools),
        "standing": _some(
            st.builds(
                StandingHoldFact,
                REFS,
                kinds(["contact", "topic"]),
                st.just("Call first"),
                OWNERS,
                st.none() | moments,
                kinds(["send", "recompute", "skip", "ask"]),
            )
        ),
    }


def _some(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(strategy, max_size=3).map(tuple)


@cache
def requests_around(now: datetime) -> dict[str, st.SearchStrategy[Any]]:
    return {
        "line": st.sampled_from(list(Line)),
        "purpose": st.sampled_from(list(Purpose)),
        "channel": st.sampled_from(list(Channel)),
        "due_at": MINUTES.map(lambda minutes: now - timedelta(minutes=minutes)),
        "latest_at": MINUTES.map(lambda minutes: now + timedelta(minutes=minutes)),
        "allow": st.frozensets(st.sampled_from(list(Check))),
        "is_auto_reply": st.booleans(),
        "approved_by": OWNERS,
        "late_decided": st.booleans(),
    }


def _spoilt(draw: Any, ways: dict[str, st.SearchStrategy[Any]], unread: bool) -> dict[str, Any]:
    names = draw(SPOILT_FACTS if "basis" in ways else SPOILT_REQUEST)
    return {name: UNKNOWN if unread and draw(ONE_IN_FIVE) == 4 else draw(ways[name]) for name in names}


def _up_to_three(ways: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(sorted(ways)), max_size=3, unique=True)


SPOILT_FACTS = _up_to_three(facts_around(NOW))
SPOILT_REQUEST = _up_to_three(requests_around(NOW))
ONE_IN_FIVE = st.integers(0, 4)
CLASSES = st.sampled_from(list(MessageClass))


@st.composite
def cases(draw: Any, unread: bool = True, authors: st.SearchStrategy[Author] = AUTHORS) -> Drawn:
    now = draw(NOWS)
    asked = {"due_at": now, "message_class": draw(CLASSES)}
    asked |= {"author": draw(authors)} | _spoilt(draw, requests_around(now), unread=False)
    return Drawn(request(**asked), facts(**_spoilt(draw, facts_around(now), unread)), now)


SOUND = Drawn(REQUEST, FACTS, NOW)
