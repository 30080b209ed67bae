"""What a form is made of: controls, in rows, in groups. Templates draw them, views take them back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.http import QueryDict
from django.utils.translation import gettext

from tactful.web.types import Text

Doc = dict[str, Any]
Post = QueryDict


@dataclass(frozen=True, slots=True)
class Choice:
    """``group``: the heading under which it stands in a list."""

    value: str
    label: Text
    group: Text = ""


@dataclass(frozen=True, slots=True)
class Control:
    """``only``: the class by which the style sheet shows it for some choices only. ``listed``: the id of a
    list of suggestions."""

    name: str
    label: Text
    kind: Literal["text", "number", "time", "date", "select", "area", "tick", "ticks"] = "text"
    value: str = ""
    hint: Text = ""
    choices: tuple[Choice, ...] = ()
    chosen: frozenset[str] = frozenset()
    only: str = ""
    listed: str = ""
    required: bool = False
    lang: str = ""

    @property
    def id(self) -> str:
        return "f-" + self.name.replace(".", "-")

    @property
    def groups(self) -> list[tuple[Text, list[Choice]]]:
        found: dict[Text, list[Choice]] = {}
        for choice in self.choices:
            found.setdefault(choice.group, []).append(choice)
        return list(found.items())


@dataclass(frozen=True, slots=True)
class Row:
    """Controls side by side. ``only`` as of a control."""

    controls: tuple[Control, ...]
    only: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """``folded``: in a fold that is open if something is said in it. ``css``: delay, condition, entry: what
    the style sheet hides and shows in it. ``more``: the name of the button that asks for another row."""

    legend: Text
    rows: tuple[Row, ...]
    folded: bool = False
    open: bool = False
    css: str = ""
    hint: Text = ""
    more: str = ""
    more_text: Text = ""
    only: str = ""


def rows(controls: Iterable[Control]) -> tuple[Row, ...]:
    return tuple(Row((control,)) for control in controls)


def several(post: Post, prefix: str) -> list[str]:
    """Prefixes of numbered rows that were sent: ``arms.0``, ``arms.1``, in order of their numbers."""
    names: list[str] = list(post)
    cut = len(prefix) + 1
    numbers = {name[cut:].split(".")[0] for name in names if name.startswith(f"{prefix}.")}
    return [f"{prefix}.{number}" for number in sorted((n for n in numbers if n.isdigit()), key=int)]


def word(post: Post, name: str) -> str:
    """What was typed, without blanks around it."""
    return str(post.get(name, "")).strip()[:2000]


def whole(text: str) -> Any:
    """A whole number if it is one; else what was typed, for the schema to speak about."""
    return int(text) if text.isascii() and text.removeprefix("-").isdigit() and len(text) < 10 else text


def said(doc: Mapping[str, Any], **parts: Any) -> Doc:
    """``doc`` with these parts; without those that are None or empty."""
    new = {**doc, **parts}
    return {name: value for name, value in new.items() if value is not None and value not in ("", [], {})}


def choices(pairs: Sequence[tuple[str, Text]]) -> tuple[Choice, ...]:
    return tuple(Choice(value, label) for value, label in pairs)


def known(given: Sequence[Choice], value: str) -> tuple[Choice, ...]:
    """A list to choose from, with what is chosen already, even if it is there no more."""
    here = {each.value for each in given}
    lost = (Choice(value, value),) if value and value not in here else ()
    return (Choice("", gettext("Choose…")), *lost, *given)
