"""The systems that we know: one file each, read once.

name, place                      how it is called, and where it stands among the others
brings, steps                    what an owner gets, and what to do there, in English and Norwegian
secret: ours | theirs            who makes the signing secret
verify                           how its requests are signed (``rules.signatures``)
greeting                         how a request begins that only asks if anybody is there
mapping                          what its payloads mean (``rules.mapping``)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from tactful.connectors.rules.mapping import Map, read_map
from tactful.connectors.rules.signatures import Check, read_check

OTHER = "other"


@dataclass(frozen=True, slots=True)
class System:
    slug: str
    name: str
    place: int
    brings: Mapping[str, str]
    steps: Mapping[str, list[str]]
    is_secret_ours: bool
    check: Check
    mapping: Map
    document: Mapping[str, Any]
    greeting: str = ""


@cache
def systems() -> Mapping[str, System]:
    """By slug, in the order in which they are offered."""
    found = [_read(file.name.removesuffix(".yaml"), file.read_text("utf-8")) for file in _folder()]
    return {system.slug: system for system in sorted(found, key=lambda each: each.place)}


def _folder() -> list[Any]:
    return [file for file in files(__name__).iterdir() if file.name.endswith(".yaml")]


def _read(slug: str, text: str) -> System:
    told = yaml.safe_load(text)
    return System(
        slug=slug,
        name=told["name"],
        place=told["place"],
        brings=told["brings"],
        steps=told["steps"],
        is_secret_ours=told["made_by"] == "us",
        check=read_check(told["verify"]),
        mapping=read_map(told["mapping"]),
        document=told["mapping"],
        greeting=told.get("greeting", ""),
    )
