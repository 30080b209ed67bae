"""What journeys ask while they move, loaded for the whole batch at once."""

import logging
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import DatabaseError, transaction

from tactful.gate.types import UNKNOWN
from tactful.journeys.rules.batch import Asked, Load
from tactful.journeys.rules.moves import Facts
from tactful.journeys.rules.quiet_hours import QuietHours
from tactful.journeys.types import QUIET_FACT
from tactful.wiring.object_facts import load
from tactful.wiring.quiet_hours import quiet_hours

logger = logging.getLogger(__name__)


def loader(now: datetime) -> Load:
    """The ``Load`` of one operation at ``now``."""

    def answer(asked: Sequence[Asked]) -> list[Facts]:
        pairs = dict.fromkeys((state.contact_id, key) for state, keys in asked for key in keys)
        values = load([pair for pair in pairs if pair[1] != QUIET_FACT], now)
        quiet = _quiet_hours({contact for contact, key in pairs if key == QUIET_FACT}, now)
        values |= {pair: quiet.get(pair[0], UNKNOWN) for pair in pairs if pair[1] == QUIET_FACT}
        return [{key: values[state.contact_id, key] for key in keys} for state, keys in asked]

    return answer


def _quiet_hours(contacts: Collection[int], now: datetime) -> dict[int, QuietHours]:
    if not contacts:
        return {}
    try:
        with transaction.atomic():
            return quiet_hours(contacts, now)
    except DatabaseError:
        logger.exception("Quiet hours could not be read.")
        return {}
