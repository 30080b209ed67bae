"""The words of an HTML mail. Not a sanitiser: its output is plain text.

Linear on purpose: well-known parsers need seconds for some thousand unclosed tags.
"""

import html
import re

_TAG = re.compile(r"(<[^<>]*>)")
_NAME = re.compile(r"</?\s*([a-z][a-z0-9]*)", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\n\r\f]+")
_BREAKS = frozenset(
    {"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "blockquote", "table", "hr", "pre", "ul", "ol"}
)
_SILENT = frozenset({"script", "style", "head", "title", "template"})


def html_text(source: str) -> str:
    """One line for each block; lines of quoted blocks begin with ``> `` as in plain mail."""
    lines: list[list[str]] = [[]]
    quotes, silent = 0, ""
    for piece in _TAG.split(_without_comments(source)):
        if not piece.startswith("<"):
            if not silent:
                _add(lines[-1], html.unescape(_SPACE.sub(" ", piece)), quotes)
            continue
        name, closes = _name(piece)
        if silent:
            silent = "" if (closes and name == silent) or name == "body" else silent
        elif name in _SILENT and not closes:
            silent = name
        if name == "blockquote":
            quotes = max(0, quotes + (-1 if closes else 1))
        if name in _BREAKS:
            lines.append([])
    text = "\n".join("".join(line).strip() for line in lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _add(line: list[str], words: str, quotes: int) -> None:
    """To the pieces of a line: as text it would be copied for each of them."""
    if line:
        line.append(words)
    elif words.strip():
        line.append("> " + words.lstrip() if quotes else words.lstrip())


def _name(tag: str) -> tuple[str, bool]:
    found = _NAME.match(tag)
    return (found.group(1).lower() if found else ""), tag.startswith("</")


def _without_comments(source: str) -> str:
    pieces, at = [], 0
    while (start := source.find("<!--", at)) >= 0:
        pieces.append(source[at:start])
        end = source.find("-->", start)
        if end < 0:
            return "".join(pieces)
        at = end + 3
    return "".join(pieces) + source[at:]
