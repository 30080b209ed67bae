"""A step before a date is pulled forward to the last permitted moment, never pushed past the date."""

from datetime import datetime

from tactful.channels.types import Channel
from tactful.gate.rules.channel import sms_rule
from tactful.gate.rules.quiet import rule_at
from tactful.gate.types import GateSettings, PlaceFact
from tactful.kernel.windows import last_permitted

_ROUNDS = 50


def pull_forward(
    due_at: datetime,
    latest_at: datetime | None,
    place: PlaceFact,
    settings: GateSettings,
    channel: Channel = Channel.MAIL,
) -> datetime:
    """The last moment not after ``due_at`` (nor ``latest_at``) that quiet hours permit, and for an SMS
    its hours too; for scheduling a reminder.

    It may lie in the past, if the reminder was ordered too late for it: then it is due at once.
    Raises ``UnknownZone`` if ``place`` names one.
    """
    wanted = due_at if latest_at is None else min(due_at, latest_at)
    rules = [rule_at(place, settings)] + ([sms_rule(settings)] if channel is Channel.SMS else [])
    moment = wanted
    for _ in range(_ROUNDS):  # each rule moves backward only; real rules meet after two or three rounds
        before = moment
        for rule in rules:
            earlier = last_permitted(moment, place.zones, rule)
            if earlier is None:
                return wanted
            moment = earlier
        if moment == before:
            break
    return moment
