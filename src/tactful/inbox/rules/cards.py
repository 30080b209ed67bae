"""Which card of a person's list a new question joins, so that one matter interrupts them once.

A card is a task with those that have joined it. Each question keeps its own answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

FROM_PEOPLE = frozenset({"answer", "complaint", "sensitive", "talk_to_me", "bad_news"})
"""Codes of tasks that a client's words or a colleague have caused."""

SAME_DAY = timedelta(hours=12)
AT_ONCE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Card:
    """``question``: what is asked, the same for all who are asked alike."""

    id: int
    code: str
    owner_id: int | None
    contact_id: int | None
    question: str
    opened_at: datetime


def question_of(code: str, params: Mapping[str, Any]) -> str:
    """Of a journey's task, its title: each journey asks its own."""
    title = params.get("title")
    return f"{code}:{title.get('en', '')}" if isinstance(title, Mapping) else code


def may_join(code: str, *, urgent: bool) -> bool:
    """What a client has said stands on a card of its own, and so does what cannot wait."""
    return code not in FROM_PEOPLE and not urgent


def card_for(new: Card, cards: Sequence[Card]) -> Card | None:
    """An open card of the same person: about the same client, whom they look at today or have to answer
    anyway; or the same question about other clients, if it came up together with this one."""
    mine = [card for card in cards if card.owner_id == new.owner_id and card.id != new.id]
    about_client = (card for card in mine if _same_client(new, card))
    alike = (card for card in mine if _same_question(new, card))
    return next(about_client, None) or next(alike, None)


def _same_client(new: Card, card: Card) -> bool:
    if new.contact_id is None or card.contact_id != new.contact_id:
        return False
    return card.code in FROM_PEOPLE or new.opened_at - card.opened_at < SAME_DAY


def _same_question(new: Card, card: Card) -> bool:
    return card.question == new.question and new.opened_at - card.opened_at < AT_ONCE
