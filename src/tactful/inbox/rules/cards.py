"""Which card of a person's list a new question joins, so that one matter interrupts them once.

A card is a task with those that have joined it. Each question keeps its own answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

FROM_PEOPLE = frozenset({"answer", "complaint", "sensitive", "talk_to_me", "bad_news"})
"""Codes of tasks that a client's words or a colleague have caused."""

SAME_DAY = timedelta(hours=12)
AT_ONCE = timedelta(hours=1)
A_WEEK = timedelta(days=7)
LISTS = frozenset({"message_late"})
"""Questions whose card stays one list for as long as it stands: one time out of order, one decision."""


@dataclass(frozen=True, slots=True)
class Card:
    """``question``: what is asked, the same for all who are asked alike. ``leisure``: see ``NewTask``.
    ``opened_at``: when it came before the eyes of its person. ``withdrawn``: it settled itself, before
    anybody answered. ``asks_at``, ``first``: the list of a day on which it stands, and its first one."""

    id: int
    code: str
    owner_id: int | None
    contact_id: int | None
    question: str
    opened_at: datetime
    leisure: bool = False
    withdrawn: bool = False
    asks_at: datetime | None = None
    first: int | None = None


class Asked(Protocol):
    """A task, as far as it tells which matter it belongs to."""

    id: int
    owner_id: int | None
    contact_id: int | None
    code: str
    params: Any


@dataclass(frozen=True, slots=True)
class Since:
    """What was opened later comes before a person's eyes together with what is opened now: about the same
    client, and the same question about others. ``week``: for what has time."""

    client: datetime
    alike: datetime
    week: datetime


def since(now: datetime, at_desk: datetime) -> Since:
    """``at_desk``: the last moment at which the office was open, ``now`` included. What comes up while it
    is closed is found together when it opens."""
    return Since(min(now - SAME_DAY, at_desk), min(now - AT_ONCE, at_desk), now - A_WEEK)


def question_of(code: str, params: Mapping[str, Any]) -> str:
    """Of a journey's task, its title: each journey asks its own."""
    title = params.get("title")
    return f"{code}:{title.get('en', '')}" if isinstance(title, Mapping) else code


def matter_of(task: Asked) -> tuple[object, ...]:
    """On the list of a day each question stands for itself, but the same one about the same client is one
    matter: whoever says "I have already sent it" of three documents has said one thing."""
    if task.contact_id is None:
        return (task.id,)
    return task.owner_id, task.contact_id, question_of(task.code, task.params)


def may_join(code: str, *, urgent: bool) -> bool:
    """What a client has said stands on a card of its own, and so does what cannot wait."""
    return code not in FROM_PEOPLE and not urgent


def card_for(new: Card, cards: Sequence[Card], given: Since) -> Card | None:
    """A card of the same person: about the same client, whom they look at today or have to answer anyway;
    or the same question about other clients, if it came up together with this one. What has time joins
    what had time this week, done or not: one list a week."""
    mine = [card for card in cards if card.owner_id == new.owner_id and card.leisure == new.leisure]
    if new.leisure:
        return next((card for card in mine if card.opened_at > given.week), None)
    about_client = (card for card in mine if _same_client(new, card, given))
    alike = (card for card in mine if _same_question(new, card, given))
    return next(about_client, None) or next(alike, None)


def _same_client(new: Card, card: Card, given: Since) -> bool:
    if new.contact_id is None or card.contact_id != new.contact_id:
        return False
    if card.withdrawn:  # a journey thinks anew and comes to the same: that is not asked twice a day
        return card.question == new.question and card.opened_at > given.client
    return card.code in FROM_PEOPLE or card.opened_at > given.client


def _same_question(new: Card, card: Card, given: Since) -> bool:
    if card.withdrawn:
        return False
    return card.question == new.question and (card.code in LISTS or card.opened_at > given.alike)
