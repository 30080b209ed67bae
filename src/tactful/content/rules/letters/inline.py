"""The words of a block: paragraphs, lists, strong and slanted words and links, as people type them.

A blank line parts paragraphs, lines that begin with ``- `` are a list, ``**strong**``, ``*slanted*``,
``[words](https://…)``, and ``* {{ names }}`` alone is a list of all that the value holds. A backslash takes
a sign as it is. ``read`` and ``write`` are each other's inverse on what ``write`` has written.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Final, Literal, NamedTuple

from tactful.content.rules.marks import MARK, find_marks

Style = Literal["", "b", "i"]
FIRST_MARK: Final = 0xE000  # a private sign stands for each Liquid mark, so that nothing reads inside it
_PRIVATE: Final = re.compile("[\ue000-\uf8ff]")
_UNWRITTEN: Final = re.compile(
    "[^\n\u0020-\u007e\u00a0-\u2027\u202f-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0001fffd]"
)
_SPACE: Final = re.compile("[ \t\r\n\f]+")
LINK: Final = r"(?:https?://|mailto:|tel:|[\ue000-\uf8ff])[^\s()<>\"'`{}]*"
_PIECE: Final = re.compile(
    r"\\(?P<plain>[\\*\[\]+-])"
    r"|\*\*(?P<b>(?:\\[\\*\[\]+-]|[^\\*])+?)\*\*"
    r"|\*(?P<i>(?:\\[\\*\[\]+-]|[^\\*])+?)\*"
    rf"|\[(?P<label>(?:\\[\\*\[\]+-]|[^\\\]\[])+?)\]\((?P<href>{LINK})\)"
)
_LOOSE: Final = re.compile("\\{(?=[{%\ue000-\uf8ff])")
_ESCAPED: Final = re.compile(r"\\([\\*\[\]+-])")
_SIGNS: Final = re.compile(r"([\\*\[\]])")


class Run(NamedTuple):
    text: str
    style: Style = ""
    href: str = ""


Line = tuple[Run, ...]


class Paragraph(NamedTuple):
    """``kind``: p, ul, or each (one mark that is a list of its own)."""

    kind: Literal["p", "ul", "each"]
    lines: tuple[Line, ...]


class Marks:
    """The Liquid marks of one text, each behind a private sign."""

    def __init__(self) -> None:
        self.sources: list[str] = []

    def lift(self, text: str) -> str:
        return MARK.sub(self._sign, _PRIVATE.sub("", text))

    def _sign(self, match: re.Match[str]) -> str:
        self.sources.append(match.group())
        return chr(FIRST_MARK + (len(self.sources) - 1) % 6000)

    def put_back(self, text: str) -> str:
        return _PRIVATE.sub(lambda found: self._source(found.group()), text)

    def _source(self, sign: str) -> str:
        place = ord(sign) - FIRST_MARK
        return self.sources[place] if place < len(self.sources) else ""


def clean(text: str) -> str:
    """Without signs that no mail may hold; line ends as ``\\n``."""
    return _UNWRITTEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))


def one_line(text: str) -> str:
    marks = Marks()
    return marks.put_back(closed(_SPACE.sub(" ", marks.lift(clean(text))).strip(" ")))


def closed(lifted: str) -> str:
    """A brace that begins no mark begins none with what comes after it either."""
    return _LOOSE.sub("{ ", lifted)


def read(text: str) -> list[Paragraph]:
    """``text``: lifted."""
    found = []
    for block in re.split(r"\n[ ]*\n\s*", text.strip("\n ")):
        lines = [line for line in (each.strip(" ") for each in block.split("\n")) if line]
        if lines:
            found.append(_paragraph(lines))
    return [each for each in found if each.lines]


def _paragraph(lines: list[str]) -> Paragraph:
    if len(lines) == 1 and re.fullmatch("\\* ?[\ue000-\uf8ff]", lines[0]):
        return Paragraph("each", ((Run(lines[0][-1]),),))
    if all(line.startswith("- ") for line in lines):
        items = (read_line(line[2:]) for line in lines)
        return Paragraph("ul", tuple(item for item in items if item))
    return Paragraph("p", tuple(line for line in map(read_line, lines) if line))


def read_line(text: str) -> Line:
    runs, at = [], 0
    for match in _PIECE.finditer(text):
        runs.append(Run(text[at : match.start()]))
        runs.append(_run(match))
        at = match.end()
    return tidy([*runs, Run(text[at:])])


def _run(match: re.Match[str]) -> Run:
    if match["plain"] is not None:
        return Run(match["plain"])
    if match["label"] is not None:
        return Run(_plain(match["label"]), "", match["href"])
    return Run(_plain(match["b"]), "b") if match["b"] is not None else Run(_plain(match["i"]), "i")


def _plain(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


def tidy(runs: Iterable[Run]) -> Line:
    """Neighbours of one style joined, spaces outside of styles and single, none at the ends."""
    spread = [piece for run in runs for piece in _spaces_out(run)]
    joined: list[Run] = []
    for run in spread:
        last = joined[-1] if joined else None
        if last and run.style == last.style and run.href == last.href:
            joined[-1] = last._replace(text=last.text + run.text)
        else:
            joined.append(run)
    return _trimmed([run._replace(text=_SPACE.sub(" ", run.text)) for run in joined])


def _spaces_out(run: Run) -> Iterator[Run]:
    text = _SPACE.sub(" ", run.text)
    if not (run.style or run.href):
        if text:
            yield Run(text)
        return
    inner = text.strip(" ")
    if text.startswith(" "):
        yield Run(" ")
    if inner:
        yield run._replace(text=inner)
    if inner and text.endswith(" "):
        yield Run(" ")


def _trimmed(runs: list[Run]) -> Line:
    if runs:
        runs[0] = runs[0]._replace(text=runs[0].text.lstrip(" "))
        runs[-1] = runs[-1]._replace(text=runs[-1].text.rstrip(" "))
    return tuple(run for run in runs if run.text)


def write(paragraphs: Sequence[Paragraph]) -> str:
    return "\n\n".join(_write_paragraph(each) for each in paragraphs)


def _write_paragraph(paragraph: Paragraph) -> str:
    if paragraph.kind == "each":
        return f"* {paragraph.lines[0][0].text}"
    if paragraph.kind == "ul":
        return "\n".join(f"- {write_line(line)}" for line in paragraph.lines)
    return "\n".join(_guarded(write_line(line)) for line in paragraph.lines)


def _guarded(line: str) -> str:
    return f"\\{line}" if line.startswith("- ") else line


def write_line(line: Line) -> str:
    return "".join(map(_write_run, line))


def _write_run(run: Run) -> str:
    text = _SIGNS.sub(r"\\\1", run.text)
    if run.href:
        return f"[{text}]({run.href})"
    return {"": text, "b": f"**{text}**", "i": f"*{text}*"}[run.style]


def html(paragraphs: Sequence[Paragraph]) -> str:
    return "".join(map(_html_paragraph, paragraphs))


def _html_paragraph(paragraph: Paragraph) -> str:
    lines = [html_line(line) for line in paragraph.lines]
    if paragraph.kind == "each":
        return f"<ul>{lines[0]}</ul>"
    if paragraph.kind == "ul":
        return "<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>"
    return f"<p>{'<br>'.join(lines)}</p>"


def html_line(line: Line) -> str:
    return "".join(map(_html_run, line))


def _html_run(run: Run) -> str:
    text = escape(run.text, quote=False)
    if run.href:
        return f'<a href="{escape(run.href)}">{text}</a>'
    return {"": text, "b": f"<b>{text}</b>", "i": f"<i>{text}</i>"}[run.style]


def normal(text: str) -> str:
    """``text`` as ``write`` writes it."""
    marks = Marks()
    return marks.put_back(closed(write(read(closed(marks.lift(clean(text)))))))


def names_in(text: str) -> list[str]:
    """The plain values that a text names, in order."""
    return [mark.name for mark in find_marks(text) if mark.plain]
