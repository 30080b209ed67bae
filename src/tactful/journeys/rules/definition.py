"""From a document to a definition and back.

``parse`` takes what JSON or YAML gave, checks it against the published schema and for what a schema
cannot see, and answers with a ``Definition`` or raises ``DefinitionError`` with every problem at once.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, TypeAlias

from tactful.journeys.rules.problems import DefinitionError, Problem, path_text
from tactful.journeys.rules.reading import definition_of
from tactful.journeys.rules.reading_entries import ENTRY_WORDS
from tactful.journeys.rules.recurrence import BadRule, read_rule
from tactful.journeys.rules.schema import at, problems_of
from tactful.journeys.rules.writing import document_of
from tactful.journeys.rules.yaml_text import Lines, Path, read_yaml, write_yaml
from tactful.journeys.types import END, Definition


def read(text: str) -> Definition:
    """A journey from a YAML (or JSON) file. Raises ``DefinitionError`` with paths and lines."""
    document, lines = read_yaml(text)
    return parse(document, lines)


def parse(document: Any, lines: Lines | None = None) -> Definition:
    """A journey from a document. Raises ``DefinitionError``; lines are named if they are given."""
    problems = problems_of(document, lines) or tuple(_unseen_by_schema(document, lines))
    if problems:
        raise DefinitionError(problems)
    return definition_of(document)


def document(definition: Definition) -> dict[str, Any]:
    """The document of a definition, as JSON values; ``parse`` gives the same definition again."""
    return document_of(definition)


def write(definition: Definition) -> str:
    """The YAML of a definition: ``write(read(write(d))) == write(d)``, byte for byte."""
    return write_yaml(document_of(definition))


def _unseen_by_schema(document: dict[str, Any], lines: Lines | None) -> list[Problem]:
    said = [
        *_about_entry(document["entry"]),
        *_about_steps(document),
        *_about_targets(document),
        *_about_delays(document),
    ]
    return [Problem(code, path_text(path), at(path, lines), params) for code, path, params in said]


PERSONS_OWN = frozenset({"personal_line", "personal_by"})
"""Variables that only a person's hand may fill (``delivery.types.OWN_LINE``): no event may speak for them."""
Said: TypeAlias = Iterator[tuple[str, Path, dict[str, str]]]


def _about_entry(entry: dict[str, Any]) -> Said:
    kind = next(word for word in ENTRY_WORDS if word in entry)
    for word in entry:
        if word != kind and word not in ENTRY_WORDS[kind]:
            yield "not_with", ("entry", word), {"name": word, "other": kind}
    if kind == "date":
        yield from _about_date(entry)
    if kind == "every":
        try:
            read_rule(entry["every"])
        except BadRule as wrong:
            yield "rule", ("entry", "every"), {"value": str(wrong)}
        if not _is_date(entry["from"]):
            yield "date", ("entry", "from"), {"value": entry["from"]}


def _about_date(entry: dict[str, Any]) -> Said:
    name: str = entry["date"]
    owner = name.split(".", maxsplit=1)[0]
    if owner == "contact":
        if not name.startswith("contact.attribute."):
            yield "client_date", ("entry", "date"), {"value": name}
        if "key" in entry:
            yield "not_with", ("entry", "key"), {"name": "key", "other": name}
    elif "yearly" in entry:
        yield "not_with", ("entry", "yearly"), {"name": "yearly", "other": name}
    elif entry.get("key") != owner or owner == name:
        yield "date_key", ("entry", "date"), {"value": name, "name": owner}


def _about_steps(document: dict[str, Any]) -> Said:
    ids: set[str] = set()
    for place, step in enumerate(document["steps"]):
        if step["id"] in ids:
            yield "twice", ("steps", place, "id"), {"name": step["id"]}
        if step["id"] == END:
            yield "reserved", ("steps", place, "id"), {}
        for name in PERSONS_OWN & step.get("variables", {}).keys():
            yield "persons_own", ("steps", place, "variables", name), {"name": name}
        ids.add(step["id"])


def _about_targets(document: dict[str, Any]) -> Said:
    known = {END, *(step["id"] for step in document["steps"])}
    for path, name in _targets(document, ()):
        if name not in known:
            yield "target", path, {"name": name}


def _about_delays(document: dict[str, Any]) -> Said:
    for path, delay in _delays(document, ()):
        lengths = (
            "days" in delay,
            "hours" in delay or "minutes" in delay,
            "working_days" in delay,
            "until" in delay,
        )
        if sum(lengths) > 1:
            yield "one_time", path, {}
        until = delay.get("until")
        if isinstance(until, str) and not _is_date(until):
            yield "date", (*path, "until"), {"value": until}


_TARGET_WORDS = frozenset({"next", "otherwise", "if_not_sent", "if_refused", "if_failed", "answer"})
_NOT_OURS = frozenset({"set", "names", "body", "with"})  # words of people and of other systems
_DELAY_WORDS = frozenset({"delay", "up_to", "latest", "within"})


def _targets(part: Any, path: Path) -> list[tuple[Path, str]]:
    """Everything that names a step. Attributes and words of people are not looked into."""
    found: list[tuple[Path, str]] = []
    for word, value in _parts(part):
        here = (*path, word)
        if word in _TARGET_WORDS and isinstance(value, str):
            found.append((here, value))
        elif word not in _NOT_OURS:
            found += _targets(value, here)
    return found


def _delays(part: Any, path: Path) -> list[tuple[Path, dict[str, Any]]]:
    found: list[tuple[Path, dict[str, Any]]] = []
    for word, value in _parts(part):
        if word in _DELAY_WORDS and isinstance(value, dict):
            found.append(((*path, word), value))
        elif word not in _NOT_OURS:
            found += _delays(value, (*path, word))
    return found


def _parts(part: Any) -> list[tuple[str | int, Any]]:
    if isinstance(part, dict):
        return list(part.items())
    return list(enumerate(part)) if isinstance(part, list) else []


def _is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False
