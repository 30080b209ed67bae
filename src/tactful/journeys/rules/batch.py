"""Many enrolments at once: facts are loaded for all of them together, and one that fails stops nobody."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeAlias

from tactful.journeys.rules.engine import step, wanted
from tactful.journeys.rules.moves import Advance, Ask, Facts, State, Stimulus
from tactful.journeys.rules.plan import Plan
from tactful.kernel.values import value

MOST_ROUNDS = 8


@value
class Item:
    plan: Plan
    state: State
    stimulus: Stimulus


@value
class Failed:
    """This enrolment could not be moved; its row stays as it is."""

    error: Exception


Asked: TypeAlias = tuple[State, tuple[str, ...]]
Load: TypeAlias = Callable[[Sequence[Asked]], Sequence[Facts]]
"""Gets (state, keys) for all that ask and answers one mapping each, in the same order. A fact that could
not be read is ``gate.types.UNKNOWN`` there; a key left out is asked again, at most 8 times."""


def advance_batch(items: Sequence[Item], load: Load, now: datetime) -> list[Advance | Failed]:
    """One answer per item, in order. Facts are first loaded by what each is likely to want."""
    known = _loaded(load, [(item.state, wanted(item.plan, item.state)) for item in items])
    answers: list[Advance | Failed | Ask] = [
        _tried(item, facts, now) for item, facts in zip(items, known, strict=True)
    ]
    for _ in range(MOST_ROUNDS):
        asking = [(place, answer) for place, answer in enumerate(answers) if isinstance(answer, Ask)]
        if not asking:
            break
        more = _loaded(load, [(items[place].state, answer.keys) for place, answer in asking])
        for (place, _), facts in zip(asking, more, strict=True):
            known[place] = {**known[place], **facts}
            answers[place] = _tried(items[place], known[place], now)
    return [_settled(answer) for answer in answers]


def _loaded(load: Load, asked: list[Asked]) -> list[Facts]:
    wanting = [each for each in asked if each[1]]
    if not wanting:
        return [{} for _ in asked]
    given = iter(load(wanting))
    return [next(given) if keys else {} for _, keys in asked]


def _tried(item: Item, facts: Facts, now: datetime) -> Advance | Failed | Ask:
    try:
        return step(item.plan, item.state, item.stimulus, facts, now)
    except Exception as error:  # noqa: BLE001, whatever it is, it is this client's alone
        return Failed(error)


def _settled(answer: Advance | Failed | Ask) -> Advance | Failed:
    if isinstance(answer, Ask):
        keys = ", ".join(answer.keys)
        return Failed(LookupError(f"After {MOST_ROUNDS} rounds nobody has answered for: {keys}."))
    return answer
