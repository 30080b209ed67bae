"""Values by context: what a value may look like where it stands. Nothing here can fail on any string."""

import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from html import escape as html_escape
from urllib.parse import quote

from tactful.content.types import VariableKind

VALUE_LIMIT = 20_000  # characters of one value in a body
LINK_SCHEMES = ("https://", "http://", "mailto:", "tel:")
SAFE_LINK = "#"

# Everything that some reader takes for a line end, all other controls, halves of surrogate pairs, and
# the marks that reverse the order of what follows (a name could then rewrite the words after it).
_LINE_ENDS = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_NEEDS_CLEANING = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
# The usual case: values that need no cleaning and no escape in HTML, plain text or quoted-printable; what
# is too long for a line is only cut (``quoted_printable.encode_plain``).
_PLAIN_WORDS = r"[A-Za-z0-9(#][A-Za-z0-9 !#$%()*+,./:;?@^_~\[\]-]{0,70}+"
_PLAIN_LINK = r"https?://[A-Za-z0-9!#$%()*+,./:;?@_~-]{1,900}+"
_IN_URLS = "!#$%&'()*+,-./:;=?@[]_~"


class Context(StrEnum):
    """Where a value stands."""

    HTML = "html"  # between tags
    ATTRIBUTE = "attribute"  # in a quoted attribute
    LINK = "link"  # the start of an address in a quoted attribute
    LINK_PART = "link_part"  # later in such an address
    TEXT = "text"  # plain text part, SMS, chat, subject


Escape = Callable[[str], str]


def one_line(value: str) -> str:
    """``value`` on one line: line ends become spaces, controls and stray surrogates vanish."""
    if not _NEEDS_CLEANING.search(value):
        return value[:VALUE_LIMIT]
    spaced = _LINE_ENDS.sub(" ", value).replace("\t", " ")
    return _NOT_TEXT.sub("", spaced)[:VALUE_LIMIT]


def is_blank(value: str) -> bool:
    """Whether nothing that can be seen is left of ``value``."""
    return not value or value.isspace() or (not value.isprintable() and not one_line(value).strip())


def lines_of(value: str) -> list[str]:
    """The lines of ``value``, each cleaned, empty ones at the ends left out."""
    return [one_line(line) for line in _LINE_ENDS.split(value[:VALUE_LIMIT].strip())]


def items_of(value: str) -> list[str]:
    """The items of a list value: its lines that say something."""
    return [item for item in (line.strip() for line in lines_of(value)) if item]


def safe_link(value: str) -> str:
    """A link with an allowed scheme, percent-encoded, or ``#``."""
    link = one_line(value).strip()
    if not link.lower().startswith(LINK_SCHEMES):
        return SAFE_LINK
    return quote(link, safe=_IN_URLS)


def escape_for(context: Context, kind: VariableKind) -> Escape:
    """The function that turns a raw value into the characters that may stand in ``context``."""
    special = _BY_KIND.get((context, kind))
    return special or _BY_CONTEXT[context]


Fits = Callable[[Sequence[str]], bool]


def plain_test(context: Context, kind: VariableKind) -> Fits | None:
    """A test for values of which none needs an escape in all the contexts that give this very test."""
    if kind is VariableKind.URL and context is not Context.LINK_PART:
        return _are_plain_links
    if kind is VariableKind.TEXT and context not in (Context.LINK, Context.LINK_PART):
        return _are_plain_words
    return None


def all_match(pattern: str) -> Fits:
    """A test of many values with one question. ``pattern`` matches no line end."""
    lines = re.compile(f"{pattern}(?:\n{pattern})*+").fullmatch

    def test(values: Sequence[str]) -> bool:
        joined = "\n".join(values)
        return lines(joined) is not None and joined.count("\n") == len(values) - 1

    return test


_are_plain_words = all_match(_PLAIN_WORDS)
_are_plain_links = all_match(_PLAIN_LINK)


def _html(value: str) -> str:
    return html_escape(one_line(value))


def _link(value: str) -> str:
    return html_escape(safe_link(value))


def _link_part(value: str) -> str:
    return quote(one_line(value), safe="")


def _html_list(value: str) -> str:
    return "".join(f"<li>{html_escape(item)}</li>" for item in items_of(value))


def _html_lines(value: str) -> str:
    return "<br>".join(html_escape(line) for line in lines_of(value))


def _text_list(value: str) -> str:
    return "\n".join(f"- {item}" for item in items_of(value))


def _text_lines(value: str) -> str:
    return "\n".join(lines_of(value))


def _comma_list(value: str) -> str:
    return html_escape(", ".join(items_of(value)))


_BY_CONTEXT: dict[Context, Escape] = {
    Context.HTML: _html,
    Context.ATTRIBUTE: _html,
    Context.LINK: _link,
    Context.LINK_PART: _link_part,
    Context.TEXT: one_line,
}
_BY_KIND: dict[tuple[Context, VariableKind], Escape] = {
    (Context.HTML, VariableKind.LIST): _html_list,
    (Context.HTML, VariableKind.LINES): _html_lines,
    (Context.ATTRIBUTE, VariableKind.LIST): _comma_list,
    (Context.TEXT, VariableKind.LIST): _text_list,
    (Context.TEXT, VariableKind.LINES): _text_lines,
}
