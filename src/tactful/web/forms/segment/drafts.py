"""The whole form: groups of lines, read from a document or from what was posted, drawn, and changed by acts.

Nothing is kept between two requests: what is being built stands in the form itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from django.http import QueryDict

from tactful.segments.types import FORMAT, MOST_DEPTH, MOST_LEAVES
from tactful.web.forms.segment.kinds import KINDS, kind_of

ROOT: Final = "n"
JOINTS: Final = ("all", "any", "none", "not_all")


@dataclass(frozen=True, slots=True)
class Line:
    """One condition. ``values``: what its controls say."""

    kind: str
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def doc(self) -> dict[str, Any] | None:
        return KINDS[self.kind].take(self.values)


@dataclass(frozen=True, slots=True)
class Bracket:
    """``joint``: all, any, none (not any) or not_all of its parts."""

    joint: str
    parts: tuple["Part", ...] = ()

    @property
    def doc(self) -> dict[str, Any] | None:
        """Without the lines that are not finished; None if nothing is left."""
        inner = [doc for part in self.parts if (doc := part.doc) is not None]
        if not inner:
            return None
        said = {"any" if self.joint in ("any", "none") else "all": inner}
        return {"not": said} if self.joint in ("none", "not_all") else said


Part: TypeAlias = Line | Bracket


def from_document(where: Mapping[str, Any]) -> Bracket:
    part = _part(where)
    return part if isinstance(part, Bracket) else Bracket("all", (part,))


def _part(doc: Mapping[str, Any]) -> Part:
    kind = kind_of(doc)
    if kind is not None:
        return Line(kind, KINDS[kind].spread(doc))
    for joint, turned in (("all", "not_all"), ("any", "none")):
        if joint in doc:
            return Bracket(joint, tuple(map(_part, doc[joint])))
        if joint in doc.get("not", {}):
            return Bracket(turned, tuple(map(_part, doc["not"][joint])))
    return Bracket("none", (_part(doc["not"]),))


def from_post(post: QueryDict) -> Bracket:
    """What was posted, as far as it is a form of ours."""
    tree = _tree({name: str(post.get(name, "")) for name in post})
    found = _posted(tree.get(ROOT, {}), 1)
    return found if isinstance(found, Bracket) else Bracket("all")


_Branch: TypeAlias = dict[str, Any]


def _tree(flat: Mapping[str, str]) -> _Branch:
    """``n.0.value`` as nested dictionaries; the value itself under "". Too deep a name is left out."""
    root: _Branch = {}
    for name, value in flat.items():
        names = name.split(".")
        if len(names) > 2 * MOST_DEPTH + 4:
            continue
        here = root
        for each in names:
            here = here.setdefault(each, {})
        here[""] = value[:2000]
    return root


def _posted(branch: _Branch, depth: int) -> Part | None:
    kind = branch.get("kind", {}).get("", "")
    if kind in KINDS:
        return Line(kind, dict(_values(branch)))
    if kind not in JOINTS or depth > MOST_DEPTH:
        return None
    numbers = sorted((name for name in branch if name.isdecimal() and len(name) < 4), key=int)
    parts = (_posted(branch[name], depth + 1) for name in numbers[:MOST_LEAVES])
    return Bracket(kind, tuple(part for part in parts if part is not None))


def _values(branch: _Branch, before: str = "") -> list[tuple[str, str]]:
    found = []
    for name, inner in branch.items():
        if name == "":
            continue
        if "" in inner:
            found.append((before + name, inner[""]))
        found += _values({key: value for key, value in inner.items() if key}, f"{before}{name}.")
    return found


def acted(root: Bracket, act: str) -> Bracket:
    """After a click: ``add:<path>:<kind>`` puts a line of that kind there, or a group; ``drop:<path>`` takes
    something away. Whatever else changes nothing."""
    verb, path, kind = (*act.split(":"), "", "")[:3]
    way = path.split(".")[1:]
    if not all(each.isdecimal() and len(each) < 4 for each in way):
        return root
    if verb == "add" and path:
        new: Part = Line(kind) if kind in KINDS else Bracket("any")
        return _changed(root, [int(each) for each in way], new)
    return _changed(root, [int(each) for each in way], None) if verb == "drop" and way else root


def _changed(group: Bracket, way: list[int], new: Part | None) -> Bracket:
    parts = list(group.parts)
    if not way:
        return Bracket(group.joint, (*parts, new)) if new is not None else group
    if way[0] >= len(parts):
        return group
    inner = parts[way[0]]
    if len(way) == 1 and new is None:
        del parts[way[0]]
    elif isinstance(inner, Bracket):
        parts[way[0]] = _changed(inner, way[1:], new)
    return Bracket(group.joint, tuple(parts))


def document(root: Bracket) -> dict[str, Any] | None:
    """What is finished of it, with a group of one taken out of its bracket; None if nothing is."""
    where = root.doc
    return None if where is None else {"format": FORMAT, "where": where}
