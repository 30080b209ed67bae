"""YAML as text, in the plain part of it that a journey needs, with the line of everything.

Of YAML's types only text, whole and decimal numbers, true, false and null are read: ``09:00`` and
``on`` and ``no`` are text, as everybody who writes them means. Writing is stable: what was written is
read and written to the same bytes.
"""

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

import yaml

from tactful.journeys.rules.problems import DefinitionError, Problem, path_text

Path: TypeAlias = tuple[str | int, ...]
Lines: TypeAlias = dict[Path, int]

LONGEST = 500_000  # characters
DEEPEST = 60  # parts within parts
_PLAIN_TAGS = {"null", "bool", "int", "float", "str", "seq", "map"}
_TAG = "tag:yaml.org,2002:"
_NOT_TEXT = re.compile("[\0\ud800-\udfff]").search  # NUL and halves of pairs, which no database keeps


class _Loader(yaml.SafeLoader):
    """Without the guesses of YAML 1.1 about times, dates and yes and no, and not bottomless."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise RecursionError
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("int", r"^-?(?:0|[1-9][0-9]*)$", "-0123456789"),
    ("float", r"^-?[0-9]+\.[0-9]+(?:e[-+]?[0-9]+)?$", "-0123456789"),
):
    _Loader.add_implicit_resolver(_TAG + _tag, re.compile(_pattern), list(_first))


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def read_yaml(text: str) -> tuple[Any, Lines]:
    """The document and the line (from 1) of each path in it. Raises ``DefinitionError``."""
    if len(text) > LONGEST:
        raise DefinitionError((Problem("too_long"),))
    loader = None
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        lines: Lines = {}
        found: list[Problem] = []
        document = _Reader(loader, lines, found).value(node, ())
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise DefinitionError((Problem("yaml", "", line, {"detail": error.problem or "?"}),)) from error
    except yaml.YAMLError as error:
        raise DefinitionError((Problem("yaml", params={"detail": str(error).splitlines()[0]}),)) from error
    except RecursionError as error:
        raise DefinitionError((Problem("too_long"),)) from error
    except (ValueError, LookupError, OverflowError) as error:  # of a number or a character beyond all
        raise DefinitionError((Problem("yaml", params={"detail": str(error)[:200]}),)) from error
    finally:
        if loader is not None:
            loader.dispose()
    if found:
        raise DefinitionError(tuple(found))
    return document, lines


def write_yaml(document: Any) -> str:
    """Text that reads back to the same document; block style, keys in the order given."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


class _Reader:
    def __init__(self, loader: _Loader, lines: Lines, found: list[Problem]) -> None:
        self._loader, self._lines, self._found = loader, lines, found
        self._seen: set[int] = set()

    def value(self, node: yaml.Node | None, path: Path) -> Any:
        if node is None:
            return None
        line = self._lines.setdefault(path, node.start_mark.line + 1)
        if id(node) in self._seen:
            self._found.append(Problem("alias", path_text(path), line))
            return None
        self._seen.add(id(node))
        if node.tag.removeprefix(_TAG) not in _PLAIN_TAGS:
            self._found.append(Problem("tag", path_text(path), line, {"value": node.tag}))
            return None
        if isinstance(node, yaml.MappingNode):
            return dict(self._pairs(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, place)) for place, item in enumerate(node.value)]
        value = self._loader.construct_object(node)
        return self._kept(value, path, line) if isinstance(value, str) else value

    def _kept(self, value: str, path: Path, line: int) -> str:
        if _NOT_TEXT(value):
            self._found.append(Problem("characters", path_text(path), line))
        return value

    def _pairs(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, Any]]:
        seen: set[str] = set()
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in seen:
                self._found.append(Problem("twice", path_text((*path, key)), line, {"name": key}))
            seen.add(key)
            self._kept(key, path, line)
            self._lines[(*path, key)] = line
            yield key, self.value(value_node, (*path, key))
