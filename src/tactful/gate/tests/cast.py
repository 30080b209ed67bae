"""A message that nothing speaks against, to be spoiled by each test in its own way."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tactful.channels.types import Channel
from tactful.gate.types import (
    AddressState,
    Author,
    BasisFact,
    BasisKind,
    CapUsage,
    ChannelFact,
    ConditionFact,
    DebtFact,
    Facts,
    GateRequest,
    GateSettings,
    MoodFact,
    PlaceFact,
    SensitiveFact,
    StandingHoldFact,
    TalkFact,
)
from tactful.touchpoints.types import Line, MessageClass, Purpose

NOW = datetime(2026, 4, 9, 10, 0, tzinfo=UTC)  # a Thursday, 12:00 in Oslo
OSLO = PlaceFact(("Europe/Oslo",), "NO")
KARI, OLA = 7, 8
SETTINGS = GateSettings()

REQUEST = GateRequest(
    message_id=1001,
    contact_id=11,
    author=Author.AUTOMATION,
    line=Line.STRUCTURAL,
    message_class=MessageClass.RELATIONSHIP,
    purpose=Purpose.SERVICE,
    channel=Channel.MAIL,
    due_at=NOW,
)
FACTS = Facts(
    address=AddressState.USABLE,
    basis=BasisFact(BasisKind.CONSENT),
    condition=ConditionFact(holds=True),
    talks=(),
    debts=(),
    moods=(),
    place=OSLO,
    caps=CapUsage(),
    channel=ChannelFact(),
    sensitive=SensitiveFact(),
    standing=(),
)


def utc(day: int, hour: int, minute: int = 0, month: int = 4) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


YESTERDAY = utc(8, 9)


def request(**changes: Any) -> GateRequest:
    return REQUEST._replace(**changes)


def facts(**changes: Any) -> Facts:
    return FACTS._replace(**changes)


def settings(**changes: Any) -> GateSettings:
    return replace(SETTINGS, **changes)


def question(owner_id: int | None = KARI) -> TalkFact:
    return TalkFact("question", utc(8, 9), 51, owner_id)


def debt(due_at: datetime = YESTERDAY, waits_on_client: bool = False) -> DebtFact:
    return DebtFact("promise", due_at, 61, OLA, waits_on_client)


def mood(kind: str = "negative", at: datetime = YESTERDAY, is_open: bool = False) -> MoodFact:
    return MoodFact(kind, at, 71, is_open, KARI)


def order(
    expires_at: datetime | None = None, on_release: str = "skip", scope: str = "contact"
) -> StandingHoldFact:
    return StandingHoldFact(81, scope, "Call first", OLA, expires_at, on_release)
