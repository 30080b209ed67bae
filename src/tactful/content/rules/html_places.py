"""Where in a finished HTML page each mark stands, so that its value is escaped for that place.

One walk over the page, linear as a browser's tokeniser reads it. A ``{% tag %}`` is allowed only in
text, so every branch of a template starts and ends in text, and the linear walk is right for all of them.
Conditional comments for Outlook are read as the HTML that they hold.
"""

import re
from dataclasses import dataclass, field

from tactful.content.rules.escaping import LINK_SCHEMES, Context
from tactful.content.rules.marks import Mark, split
from tactful.content.rules.problems import problem
from tactful.content.types import Part, Problem

_LINKS = {"href", "src", "action", "background", "poster", "formaction", "xlink:href"}
_RAW = {"style", "script", "xmp", "iframe", "noembed", "noframes", "textarea", "plaintext"}
_ACTIVE = {"script", "iframe", "object", "embed", "form", "input", "button", "textarea", "base", "link",
           "svg", "math", "video", "audio", "frame", "frameset", "applet", "plaintext", "xmp"}  # fmt: skip
_CONDITIONAL = re.compile(r"\[if [^\]]*\]>(?:<!-->|<!--)?|<!\[endif\]")
_STEP = re.compile(r"<!--|-->|</?[A-Za-z][A-Za-z0-9:-]*|<!\[endif\](?:-->)?|<")
_ATTRIBUTE = re.compile(r"""\s*(?P<name>[^\s=>"'/]+)(?:\s*=\s*(?P<quote>["'])?)?""")


@dataclass(frozen=True, slots=True)
class Slot:
    mark: Mark
    context: Context


@dataclass(slots=True)
class Places:
    """The page as words, slots (values) and marks (tags), and what is wrong with it."""

    pieces: list[str | Slot | Mark] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def find_places(html: str, marks: list[Mark]) -> Places:
    """``html``: lifted (``marks.lift``) and rendered from MJML."""
    places, walker = Places(), _Walker()
    for piece in split(html, marks):
        if isinstance(piece, str):
            walker.read(piece)
            places.pieces.append(piece)
        elif piece.is_tag:
            if walker.state is not Context.HTML:
                places.problems.append(problem("tag_place", Part.MJML, piece.line, mark=piece.source))
            places.pieces.append(piece)
        else:
            places.pieces.append(Slot(piece, walker.context()))
            if walker.state is None:
                places.problems.append(
                    problem("place", Part.MJML, piece.line, mark=piece.source, place=walker.place)
                )
            walker.value_seen()
    places.problems.extend(walker.problems)
    return places


class _Walker:
    """State of the walk: HTML (text), ATTRIBUTE (inside a quoted value), or None (no value may stand)."""

    def __init__(self) -> None:
        self.state: Context | None = Context.HTML
        self.place = "tag"
        self.problems: list[Problem] = []
        self._element = ""
        self._attribute = ""
        self._quote = ""
        self._value = ""

    def context(self) -> Context:
        if self.state is not Context.ATTRIBUTE:
            return Context.HTML
        if self._attribute not in _LINKS:
            return Context.ATTRIBUTE
        return Context.LINK_PART if self._value else Context.LINK

    def value_seen(self) -> None:
        self._value += "\ue000"

    def read(self, words: str) -> None:
        at = 0
        while at < len(words):
            if self.state is Context.HTML:
                at = self._text(words, at)
            elif self.place == "tag" and not self._quote:
                at = self._tag(words, at)
            elif self._quote:
                at = self._quoted(words, at)
            else:
                at = self._raw(words, at)

    def _text(self, words: str, at: int) -> int:
        match = _STEP.search(words, at)
        if not match:
            return len(words)
        found = match.group()
        if found == "<!--":
            conditional = _CONDITIONAL.match(words, match.end())
            if conditional:
                return conditional.end()
            self.state, self.place = None, "comment"
            return match.end()
        if found[1:2].isalpha() or found[1:2] == "/":
            self._open(found)
        elif words.startswith("<!doctype", match.start()):
            self._open("<!doctype")
        return match.end()

    def _open(self, start: str) -> None:
        self._element = start[1:].lower()
        self.state, self.place, self._quote = None, "tag", ""
        if self._element in _ACTIVE:
            self.problems.append(problem("active", Part.MJML, name=self._element))
        if self._element.startswith("mj-"):
            self.problems.append(problem("unknown_element", Part.MJML, name=self._element))

    def _tag(self, words: str, at: int) -> int:
        if words[at] == ">":
            raw = self._element in _RAW
            self.state, self.place = (None, self._element) if raw else (Context.HTML, "tag")
            return at + 1
        match = _ATTRIBUTE.match(words, at)
        if not match:
            return at + 1
        self._attribute, self._quote, self._value = match["name"].lower(), match["quote"] or "", ""
        if self._attribute.startswith("on"):
            self.problems.append(problem("handler", Part.MJML, name=self._attribute))
        if self._quote:
            self._enter_value()
        return match.end()

    def _enter_value(self) -> None:
        allowed = self._attribute != "style" and not self._attribute.startswith("on")
        self.state, self.place = (Context.ATTRIBUTE, "tag") if allowed else (None, self._attribute)

    def _quoted(self, words: str, at: int) -> int:
        end = words.find(self._quote, at)
        self._value += words[at:] if end < 0 else words[at:end]
        if end < 0:
            return len(words)
        self._check_link()
        self.state, self.place, self._quote = None, "tag", ""
        return end + 1

    def _check_link(self) -> None:
        value = self._value.strip()
        known = value.lower().startswith((*LINK_SCHEMES, "\ue000", "#")) or not value
        if self._attribute in _LINKS and not known:
            self.problems.append(problem("scheme", Part.MJML, name=value[:80]))

    def _raw(self, words: str, at: int) -> int:
        closing = "-->" if self.place == "comment" else f"</{self.place}"
        end = words.lower().find(closing, at)
        if end < 0:
            return len(words)
        if self.place == "comment":
            self.state, self.place = Context.HTML, "tag"
            return end + 3
        self._open(words[end : end + len(closing)])
        return end + len(closing)
