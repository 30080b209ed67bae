"""The gate once more, slow and naive, written from the words of the design and not from the code."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from tactful.channels.types import Channel
from tactful.gate.types import (
    UNKNOWN,
    AddressState,
    BasisKind,
    Check,
    Facts,
    GateRequest,
    GateSettings,
    PlaceFact,
    VerdictKind,
)
from tactful.kernel.calendars import is_holiday
from tactful.touchpoints.types import Line, MessageClass, Purpose

DAY = timedelta(hours=24)


def expected(request: GateRequest, facts: Facts, house: GateSettings, now: datetime) -> VerdictKind:
    """What the gate must say to an automated message."""
    if refuses(request, facts, now):
        return VerdictKind.REFUSE
    place = facts.place
    if place is UNKNOWN or not place.zones:
        return VerdictKind.RETRY
    if any(getattr(facts, name) is UNKNOWN for name in Facts.__dataclass_fields__):
        return VerdictKind.RETRY
    return VerdictKind.HOLD if holds(request, facts, house, now, place) else VerdictKind.CLEAR


def refuses(request: GateRequest, facts: Facts, now: datetime) -> bool:
    kind = request.message_class
    marketing = request.purpose == Purpose.MARKETING or kind == MessageClass.MARKETING
    basis, channel, sensitive, condition = facts.basis, facts.channel, facts.sensitive, facts.condition
    if request.line != Line.STRUCTURAL:
        return True
    if facts.address not in (AddressState.USABLE, AddressState.PROVIDER_DOWN, UNKNOWN):
        return True
    if basis is not UNKNOWN:
        if basis.kind == BasisKind.NONE or basis.objected or basis.withdrawn or basis.restricted:
            return True
        if marketing and basis.kind == BasisKind.CONTRACT:
            return True
    if condition is not UNKNOWN and not condition.holds:
        return True
    if request.latest_at is not None and now > request.latest_at:
        return True
    felt = sensitive is not UNKNOWN and (sensitive.bereaved or sensitive.occasion_opted_out)
    if felt and (marketing or kind == MessageClass.RELATIONSHIP):
        return True
    if channel is UNKNOWN:
        return False
    replied = channel.last_auto_reply_at
    if request.is_auto_reply and replied is not None and now < replied + DAY:
        return True
    heard = channel.last_inbound_at
    if request.channel == Channel.WHATSAPP and (heard is None or now > heard + DAY):
        opted_in = basis is UNKNOWN or basis.kind == BasisKind.CONSENT
        return not (channel.approved_template and opted_in)
    return False


def holds(request: GateRequest, facts: Facts, house: GateSettings, now: datetime, place: PlaceFact) -> bool:
    """All facts are read here."""
    assert facts.talks is not UNKNOWN
    assert facts.debts is not UNKNOWN
    assert facts.moods is not UNKNOWN
    assert facts.caps is not UNKNOWN
    assert facts.standing is not UNKNOWN
    walls = [now.astimezone(ZoneInfo(name)) for name in place.zones]
    used = facts.caps
    full = used.contact_day >= 1 or used.contact_week >= 3 or used.household_day >= 2 or used.company_day >= 5
    asked = {
        Check.NOBODY_TALKING: bool(facts.talks),
        Check.CLEAN_HANDS: any(now > debt.due_at and not debt.waits_on_client for debt in facts.debts),
        Check.MOOD: any(mood.open or now < mood.at + 7 * DAY for mood in facts.moods),
        Check.QUIET_HOURS: any(_quiet(wall, place) for wall in walls),
        Check.FREQUENCY: full,
    }
    return (
        any(stands for check, stands in asked.items() if not passes(request, check))
        or facts.address == AddressState.PROVIDER_DOWN
        or any(order.expires_at is None or now < order.expires_at for order in facts.standing)
        or (now > request.due_at + timedelta(minutes=60) and not request.late_decided)
        or (request.channel == Channel.SMS and any(not time(9) <= wall.time() < time(19) for wall in walls))
        or house.everything_held
    )


def passes(request: GateRequest, check: Check) -> bool:
    match request.message_class:
        case MessageClass.AWAITED:
            return True
        case MessageClass.DEADLINE:
            return check in (Check.CLEAN_HANDS, Check.MOOD, Check.FREQUENCY)
        case MessageClass.REMINDER:
            return check in request.allow or check is Check.FREQUENCY
        case _:
            return False


def _quiet(wall: datetime, place: PlaceFact) -> bool:
    night = not time(8) <= wall.time() < time(20)
    return night or wall.weekday() >= 5 or is_holiday(wall.date(), place.country)
