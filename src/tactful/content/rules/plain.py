"""Between HTML and plain text: both ways, and for a person's eyes."""

import re
from html import escape
from html.parser import HTMLParser

from tactful.content.rules.escaping import LINK_SCHEMES
from tactful.content.rules.marks import MARK_WORD

TEXT_LIMIT = 500_000  # characters of HTML that are read
_SKIPPED = {"style", "script", "head", "title", "template", "noscript", "svg", "math", "object", "iframe"}
_BLOCKS = {"p", "div", "tr", "table", "section", "article", "header", "footer", "ul", "ol", "pre", "form",
           "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "address", "dl", "dt", "dd"}  # fmt: skip
_PARAGRAPHS = {"p", "ul", "ol", "table", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "pre"}
_WEB = re.compile(r"https?://[^\s<>\"'\x00-\x1f]+[^\s<>\"'\x00-\x1f.,;:!?)\]]")
_BLANKS = re.compile(r"[ \t\n\r\f]+")


def text_to_html(text: str) -> str:
    """Plain words as HTML: paragraphs at blank lines, ``<br>`` at line ends, web addresses as links."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    paragraphs = [part for part in re.split(r"\n[ \t]*\n+", unified) if part.strip()]
    return "\n".join(f"<p>{_linked(part)}</p>" for part in paragraphs)


def html_to_text(html: str) -> str:
    """The words of ``html`` as plain text: lists with "- ", links with their address, no markup."""
    reader = _Reader()
    reader.feed(html[:TEXT_LIMIT])
    reader.close()
    return reader.text()


def _linked(part: str) -> str:
    pieces, at = [], 0
    for match in _WEB.finditer(part):
        address = escape(match.group())
        pieces.append(escape(part[at : match.start()]))
        pieces.append(f'<a href="{address}">{address}</a>')
        at = match.end()
    return "".join([*pieces, escape(part[at:])]).replace("\n", "<br>\n")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = [""]
        self._skipping: list[str] = []
        self._links: list[tuple[str, int, int]] = []
        self._numbers: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in _SKIPPED or _is_hidden(given):
            if tag not in _VOID:
                self._skipping.append(tag)
        elif self._skipping:
            if tag == self._skipping[-1]:
                self._skipping.append(tag)
        else:
            self._start(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if self._skipping:
            if tag == self._skipping[-1]:
                self._skipping.pop()
        elif tag == "a" and self._links:
            self._end_link(*self._links.pop())
        elif tag in _BLOCKS or tag == "li":
            self._break(2 if tag in _PARAGRAPHS else 1)
            if tag in ("ul", "ol") and self._numbers:
                self._numbers.pop()

    def handle_data(self, data: str) -> None:
        if self._skipping:
            return
        words = _BLANKS.sub(" ", data)
        if self._lines[-1] in ("", "- ") or self._lines[-1].endswith(" "):
            words = words.lstrip(" ")
        self._lines[-1] += words

    def text(self) -> str:
        joined = "\n".join(line.rstrip().replace("\xa0", " ") for line in self._lines)
        return re.sub(r"\n{3,}", "\n\n", joined).strip("\n") + "\n"

    def _start(self, tag: str, given: dict[str, str | None]) -> None:
        if tag == "br":
            self._lines.append("")
        elif tag == "a":
            self._links.append((given.get("href") or "", len(self._lines) - 1, len(self._lines[-1])))
        elif tag == "img":
            self.handle_data(given.get("alt") or "")
        elif tag == "li":
            self._break(1)
            self._lines[-1] = self._bullet()
        elif tag in _BLOCKS:
            self._break(2 if tag in _PARAGRAPHS else 1)
            if tag in ("ul", "ol"):
                self._numbers.append(0 if tag == "ol" else -1)
        elif tag in ("td", "th") and self._lines[-1]:
            self.handle_data(" ")

    def _bullet(self) -> str:
        if not self._numbers or self._numbers[-1] < 0:
            return "- "
        self._numbers[-1] += 1
        return f"{self._numbers[-1]}. "

    def _break(self, lines: int) -> None:
        """At least ``lines`` line ends after the last words."""
        blank = next((n for n, line in enumerate(reversed(self._lines)) if line.strip()), None)
        if blank is not None:
            self._lines.extend([""] * (lines - blank))

    def _end_link(self, address: str, line: int, column: int) -> None:
        shown = (
            "\n".join([self._lines[line][column:], *self._lines[line + 1 :]])
            if line < len(self._lines)
            else ""
        )
        usable = address.lower().startswith((*LINK_SCHEMES, MARK_WORD.lower()))
        bare = address.removeprefix("mailto:").removeprefix("tel:")
        if not usable or shown.strip() in (address, bare):
            return
        self._lines[-1] += f": {address}" if len(shown.strip()) > 0 else address


_VOID = {"br", "img", "hr", "input", "meta", "link", "col", "area", "base", "embed", "source", "track", "wbr"}


def _is_hidden(given: dict[str, str | None]) -> bool:
    style = (given.get("style") or "").replace(" ", "").lower()
    return "display:none" in style or "hidden" in given
