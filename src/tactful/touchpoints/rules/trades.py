"""What a new house of a trade begins with, read from one file each: its line, its wishes, its words."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from tactful.touchpoints.rules.catalogue import Suggestion, suggestions
from tactful.touchpoints.types import NORWEGIAN, Line

Score = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Words:
    """The same in English and Norwegian."""

    en: str
    nb: str

    def said(self, language: str) -> str:
        return self.nb if language.startswith(NORWEGIAN) else self.en


@dataclass(frozen=True, slots=True)
class Wish:
    """Something that nobody wants to have to remember. ``recipe``: the journey that remembers it.
    ``touchpoint``: the one that gives most time back. ``chosen``: beforehand."""

    key: str
    recipe: str
    touchpoint: str
    ask: Words
    does: Words
    chosen: bool


@dataclass(frozen=True, slots=True)
class Trade:
    """``structural``: touchpoints below the line, with frequency, friction and clarity in this trade.
    ``judgement``: those above it. ``one`` and ``many``: what its clients are called. ``documents``: slug,
    English and Norwegian name of what it mostly asks for. ``sensitive``: neither topics nor sentiment are
    kept (GDPR 9). ``keep_days``: how long the words of finished conversations stay, 0 for always.
    ``words``: the folder of templates that take the place of the usual ones."""

    slug: str
    place: int
    name: Words
    about: Words
    one: Words
    many: Words
    structural: Mapping[str, Score]
    judgement: tuple[str, ...]
    wishes: tuple[Wish, ...]
    documents: tuple[tuple[str, str, str], ...] = ()
    sensitive: bool = False
    keep_days: int = 0
    words: str = ""

    def line_of(self, slug: str) -> Line | None:
        """None: this trade does not have the touchpoint."""
        if slug in self.structural:
            return Line.STRUCTURAL
        return Line.JUDGEMENT if slug in self.judgement else None

    def touchpoints(self) -> tuple[Suggestion, ...]:
        """Those of the catalogue that this trade has, in the order of the relationship."""
        return tuple(each for each in suggestions() if self.line_of(each.slug) is not None)


@cache
def trades() -> Mapping[str, Trade]:
    """By slug, in the order in which they are offered."""
    folder = files("tactful.touchpoints").joinpath("trades")
    found = [
        _trade(yaml.safe_load(file.read_text("utf-8"))) for file in folder.iterdir() if _is_pack(file.name)
    ]
    return {each.slug: each for each in sorted(found, key=lambda each: each.place)}


def _is_pack(name: str) -> bool:
    return name.endswith(".yaml")


def _trade(given: Mapping[str, Any]) -> Trade:
    return Trade(
        slug=given["trade"],
        place=given["place"],
        name=Words(**given["name"]),
        about=Words(**given["about"]),
        one=Words(**given["people"]["one"]),
        many=Words(**given["people"]["many"]),
        structural={slug: _score(slug, parts) for slug, parts in given["structural"].items()},
        judgement=tuple(given["judgement"]),
        wishes=tuple(_wish(each) for each in given["wishes"]),
        documents=tuple((slug, en, nb) for slug, en, nb in given.get("documents", ())),
        sensitive=bool(given.get("sensitive", False)),
        keep_days=int(given.get("keep_days", 0)),
        words=given.get("words", ""),
    )


def _score(slug: str, parts: list[int]) -> Score:
    frequency, friction, clarity = parts
    if not all(1 <= part <= 5 for part in parts):
        raise ValueError(f"The score of {slug} has three numbers from 1 to 5, not {parts}.")
    return frequency, friction, clarity


def _wish(given: Mapping[str, Any]) -> Wish:
    ask, does = Words(**given["ask"]), Words(**given["does"])
    return Wish(given["key"], given["recipe"], given["touchpoint"], ask, does, bool(given["chosen"]))
