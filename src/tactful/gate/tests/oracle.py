"""The gate once more, slow and naive, written from the words of the design and not from the code."""

from datetime import UTC, datetime, time, timedelta
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
    if any(getattr(facts, name) is UNKNOWN for name in Facts._fields):
        return VerdictKind.RETRY
    if not holds(request, facts, house, now, place):
        return VerdictKind.CLEAR
    return VerdictKind.HOLD if has_room(request, facts, now, place) else VerdictKind.REFUSE


def has_room(request: GateRequest, facts: Facts, now: datetime, place: PlaceFact) -> bool:
    """Whether the calendar permits any moment before the latest one: looked for quarter by quarter."""
    if request.latest_at is None or request.late_decided:
        return True
    if request.message_class in (MessageClass.AWAITED, MessageClass.DEADLINE):
        return True
    quarter = timedelta(minutes=15)
    moment = now
    while moment <= request.latest_at:
        if _calendar_permits(request, facts, moment, now, place):
            return True
        moment += quarter - (moment - datetime.min.replace(tzinfo=UTC)) % quarter
    return False


def _calendar_permits(
    request: GateRequest, facts: Facts, moment: datetime, now: datetime, place: PlaceFact
) -> bool:
    assert facts.caps is not UNKNOWN
    used = facts.caps
    walls = [moment.astimezone(ZoneInfo(name)) for name in place.zones]
    before = [now.astimezone(ZoneInfo(name)) for name in place.zones]
    if not passes(request, Check.QUIET_HOURS) and any(_quiet(wall, place) for wall in walls):
        return False
    if request.channel == Channel.SMS and any(not time(9) <= wall.time() < time(19) for wall in walls):
        return False
    if passes(request, Check.FREQUENCY):
        return True
    today = any(wall.date() <= then.date() for wall, then in zip(walls, before, strict=True))
    full = used.contact_day >= 1 or used.household_day >= 2 or used.company_day >= 5
    frees_on = used.week_frees_on
    this_week = frees_on is not None and any(wall.date() < frees_on for wall in walls)
    return not (today and (full or used.contact_week >= 3)) and not (used.contact_week >= 3 and this_week)


def refuses(request: GateRequest, facts: Facts, now: datetime) -> bool:
    condition = facts.condition
    return (
        request.line != Line.STRUCTURAL
        or facts.address not in (AddressState.USABLE, AddressState.PROVIDER_DOWN, UNKNOWN)
        or _no_basis(request, facts)
        or (condition is not UNKNOWN and not condition.holds)
        or (request.latest_at is not None and now > request.latest_at)
        or _hurts(request, facts)
        or _against_the_channel(request, facts, now)
    )


def _is_marketing(request: GateRequest) -> bool:
    return request.purpose == Purpose.MARKETING or request.message_class == MessageClass.MARKETING


def _no_basis(request: GateRequest, facts: Facts) -> bool:
    basis = facts.basis
    if basis is UNKNOWN:
        return False
    against = basis.kind == BasisKind.NONE or basis.objected or basis.withdrawn or basis.restricted
    return against or (basis.kind == BasisKind.CONTRACT and _is_marketing(request))


def _hurts(request: GateRequest, facts: Facts) -> bool:
    fact = facts.sensitive
    felt = fact is not UNKNOWN and (fact.bereaved or fact.occasion_opted_out)
    return felt and (_is_marketing(request) or request.message_class == MessageClass.RELATIONSHIP)


def _against_the_channel(request: GateRequest, facts: Facts, now: datetime) -> bool:
    fact, basis = facts.channel, facts.basis
    if fact is UNKNOWN:
        return False
    replied, heard = fact.last_auto_reply_at, fact.last_inbound_at
    if request.is_auto_reply and replied is not None and now < replied + DAY:
        return True
    if request.channel != Channel.WHATSAPP or (heard is not None and now <= heard + DAY):
        return False
    opted_in = basis is UNKNOWN or basis.kind == BasisKind.CONSENT
    return not (fact.approved_template and opted_in)


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
