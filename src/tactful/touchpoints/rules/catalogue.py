"""The suggested touchpoints, read from their file."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from tactful.touchpoints.types import Line, MessageClass

PHASES = ("finding", "starting", "working", "happens", "year_end", "staying")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One touchpoint as we suggest it. ``score``: frequency, friction, clarity, each 1 to 5. ``owner``:
    who should have it where a person speaks, ``account_manager`` or ``business_owner``; else empty."""

    slug: str
    phase: str
    name: Mapping[str, str]
    moment: Mapping[str, str]
    message_class: MessageClass
    suggested: Line
    why: Mapping[str, str]
    score: tuple[int, int, int]
    owner: str = ""


def parse(rows: list[dict[str, Any]]) -> tuple[Suggestion, ...]:
    return tuple(
        Suggestion(
            slug=row["slug"],
            phase=row["phase"],
            name=row["name"],
            moment=row["moment"],
            message_class=MessageClass(row["class"]),
            suggested=Line(row["suggest"]),
            why=row["why"],
            score=tuple(row.get("score", (1, 1, 1))),
            owner=row.get("owner", ""),
        )
        for row in rows
    )


@cache
def suggestions() -> tuple[Suggestion, ...]:
    """The catalogue of a service business, in the order of the relationship."""
    return parse(yaml.safe_load(files("tactful.touchpoints").joinpath("catalogue.yaml").read_text("utf-8")))
