"""From which state a broadcast may come into which."""

from collections.abc import Mapping
from typing import Final

from tactful.broadcasts.types import State

MOVES: Final[Mapping[State, frozenset[State]]] = {
    State.DRAFT: frozenset({State.WAITING, State.SCHEDULED, State.CANCELLED}),
    State.WAITING: frozenset({State.SCHEDULED, State.DRAFT, State.CANCELLED}),
    State.SCHEDULED: frozenset({State.SENDING, State.DRAFT, State.CANCELLED}),
    State.SENDING: frozenset({State.PAUSED, State.FINISHED, State.CANCELLED}),
    State.PAUSED: frozenset({State.SENDING, State.CANCELLED}),
    State.FINISHED: frozenset(),
    State.CANCELLED: frozenset(),
}
EDITABLE: Final = frozenset({State.DRAFT, State.WAITING, State.SCHEDULED})
FROZEN: Final = frozenset({State.SENDING, State.PAUSED, State.FINISHED})  # and some that are cancelled
OVER: Final = frozenset(state for state, following in MOVES.items() if not following)


def may_move(state: State, to: State) -> bool:
    return to in MOVES[state]
