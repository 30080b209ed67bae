"""What journeys ask while they move, loaded for the whole batch at once."""

from collections.abc import Sequence
from datetime import datetime

from tactful.journeys.rules.batch import Asked, Load
from tactful.journeys.rules.moves import Facts
from tactful.wiring.object_facts import load


def loader(now: datetime) -> Load:
    """The ``Load`` of one operation at ``now``."""

    def answer(asked: Sequence[Asked]) -> list[Facts]:
        pairs = [(state.contact_id, key) for state, keys in asked for key in keys]
        values = load(list(dict.fromkeys(pairs)), now)
        return [{key: values[state.contact_id, key] for key in keys} for state, keys in asked]

    return answer
