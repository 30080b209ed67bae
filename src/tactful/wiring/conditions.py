"""Still-true conditions, asked again at the gate with the same words and facts as in the journey."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from tactful.delivery.types import DueMessage
from tactful.gate.types import UNKNOWN, ConditionFact, Unknown
from tactful.journeys.rules.conditions import Values, fact_key
from tactful.journeys.rules.plan import Question, question
from tactful.journeys.rules.reading import condition_of
from tactful.wiring.object_facts import load

ALWAYS = ConditionFact(holds=True)


def conditions_hold(messages: Sequence[DueMessage], now: datetime) -> dict[int, ConditionFact | Unknown]:
    """For each message: does the sentence that justifies it still hold?"""
    found: dict[int, ConditionFact | Unknown] = {message.id: ALWAYS for message in messages}
    asking = [(message, _asked(message.condition)) for message in messages if message.condition]
    wanted = [
        (message.contact_id, fact_key(name, _suffix(message.condition)))
        for message, asked in asking
        for name in asked.names
    ]
    values = load(list(dict.fromkeys(wanted)), now) if wanted else {}
    return found | {message.id: _answer(message, asked, values) for message, asked in asking}


def _answer(
    message: DueMessage, asked: Question, values: Mapping[tuple[int, str], Any]
) -> ConditionFact | Unknown:
    suffix = _suffix(message.condition)
    facts = {
        key: values[message.contact_id, key] for name in asked.names for key in (fact_key(name, suffix),)
    }
    if any(value is UNKNOWN for value in facts.values()):
        return UNKNOWN
    kept = message.condition
    holds = asked.evaluate(Values(facts, suffix, kept, kept.get("event", {})))
    return ConditionFact(holds, code=asked.names[0] if asked.names else "condition")


def _asked(condition: Mapping[str, Any]) -> Question:
    return _compiled(json.dumps(condition["if"], sort_keys=True))


@lru_cache(maxsize=1024)
def _compiled(document: str) -> Question:
    compiled = question(condition_of(json.loads(document)))
    assert compiled is not None  # there is a condition, so there is a question
    return compiled


def _suffix(condition: Mapping[str, Any]) -> str:
    about = condition.get("about", "")
    return f":{about}" if about else ""
