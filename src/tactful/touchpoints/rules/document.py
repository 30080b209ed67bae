"""The line as a file: one entry for each touchpoint, and what is wrong with one in plain sentences."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from tactful.touchpoints.types import Line, MessageClass

FORMAT: Final = "tactful.line/1"
LONGEST: Final = 500_000
WORD: Final = 80
FIELDS: Final = {"slug", "line", "class", "owner", "score", "why", "name"}


class BadLine(ValueError):
    """``problems``: a sentence each, which says where and what to do."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, slots=True)
class Entry:
    """``owner``: a mail address, "" for nobody. ``name``: for readers of the file; it changes nothing."""

    slug: str
    line: Line
    message_class: MessageClass
    owner: str
    score: tuple[int, int, int]
    why: str = ""
    name: str = ""


def write(entries: Iterable[Entry]) -> str:
    rows = [
        {
            "slug": each.slug,
            "name": each.name,
            "line": each.line.value,
            "class": each.message_class.value,
            "owner": each.owner,
            "score": list(each.score),
            "why": each.why,
        }
        for each in entries
    ]
    return yaml.safe_dump(
        {"format": FORMAT, "touchpoints": rows}, sort_keys=False, allow_unicode=True, width=100
    )


def read(text: str, known: Collection[str], owners: Collection[str]) -> tuple[Entry, ...]:
    """``known``: slugs of the house; ``owners``: addresses, in lower case, of those who may write. Raises
    ``BadLine`` with all that is wrong."""
    if len(text) > LONGEST:
        raise BadLine([f"A line has at most {LONGEST} characters, and this has {len(text)}."])
    try:
        loaded = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        # A day that no calendar has, a number beyond all, or parts within parts without end.
        raise BadLine([f"This is not YAML: {' '.join(str(error).split())[:200]}"]) from error
    if not isinstance(loaded, dict) or loaded.get("format") != FORMAT:
        raise BadLine([f"This is no line. A file begins with “format: {FORMAT}”; export one to see how."])
    rows = loaded.get("touchpoints")
    if not isinstance(rows, list) or not rows:
        raise BadLine(["There are no touchpoints in it. They stand in a list under “touchpoints”."])
    problems = [words for place, row in enumerate(rows, 1) for words in _problems(place, row, known, owners)]
    problems += _twice(rows)
    if problems:
        raise BadLine(problems)
    return tuple(_entry(row) for row in rows)


def _problems(place: int, row: Any, known: Collection[str], owners: Collection[str]) -> Iterable[str]:
    if not isinstance(row, dict) or not isinstance(row.get("slug"), str):
        yield f"Number {place} has no slug. Each touchpoint is named by its slug."
        return
    slug = row["slug"][:WORD]
    if strange := sorted(map(_shown, set(row) - FIELDS)):
        yield f"{slug} has “{strange[0]}”, which means nothing here. Leave it out."
    if slug not in known:
        yield f"{slug} is no touchpoint of this house. Add it on the line's page first, or leave it out."
    if row.get("line") not in list(Line):
        yield f"{slug}: “line” is structural, judgement or undecided, not “{_shown(row.get('line'))}”."
    if row.get("class") not in list(MessageClass):
        every = ", ".join(MessageClass)
        yield f"{slug}: “class” is one of {every}, not “{_shown(row.get('class'))}”."
    if not _is_score(row.get("score")):
        yield f"{slug}: “score” is three numbers from 1 to 5: how often, how much effort, how clear."
    yield from _owner_problems(slug, row, owners)


def _shown(given: object) -> str:
    """For a sentence. What is no word is not written out: a few letters of YAML can stand for any number."""
    return given[:WORD] if isinstance(given, str) else "…" if isinstance(given, dict | list) else str(given)


def _owner_problems(slug: str, row: Mapping[str, Any], owners: Collection[str]) -> Iterable[str]:
    for field in ("why", "name", "owner"):
        if not isinstance(row.get(field, ""), str | None):
            yield f"{slug}: “{field}” is text."
    owner = row.get("owner") or ""
    if isinstance(owner, str) and owner and owner.lower() not in owners:
        yield f"{slug}: nobody with the address {owner[:WORD]} may write here. Name somebody else, or nobody."
    if not owner and row.get("line") == Line.JUDGEMENT:
        yield f"{slug} stands with people, so somebody owns it. Write their mail address after “owner”."


def _is_score(given: Any) -> bool:
    return (
        isinstance(given, list)
        and len(given) == 3
        and all(type(each) is int and 1 <= each <= 5 for each in given)
    )


def _twice(rows: list[Any]) -> list[str]:
    named = (row["slug"] for row in rows if isinstance(row, dict) and isinstance(row.get("slug"), str))
    twice = sorted(slug for slug, times in Counter(named).items() if times > 1)
    return [f"{slug[:WORD]} stands there twice. Keep one of them." for slug in twice]


def _entry(row: Mapping[str, Any]) -> Entry:
    frequency, friction, clarity = row["score"]
    owner, why = str(row.get("owner") or "").lower(), str(row.get("why") or "").strip()
    score = (frequency, friction, clarity)
    return Entry(row["slug"], Line(row["line"]), MessageClass(row["class"]), owner, score, why)
