"""The published schema, and its findings in our own words."""

import difflib
import json
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from tactful.journeys.rules.problems import Problem, path_text
from tactful.journeys.rules.yaml_text import Lines, Path
from tactful.kernel.marking import gettext_noop

# A constant of the package, read once when the module is loaded.
SCHEMA: dict[str, Any] = json.loads(files("tactful.journeys").joinpath("schema.json").read_text("utf-8"))
_VALIDATOR = Draft202012Validator(SCHEMA)

KINDS = {
    "object": gettext_noop("a group of named parts"),
    "array": gettext_noop("a list"),
    "string": gettext_noop("text"),
    "integer": gettext_noop("a whole number"),
    "number": gettext_noop("a number"),
    "boolean": gettext_noop("true or false"),
    "null": gettext_noop("nothing"),
}


def problems_of(document: Any, lines: Lines | None = None) -> tuple[Problem, ...]:
    """All that the schema has to say, in order of the document; empty if it is content."""
    try:
        errors = list(_VALIDATOR.iter_errors(document))
    except RecursionError:
        return (Problem("too_long"),)
    found = [problem for error in errors for problem in _problems(error, lines or {})]
    return tuple(sorted(_unique(found), key=lambda problem: problem.line or 0))


def at(path: Path, lines: Lines | None) -> int | None:
    """The line of the nearest part that has one."""
    while lines and path and path not in lines:
        path = path[:-1]
    return (lines or {}).get(path)


def _unique(found: list[Problem]) -> list[Problem]:
    kept: dict[tuple[str, str, str], Problem] = {}
    for problem in found:
        kept.setdefault((problem.code, problem.path, str(problem.params)), problem)
    return list(kept.values())


def _problems(error: ValidationError, lines: Lines) -> Iterator[Problem]:
    path = tuple(error.absolute_path)
    say = _WORDS.get(str(error.validator), _wrong)
    for code, params, more in say(error):
        where = (*path, *more)
        yield Problem(code, path_text(where), at(where, lines), params)


Said = Iterator[tuple[str, dict[str, str], Path]]


def _missing(error: Any) -> Said:
    for name in error.validator_value:
        if name not in error.instance:
            yield "missing", {"name": str(name)}, ()


def _unknown(error: Any) -> Said:
    allowed = list(error.schema.get("properties", {}))
    for name in error.instance:
        if name not in allowed:
            near = difflib.get_close_matches(name, allowed, 1)
            if near:
                yield "unknown_near", {"name": name, "near": near[0]}, (name,)
            else:
                yield "unknown", {"name": name, "allowed": ", ".join(allowed)}, (name,)


def _kind(error: Any) -> Said:
    wanted = error.validator_value
    names = [wanted] if isinstance(wanted, str) else wanted
    yield "kind", {"expected": " / ".join(KINDS[name] for name in names)}, ()


def _allowed(error: Any) -> Said:
    values = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    yield "allowed", {"value": _short(error.instance), "allowed": ", ".join(map(_short, values))}, ()


def _shape(error: Any) -> Said:
    hint = error.schema.get("description", str(error.validator_value)).rstrip(".")
    yield "shape", {"value": _short(error.instance), "hint": hint}, ()


def _limit(code: str) -> Callable[[Any], Said]:
    def say(error: Any) -> Said:
        yield code, {"value": _short(error.instance), "limit": str(error.validator_value)}, ()

    return say


def _choose(error: Any) -> Said:
    words = [name for option in error.validator_value for name in option.get("required", ())]
    yield "choose_one", {"allowed": ", ".join(words)}, ()


def _needs(error: Any) -> Said:
    for name, others in error.validator_value.items():
        for other in others:
            if name in error.instance and other not in error.instance:
                yield "needs", {"name": name, "other": other}, (name,)


def _length(_: Any) -> Said:
    yield "length", {}, ()


def _wrong(_: Any) -> Said:
    yield "wrong", {}, ()


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."


_WORDS: dict[str, Callable[[Any], Said]] = {
    "required": _missing,
    "additionalProperties": _unknown,
    "type": _kind,
    "enum": _allowed,
    "const": _allowed,
    "pattern": _shape,
    "propertyNames": _shape,
    "minimum": _limit("too_small"),
    "maximum": _limit("too_big"),
    "oneOf": _choose,
    "anyOf": _choose,
    "dependentRequired": _needs,
    "minItems": _length,
    "maxItems": _length,
    "minProperties": _length,
    "maxProperties": _length,
    "minLength": _length,
    "maxLength": _length,
    "uniqueItems": _length,
}
