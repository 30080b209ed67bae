"""Comments of a text carried over to another text of the same journey. Pure.

A comment belongs to what it stands above or beside: a part of the journey by its path, a step by its id.
It goes where that part goes, and goes with it when it is taken out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from tactful.journeys.rules.problems import DefinitionError
from tactful.journeys.rules.yaml_text import Lines, Path, read_yaml

Anchor = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Comment:
    """``beside``: on the line of its part, else above it; ``anchor`` None: at the very end."""

    text: str
    anchor: Anchor | None
    beside: bool


def with_comments(old: str, new: str) -> str:
    """``new`` with the comments of ``old``. What cannot be read gives nothing and takes nothing."""
    if "#" not in old:
        return new
    try:
        document, lines = read_yaml(new)
        written = _put(list(_comments(old)), new, document, lines)
        return written if read_yaml(written)[0] == document else new
    except (DefinitionError, yaml.YAMLError):
        return new


def _comments(text: str) -> Iterator[Comment]:
    document, lines = read_yaml(text)
    anchors = _by_line(document, lines)
    rows = text.splitlines()
    for number, column in _marks(text):
        row = rows[number - 1]
        is_beside = bool(row[:column].strip())
        if is_beside:
            anchor = anchors.get(number)
            if anchor is not None:
                yield Comment(row[column:], anchor, True)
            continue
        following = min((line for line in anchors if line > number), default=None)
        yield Comment(row[column:], anchors[following] if following else None, False)


def _marks(text: str) -> Iterator[tuple[int, int]]:
    """(line, column) of each comment: what lies between the tokens of the text."""
    end = 0
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        yield from _in_gap(text, end, token.start_mark.index)
        end = max(end, token.end_mark.index)
    yield from _in_gap(text, end, len(text))


def _in_gap(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    place = text.find("#", start, stop)
    while place >= 0:
        begin = text.rfind("\n", 0, place) + 1
        yield text.count("\n", 0, place) + 1, place - begin
        end_of_line = text.find("\n", place)
        place = text.find("#", end_of_line, stop) if end_of_line >= 0 else -1


def _by_line(document: Any, lines: Lines) -> dict[int, Anchor]:
    """The outermost part that begins on each line."""
    found: dict[int, Anchor] = {}
    for path, line in sorted(lines.items(), key=lambda each: len(each[0])):
        if path:
            found.setdefault(line, _anchor(document, path))
    return found


def _anchor(document: Any, path: Path) -> Anchor:
    """A path in which a step is named by its id."""
    if len(path) < 2 or path[0] != "steps" or not isinstance(path[1], int):
        return path
    steps = document.get("steps") if isinstance(document, dict) else None
    step = steps[path[1]] if isinstance(steps, list) and path[1] < len(steps) else None
    name = step.get("id", path[1]) if isinstance(step, dict) else path[1]
    return ("steps", f"#{name}", *path[2:])


def _put(comments: list[Comment], text: str, document: Any, lines: Lines) -> str:
    where = {_anchor(document, path): line for path, line in lines.items()}
    rows = text.splitlines()
    above: dict[int, list[str]] = {}
    last: list[str] = []
    for each in comments:
        line = len(rows) + 1 if each.anchor is None else where.get(each.anchor, 0)
        if each.anchor is None:
            last.append(each.text)
        elif line and each.beside:
            rows[line - 1] = f"{rows[line - 1]}  {each.text}"
        elif line:
            row = rows[line - 1]
            above.setdefault(line, []).append(row[: len(row) - len(row.lstrip())] + each.text)
    out = [part for n, row in enumerate(rows, 1) for part in (*above.get(n, ()), row)]
    return "\n".join([*out, *last]) + "\n"
