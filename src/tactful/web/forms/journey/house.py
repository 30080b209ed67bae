"""What there is to choose from: read once for a page, in the reader's words."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tactful.journeys.types import Text as Words
from tactful.web.forms.journey.controls import Choice
from tactful.web.forms.journey.traffic import Traffic


@dataclass(frozen=True, slots=True)
class House:
    """``events``, ``facts``: name -> words, those of the journey itself among them. ``key``: of the journey
    at hand. ``steps``: where it could go on. ``answers``: steps that a person answers. ``dates``, ``keys``:
    name -> words, of what journeys begin with and are about."""

    language: str
    touchpoints: tuple[Choice, ...] = ()
    templates: tuple[Choice, ...] = ()
    journeys: tuple[Choice, ...] = ()
    segments: tuple[Choice, ...] = ()
    people: tuple[Choice, ...] = ()
    events: Mapping[str, Words] = field(default_factory=dict)
    facts: Mapping[str, Words] = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    steps: tuple[Choice, ...] = ()
    answers: tuple[Choice, ...] = ()
    key: str = ""
    dates: Mapping[str, Words] = field(default_factory=dict)
    keys: Mapping[str, Words] = field(default_factory=dict)
    traffic: Traffic = field(default_factory=Traffic)

    def say(self, words: Words) -> str:
        return words.in_language(self.language) or words.en or words.nb
