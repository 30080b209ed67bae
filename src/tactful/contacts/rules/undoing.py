"""Taking a file back: what holds a client here, and what of another one goes back to what it was. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

NAMES = ("name", "given_name", "sort_key")
BY_SPELL = {"company_id": ("company", ""), "manager_id": ("manager", "")}


@dataclass(frozen=True, slots=True)
class Tie:
    """Rows that say that something has happened with a client. ``code``: what, for the sentence. ``where``
    may name ``t`` and the parameters ``%(run)s`` and ``%(moments)s``, at which the file was read."""

    table: str
    column: str
    code: str
    where: str = "true"


@dataclass(frozen=True, slots=True)
class Ties:
    """``holding``: what keeps a client here. ``going``: (table, column) of rows that go with one."""

    holding: tuple[Tie, ...]
    going: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class SpellNow:
    kind: str
    key: str
    to_at: datetime | None


@dataclass(frozen=True, slots=True)
class Touch:
    """What a part of the file has done to one client who was there before."""

    contact_id: int
    at: datetime
    was: Mapping[str, Any]
    became: Mapping[str, Any]
    made: Mapping[str, list[int]]
    ended: Mapping[str, list[int]]


@dataclass(slots=True)
class Back:
    """``removed`` and ``reopened``: ids of spells."""

    fields: list[str] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)
    reopened: list[int] = field(default_factory=list)


def put_back(touch: Touch, state: dict[str, Any], spells: Mapping[int, SpellNow]) -> Back:
    """Changes ``state`` and ``spells`` to what they were, wherever nobody has written since."""
    back = Back()
    made = touch.made.get("contact_spell", ())
    running = {(spells[i].kind, spells[i].key): i for i in made if i in spells and spells[i].to_at is None}
    done = set()
    for name in _unchanged(touch, state):
        needed = BY_SPELL.get(name)
        if needed is None or needed in running:
            state[name] = touch.was[name]
            back.fields.append(name)
            done.add(needed)
    for key, value in touch.became["attributes"].items():
        needed = ("attribute", key[:80])
        if needed in running and state["attributes"].get(key) == value:
            _set(state["attributes"], key, touch.was["attributes"].get(key))
            back.fields.append(key)
            done.add(needed)
    tags = [place for place in running if place[0] == "tag"]
    back.fields += [f"tag:{key}" for _, key in tags]
    done.update(tags)
    back.removed = [ident for place, ident in running.items() if place in done]
    for ident in touch.ended.get("contact_spell", ()):
        spell = spells.get(ident)
        if spell is not None and spell.to_at == touch.at and (spell.kind, spell.key) in done:
            spell.to_at = None
            back.reopened.append(ident)
    return back


def _unchanged(touch: Touch, state: Mapping[str, Any]) -> list[str]:
    """A name is one thing, in whatever columns it stands."""
    columns = [name for name in touch.became if name != "attributes"]
    same = [name for name in columns if state[name] == touch.became[name]]
    named = [name for name in columns if name in NAMES]
    whole = all(name in same for name in named)
    return [name for name in same if whole or name not in NAMES]


def _set(attributes: dict[str, Any], key: str, value: Any) -> None:
    if value is None:
        attributes.pop(key, None)
    else:
        attributes[key] = value
