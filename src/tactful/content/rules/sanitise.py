"""HTML from outside, made harmless (R51 to R53): an allow-list of elements, attributes and styles.

What comes out asks nothing of the network and runs nothing. It is sanitised when it is stored, and shown
in a frame without scripts on top of that.
"""

import re
from collections import Counter
from html import unescape

import nh3

from tactful.content.rules.plain import text_to_html
from tactful.content.types import SafeHtml

HTML_LIMIT = 300_000  # characters; what is longer is cut
ELEMENT_LIMIT = 8_000
ENTITY_LIMIT = 50_000
DEPTH_LIMIT = 1_500
REMOTE = "data-remote-src"

TAGS = {
    "a", "abbr", "address", "b", "bdi", "bdo", "blockquote", "br", "caption", "center", "cite", "code", "col",
    "colgroup", "dd", "del", "div", "dl", "dt", "em", "figcaption", "figure", "font", "h1", "h2", "h3", "h4",
    "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small",
    "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u",
    "ul", "var", "wbr",
}  # fmt: skip
_DROPPED_WITH_CONTENT = {
    "script", "style", "svg", "math", "template", "noscript", "iframe", "object", "embed", "title",
    "textarea", "select", "noembed", "noframes", "xmp", "plaintext", "audio", "video", "canvas",
}  # fmt: skip
_CELL = {"align", "valign", "width", "height", "colspan", "rowspan", "bgcolor"}
ATTRIBUTES = {
    "*": {"dir", "lang", "style", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height", REMOTE},
    "table": {"align", "width", "border", "cellpadding", "cellspacing", "bgcolor"},
    "td": _CELL, "th": _CELL, "tr": {"align", "valign", "bgcolor"}, "col": {"span", "width"},
    "ol": {"start", "type"}, "font": {"color", "size", "face"},
    "div": {"align"}, "p": {"align"}, "h1": {"align"}, "h2": {"align"}, "h3": {"align"},
}  # fmt: skip
STYLES = {
    "color", "background-color", "font-weight", "font-style", "font-size", "font-family", "line-height",
    "text-align", "text-decoration", "text-indent", "vertical-align", "white-space", "direction", "width",
    "max-width", "height", "padding", "padding-left", "padding-right", "padding-top", "padding-bottom",
    "margin", "margin-left", "margin-right", "margin-top", "margin-bottom", "border", "border-collapse",
    "border-left", "border-right", "border-top", "border-bottom", "border-color", "border-spacing",
    "list-style-type",
}  # fmt: skip
SCHEMES = {"http", "https", "mailto", "tel"}

_LINK = re.compile(r"(?:https?://|mailto:|tel:)[^\s<>\"'`\x00-\x20]+", re.IGNORECASE)
_IMAGE = re.compile(r"(?:https?://|cid:)[^\s<>\"'`\x00-\x20]+", re.IGNORECASE)
# Words, numbers, units, colours, and no other function than a colour's. No escapes, comments, addresses.
_STYLE_VALUE = re.compile(r"(?:rgba?\([0-9., %]+\)|hsla?\([0-9., %a-z]+\)|[a-z0-9#.,% !'-])+", re.IGNORECASE)
_SIMPLE = re.compile(r"[A-Za-z0-9#%.,_ +-]{0,100}")
_ELEMENT = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]*)")
_END_BY_THEMSELVES = {
    "p",
    "li",
    "td",
    "th",
    "tr",
    "dd",
    "dt",
    "br",
    "img",
    "hr",
    "wbr",
    "col",
    "meta",
    "link",
    "o:p",
}
_STRAY_AMPERSAND = re.compile(r"&(?!(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)")
_UNSEEN = [
    (re.compile(start, re.IGNORECASE), re.compile(end, re.IGNORECASE))
    for start, end in (
        ("<!--", "-->"),
        ("<script", "</script[^<>]*>"),
        ("<style", "</style[^<>]*>"),
        ("<title", "</title[^<>]*>"),
    )
]
_TAG = re.compile(r"<[^<>]*>")
_IMG_TAG = re.compile(r"<img( [^<>]*)?>")
_SRC = re.compile(r' src="([^"]*)"')
_AT_REST = rf' {REMOTE}="\1"'


def sanitise_mail_html(html: str) -> SafeHtml:
    """``html`` with only allowed elements, attributes, styles and link targets; never fails.

    A remote image (http, https, cid) stays as ``<img data-remote-src=…>``, every other one goes. A page
    that is nested beyond reason is shown as its words only, and ``words_only`` says so.
    """
    cut = len(html) > HTML_LIMIT
    readable = html[:HTML_LIMIT].encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
    if _is_beyond_reason(readable):
        return SafeHtml(text_to_html(_words(readable)), words_only=True, cut=cut)
    cleaned = _CLEANER.clean(_STRAY_AMPERSAND.sub("&amp;", readable))  # it stumbles over bare ones
    inert = _IMG_TAG.sub(_rest_image, cleaned)
    return SafeHtml(inert, inert.count(f" {REMOTE}="), cut=cut)


def _is_beyond_reason(html: str) -> bool:
    """Whether the parser, quadratic in depth and in entities, would take seconds; void elements are free.

    An end tag in a comment, in an attribute or in a table ends nothing, so the depth can be hidden from us:
    the number of elements is what bounds the time.
    """
    opened: Counter[str] = Counter()
    deepest: Counter[str] = Counter()
    total = 0
    for match in _ELEMENT.finditer(html):
        name = match.group(2).lower()
        if match.group(1):
            opened[name] = max(0, opened[name] - 1)
        elif name not in _END_BY_THEMSELVES:
            total += 1
            opened[name] += 1
            deepest[name] = max(deepest[name], opened[name])
    return total > ELEMENT_LIMIT or deepest.total() > DEPTH_LIMIT or html.count("&") > ENTITY_LIMIT


def _words(html: str) -> str:
    """Without any markup, in linear time; a parser could be led astray for minutes."""
    for start, end in _UNSEEN:
        html = _without(html, start, end)
    pieces = (unescape(piece).strip() for piece in _TAG.split(html))
    return "\n".join(piece for piece in pieces if piece)


def _without(html: str, start: re.Pattern[str], end: re.Pattern[str]) -> str:
    pieces, at = [], 0
    while found := start.search(html, at):
        pieces.append(html[at : found.start()])
        closed = end.search(html, found.end())
        at = closed.end() if closed else len(html)
    return "".join([*pieces, html[at:]])


def _rest_image(match: re.Match[str]) -> str:
    attributes = match.group(1) or ""
    if REMOTE in attributes:
        attributes = _SRC.sub("", attributes)
    return "<img" + _SRC.sub(_AT_REST, attributes) + ">"


def _keep(_tag: str, name: str, value: str) -> str | None:
    """The value that stays, or None. No value keeps ``<`` or ``>``, so tags can be found in the output."""
    if name == "href":
        return value.strip() if _LINK.fullmatch(value.strip()) else None
    if name in ("src", REMOTE):
        return value.strip() if _IMAGE.fullmatch(value.strip()) else None
    if name == "style":
        return _keep_style(value)
    if name in ("alt", "title"):
        return value.replace("<", "\u2039").replace(">", "\u203a")
    return value if _SIMPLE.fullmatch(value) else None


def _keep_style(value: str) -> str | None:
    kept = []
    for declaration in value.split(";"):
        name, _, given = declaration.partition(":")
        name, given = name.strip().lower(), given.strip()
        if name in STYLES and _STYLE_VALUE.fullmatch(given):
            kept.append(f"{name}:{given}")
    return ";".join(kept) or None


_CLEANER = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags=_DROPPED_WITH_CONTENT,
    attributes=ATTRIBUTES,
    attribute_filter=_keep,
    strip_comments=True,
    link_rel="noopener noreferrer nofollow",
    url_schemes=SCHEMES | {"cid"},
    url_relative="deny",
)
