"""Journeys to begin with, as YAML files beside this one, and what an owner should know of each.

``<slug>.yaml`` is the journey; ``<slug>.notes.yaml`` says when not to use it, for whom it is, what the
house must have first, and keeps its stored tests as data.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import yaml

from tactful.journeys.types import Text

TRADES = ("accounting", "health", "salon", "workshop", "shop", "consulting")
NOTES = ".notes.yaml"


@dataclass(frozen=True, slots=True)
class Notes:
    """``needs``: what must exist in the house first, a sentence each, to owners. ``tells``: the same to
    whoever connects the system: names of events, each with its fields. ``judgement``: the touchpoints where
    a person speaks instead, by slug.

    ``tests``: stored tests as they stand in the file. Each has a ``name``; ``given``: the client
    (language, zone, country), ``facts`` (by key, ``from`` a moment on), ``grounds`` for writing,
    ``addresses``, ``events``, people's ``replies`` to tasks, and ``until``; ``expected``: messages and
    tasks by step with their moment, nothing else, and ``no_message`` for the steps that stay silent;
    ``ends``: why the journey ended, left out where it is not asked.
    """

    when_not: Text
    trades: tuple[str, ...]
    needs: tuple[Text, ...]
    judgement: tuple[str, ...]
    tests: tuple[Mapping[str, Any], ...]
    tells: Mapping[str, tuple[str, ...]]


def names() -> list[str]:
    """The slugs of all recipes."""
    found = (entry.name for entry in files(__name__).iterdir())
    return sorted(
        name.removesuffix(".yaml") for name in found if name.endswith(".yaml") and not name.endswith(NOTES)
    )


def text(slug: str) -> str:
    """The YAML of one recipe. Raises ``FileNotFoundError`` for a slug that is not in ``names()``."""
    return _read(f"{slug}.yaml")


def notes(slug: str) -> Notes:
    """What stands beside one recipe. Raises ``FileNotFoundError`` for a slug that is not in ``names()``."""
    loaded: dict[str, Any] = yaml.safe_load(_read(slug + NOTES))
    return Notes(
        when_not=Text(**loaded["when_not"]),
        trades=tuple(loaded["trades"]),
        needs=tuple(Text(**each) for each in loaded["needs"]),
        judgement=tuple(loaded["judgement"]),
        tests=tuple(loaded["tests"]),
        tells={name: tuple(fields) for name, fields in loaded.get("tells", {}).items()},
    )


def _read(name: str) -> str:
    return files(__name__).joinpath(name).read_text("utf-8")
