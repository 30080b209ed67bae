"""Check 11: what the channel itself asks of us."""

from datetime import datetime, timedelta
from functools import lru_cache

from tactful.channels.types import Channel
from tactful.gate.rules.case import Case, place_of
from tactful.gate.rules.codes import Code
from tactful.gate.rules.finding import NOTHING, Findings, refuse, unread, wait
from tactful.gate.types import UNKNOWN, BasisKind, ChannelFact, Check, GateSettings
from tactful.kernel.windows import DayRule, is_permitted, next_permitted

WHATSAPP_WINDOW = timedelta(hours=24)  # exactly 24 h is inside (R47)
AUTO_REPLY_PAUSE = timedelta(hours=24)


@lru_cache(maxsize=256)
def sms_rule(settings: GateSettings) -> DayRule:
    return DayRule(settings.sms_from, settings.sms_to)


def find(case: Case) -> Findings:
    fact, request = case.facts.channel, case.request
    if fact is UNKNOWN:
        return (unread(Check.CHANNEL_RULES, Code.UNKNOWN_CHANNEL),)
    found = _second_auto_reply(case, fact) if request.is_auto_reply else NOTHING
    if request.channel is Channel.WHATSAPP:
        return found + _outside_window(case, fact)
    return found + _sms_hours(case) if request.channel is Channel.SMS else found


def opens(case: Case, after: datetime) -> datetime:
    place = place_of(case.facts)
    if case.request.channel is not Channel.SMS or place is None:
        return after
    return next_permitted(after, place.zones, sms_rule(case.settings)) or after


def _second_auto_reply(case: Case, fact: ChannelFact) -> Findings:
    last = fact.last_auto_reply_at
    if last is None or case.now - last >= AUTO_REPLY_PAUSE:
        return NOTHING
    return (refuse(Check.CHANNEL_RULES, Code.CHANNEL_AUTO_REPLY, {"last_at": last.isoformat()}),)


def _outside_window(case: Case, fact: ChannelFact) -> Findings:
    """Outside the window only an approved template goes out, and only with a recorded opt-in."""
    last = fact.last_inbound_at
    if last is not None and case.now - last <= WHATSAPP_WINDOW:
        return NOTHING
    if not fact.approved_template:
        return (refuse(Check.CHANNEL_RULES, Code.CHANNEL_WINDOW),)
    basis = case.facts.basis
    if basis is UNKNOWN or basis.kind is BasisKind.CONSENT:
        return NOTHING  # an unread basis is check 3's to report
    return (refuse(Check.CHANNEL_RULES, Code.CHANNEL_NO_OPT_IN),)


def _sms_hours(case: Case) -> Findings:
    place, rule = place_of(case.facts), sms_rule(case.settings)
    if place is None:
        return (unread(Check.CHANNEL_RULES, Code.UNKNOWN_PLACE),)
    if is_permitted(case.now, place.zones, rule):
        return NOTHING
    opens_at = next_permitted(case.now, place.zones, rule) or case.now + timedelta(days=1)
    return (wait(Check.CHANNEL_RULES, Code.CHANNEL_SMS_HOURS, opens_at),)
