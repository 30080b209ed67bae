"""Where something stands in a payload: ``customer.email``, ``items[0].name``, ``items[].sku``,
``fields[type=INPUT_EMAIL].value``, ``answers[field.ref=name].text``, ``["a name. with a dot"]``.

A path that leads nowhere finds nothing; it never fails on what strangers send. ``$header.x-topic`` is a
header of the request.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tactful.connectors.types import MappingTrouble, Payload

HEADER = "$header"
LONGEST = 300
MOST_STEPS = 12
MOST_ITEMS = 200

_STEP = re.compile(
    r"""\.?(?P<key>[^.\[\]"]+)
    |\.?\["(?P<quoted>[^"\]]+)"\]
    |\[(?P<index>\d{1,4})\]
    |\[(?P<each>)\]
    |\[(?P<name>[^=\[\]"]+)=(?P<value>[^\[\]]*)\]""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Key:
    name: str


@dataclass(frozen=True, slots=True)
class Index:
    at: int


@dataclass(frozen=True, slots=True)
class Each:
    """Every item of a list."""


@dataclass(frozen=True, slots=True)
class First:
    """The first item of a list in which ``keys`` lead to ``value``."""

    keys: tuple[str, ...]
    value: str


Step = Key | Index | Each | First


@dataclass(frozen=True, slots=True)
class Path:
    text: str
    steps: tuple[Step, ...]


def parse(text: Any, where: str = "") -> Path:
    """Raises ``MappingTrouble``."""
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST:
        raise MappingTrouble("path", where, path=str(text)[:80])
    given, at, steps = text.strip(), 0, list[Step]()
    while at < len(given):
        match = _STEP.match(given, at)
        if match is None or (at == 0 and given.startswith(".")):
            raise MappingTrouble("path", where, path=given[:80])
        steps.append(_step(match))
        at = match.end()
    if len(steps) > MOST_STEPS:
        raise MappingTrouble("path", where, path=given[:80])
    return Path(given, tuple(steps))


def _step(match: "re.Match[str]") -> Step:
    if match["index"] is not None:
        return Index(int(match["index"]))
    if match["each"] is not None:
        return Each()
    if match["name"] is not None:
        return First(tuple(match["name"].strip().split(".")), match["value"].strip().strip('"'))
    return Key((match["key"] or match["quoted"]).strip())


def first(payload: Payload, path: Path) -> Any:
    """The first thing there that is not nothing; None if there is none."""
    return next((each for each in every(payload, path) if each is not None and each != ""), None)


def every(payload: Payload, path: Path) -> Iterator[Any]:
    """All that the path leads to, at most ``MOST_ITEMS`` of each list."""
    steps = path.steps
    if steps and steps[0] == Key(HEADER):
        name = ".".join(step.name for step in steps[1:] if isinstance(step, Key))
        yield payload.headers.get(name.lower())
        return
    yield from _walk(payload.body, steps)


def _walk(value: Any, steps: Sequence[Step]) -> Iterator[Any]:
    if not steps:
        yield value
        return
    step, rest = steps[0], steps[1:]
    if isinstance(step, Key):
        if isinstance(value, dict) and step.name in value:
            yield from _walk(value[step.name], rest)
    elif isinstance(value, list):
        for item in _items(value, step):
            yield from _walk(item, rest)


def _items(value: list[Any], step: Index | Each | First) -> list[Any]:
    if isinstance(step, Index):
        return value[step.at : step.at + 1]
    if isinstance(step, Each):
        return value[:MOST_ITEMS]
    return [item for item in value[:MOST_ITEMS] if _under(item, step.keys) == step.value][:1]


def _under(value: Any, keys: tuple[str, ...]) -> str | None:
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return plain(value)


def plain(value: Any) -> str | None:
    """A plain value as text: ``true``, ``12.5``, ``paid``; None for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, int):
        return str(value) if abs(value) < 10**100 else None
    return str(value) if isinstance(value, str | float) else None


def leaves(body: Any, most: int = 150) -> list[tuple[str, str]]:
    """(path, value as text) of the plain values of a body, in its order: what a person can choose from."""
    found: list[tuple[str, str]] = []
    for path, value in _leaves(body, "", 0):
        found.append((path, value))
        if len(found) >= most:
            break
    return found


def _leaves(value: Any, path: str, depth: int) -> Iterator[tuple[str, str]]:
    if depth >= MOST_STEPS or len(path) > LONGEST:
        return
    if isinstance(value, dict):
        for name, each in value.items():
            step = _written(str(name))
            if step:
                yield from _leaves(
                    each, f"{path}.{step}" if path and step[0] != "[" else path + step, depth + 1
                )
    elif isinstance(value, list):
        for number, each in enumerate(value[:3]):
            yield from _leaves(each, f"{path}[{number}]", depth + 1)
    elif (text := plain(value)) is not None and path:
        yield path, text


def _written(name: str) -> str:
    """A key as a path names it; "" for one that no path can name."""
    if not name.strip() or '"' in name or "]" in name or name != name.strip():
        return ""
    return f'["{name}"]' if "." in name or "[" in name else name
