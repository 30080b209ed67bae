"""Blocks to MJML, and MJML back to blocks: what one writes, the other reads as the same blocks."""

import re
from collections.abc import Sequence
from html import escape
from html.parser import HTMLParser
from itertools import groupby
from typing import Final

from tactful.content.rules.letters import inline
from tactful.content.rules.letters.blocks import SPACES, WIDTHS, Block, Blocks, NotBlocks, tidy
from tactful.content.rules.letters.inline import Marks, Paragraph, Run

FULL_PX: Final = 512  # the width of the words on a desk
SIGNATURE, SOCIAL, LINK = "tf-sign", "tf-social", "tf-link"
DIVIDER: Final = {"border-color": "#d9ded7", "border-width": "1px", "padding": "12px 24px"}
SENDER: Final = "{{ sender_name }}"
_ONE_MARK: Final = re.compile(r"\{\{-?\s*([a-z][a-z0-9_]*)\s*-?\}\}")
_INLINE: Final = {"b": "b", "strong": "b", "i": "i", "em": "i"}
_WORDY: Final = {"p", "li", "h1", "h2", "h3", "a", *_INLINE}
_VOID: Final = {"br"}
_ATTRIBUTES: Final[dict[str, set[str]]] = {
    "mj-section": {"css-class"},
    "mj-column": set(),
    "mj-text": {"css-class"},
    "mj-button": {"href", "css-class"},
    "mj-image": {"src", "alt", "href", "width", "padding"},
    "mj-divider": set(DIVIDER),
    "mj-spacer": {"height"},
    "a": {"href"},
}


def to_mjml(blocks: Sequence[Block]) -> str:
    """Sections of MJML, one line for each block."""
    parts = []
    for apart, group in groupby(blocks, lambda block: block.kind == "columns"):
        if apart:
            parts += [_section([_blocks(column) for column in each.columns]) for each in group]
        else:
            parts.append(_section([_blocks(list(group))]))
    return "\n".join(parts)


def _section(columns: Sequence[str]) -> str:
    inside = "\n".join(f"<mj-column>\n{column}</mj-column>" for column in columns)
    return f"<mj-section>\n{inside}\n</mj-section>"


def _blocks(blocks: Sequence[Block]) -> str:
    return "".join(f"{_block(tidy(each))}\n" for each in blocks)


def _block(block: Block) -> str:
    marks = Marks()
    given = {name: marks.lift(value) for name, value in block.fields.items()}
    return marks.put_back(_WRITERS[block.kind](given))


def _heading(given: dict[str, str]) -> str:
    level = given["level"]
    return f"<mj-text><h{level}>{_words(given['text'])}</h{level}></mj-text>"


def _text(given: dict[str, str]) -> str:
    return f"<mj-text>{inline.html(inline.read(given['text']))}</mj-text>"


def _button(given: dict[str, str]) -> str:
    return f'<mj-button href="{escape(given["href"])}">{_words(given["label"])}</mj-button>'


def _link(given: dict[str, str]) -> str:
    if not given["name"]:
        return f'<mj-button css-class="{LINK}" href="">{_words(given["label"])}</mj-button>'
    return f'<mj-button href="{{{{ {given["name"]} }}}}">{_words(given["label"])}</mj-button>'


def _image(given: dict[str, str]) -> str:
    href = f' href="{escape(given["href"])}"' if given["href"] else ""
    width = FULL_PX * int(given["width"]) // 100
    return f'<mj-image src="{escape(given["src"])}" alt="{escape(given["alt"])}"{href} width="{width}px"/>'


def _divider(_given: dict[str, str]) -> str:
    return "<mj-divider " + " ".join(f'{name}="{value}"' for name, value in DIVIDER.items()) + "/>"


def _spacer(given: dict[str, str]) -> str:
    return f'<mj-spacer height="{SPACES[given["size"]]}px"/>'


def _signature(given: dict[str, str]) -> str:
    return f'<mj-text css-class="{SIGNATURE}"><p>{_words(given["greeting"])}<br>{SENDER}</p></mj-text>'


def _social(given: dict[str, str]) -> str:
    pairs = [line.rpartition(" ") for line in given["links"].split("\n") if line]
    links = [f'<a href="{escape(href)}">{_words(name)}</a>' for name, _, href in pairs]
    return f'<mj-text css-class="{SOCIAL}"><p>{" · ".join(links)}</p></mj-text>'


def _words(text: str) -> str:
    return escape(text, quote=False)


_WRITERS: Final = {
    "heading": _heading, "text": _text, "button": _button, "link": _link, "image": _image,
    "divider": _divider, "spacer": _spacer, "signature": _signature, "social": _social,
}  # fmt: skip


def from_mjml(mjml: str) -> Blocks:
    """Raises ``NotBlocks`` with what blocks cannot say."""
    if mjml.lstrip().lower().startswith("<mjml"):
        raise NotBlocks("whole")
    marks = Marks()
    reader = _Reader(marks)
    reader.feed(marks.lift(inline.clean(mjml)))
    reader.close()
    if reader.open:
        raise NotBlocks("unclosed", name=reader.open[-1])
    return tuple(reader.blocks)


class _Reader(HTMLParser):
    def __init__(self, marks: Marks) -> None:
        super().__init__(convert_charrefs=True)
        self.marks = marks
        self.blocks: list[Block] = []
        self.open: list[str] = []
        self.columns: list[list[Block]] = []
        self.given: dict[str, str] = {}
        self.body: list[tuple[str, list[list[Run]]]] = []  # (p, ul, h1…; lines)
        self.href = ""
        self.style = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._start(tag, {name: value or "" for name, value in attrs})
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def _start(self, tag: str, given: dict[str, str]) -> None:
        parent = self.open[-1] if self.open else ""
        if tag not in _PARENTS or parent not in _PARENTS[tag]:
            raise NotBlocks("element", name=tag)
        extra = given.keys() - _ATTRIBUTES.get(tag, set())
        if extra:
            raise NotBlocks("attribute", name=min(extra), element=tag)
        if tag == "mj-section":
            self.columns = []
        elif tag == "mj-column":
            self.columns.append([])
        elif tag in ("mj-text", "mj-button"):
            self.given, self.body = given, []
        elif tag in ("mj-image", "mj-divider", "mj-spacer"):
            self._put(self._simple(tag, given))
        else:
            self._inside(tag, given)

    def _inside(self, tag: str, given: dict[str, str]) -> None:
        if tag in ("p", "ul", "h1", "h2", "h3"):
            self.body.append((tag, [] if tag == "ul" else [[]]))
        elif tag in ("li", "br"):
            self._lines().append([])
        elif tag == "a":
            self.href = given.get("href", "")
            if not re.fullmatch(inline.LINK, self.href):
                raise NotBlocks("address", name=self.href[:60])
        elif self.href:
            raise NotBlocks("in_link")
        else:
            self.style = _INLINE[tag]

    def _lines(self) -> list[list[Run]]:
        if not self.body:
            raise NotBlocks("loose")
        return self.body[-1][1]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise NotBlocks("unclosed", name=tag)
        if tag == "a":
            self.href = ""
        elif tag in _INLINE:
            self.style = ""
        elif tag == "mj-text":
            for block in self._text_blocks():
                self._put(block)
        elif tag == "mj-button":
            self._put(self._button())
        elif tag == "mj-section":
            self._end_section()

    def _end_section(self) -> None:
        if len(self.columns) == 1:
            self.blocks += self.columns[0]
        elif 2 <= len(self.columns) <= 3:
            self.blocks.append(Block("columns", {}, tuple(map(tuple, self.columns))))
        elif self.columns:
            raise NotBlocks("columns")

    def handle_data(self, data: str) -> None:
        where = self.open[-1] if self.open else ""
        if not data.strip(" \n"):
            if where in _WORDY and self.body and self.body[-1][1]:
                self._run(data)
            return
        if where == "mj-button":
            self.body.append(("label", [[Run(data)]]))
        elif where == "ul" and re.fullmatch("[\ue000-\uf8ff]", data.strip()):
            self.body[-1] = ("each", [[Run(data.strip())]])
        elif where in _WORDY:
            self._run(data)
        else:
            raise NotBlocks("loose", words=self.marks.put_back(data.strip())[:60])

    def _run(self, data: str) -> None:
        self._lines()[-1].append(Run(data, self.style, self.href))  # type: ignore[arg-type]

    def handle_comment(self, data: str) -> None:  # noqa: ARG002 (the parser\'s)
        raise NotBlocks("comment")

    def handle_decl(self, decl: str) -> None:  # noqa: ARG002 (the parser\'s)
        raise NotBlocks("comment")

    def handle_pi(self, data: str) -> None:  # noqa: ARG002 (the parser\'s)
        raise NotBlocks("comment")

    def unknown_decl(self, data: str) -> None:  # noqa: ARG002 (the parser\'s)
        raise NotBlocks("comment")

    def _put(self, block: Block) -> None:
        fields = {name: self.marks.put_back(value) for name, value in block.fields.items()}
        self.columns[-1].append(tidy(Block(block.kind, fields)))

    def _simple(self, tag: str, given: dict[str, str]) -> Block:
        if tag == "mj-divider":
            return Block("divider")
        if tag == "mj-spacer":
            height = given.get("height", "20px").removesuffix("px")
            size = min(SPACES, key=lambda name: abs(SPACES[name] - (int(height) if height.isdigit() else 20)))
            return Block("spacer", {"size": size})
        if not re.fullmatch(r"(https?://.+)?", given.get("src", "")):
            raise NotBlocks("picture")
        width = given.get("width", "").removesuffix("px")
        share = 100 * int(width) // FULL_PX if width.isdigit() else 100
        nearest = min(WIDTHS, key=lambda each: abs(int(each) - share))
        return Block(
            "image", {**{name: given.get(name, "") for name in ("src", "alt", "href")}, "width": nearest}
        )

    def _button(self) -> Block:
        label = "".join(run.text for _, lines in self.body for line in lines for run in line)
        href = self.given.get("href", "")
        personal = _ONE_MARK.fullmatch(self.marks.put_back(href).strip())
        if self.given.get("css-class") == LINK and not href:
            return Block("link", {"label": label})
        if personal:
            return Block("link", {"label": label, "name": personal[1]})
        return Block("button", {"label": label, "href": href})

    def _text_blocks(self) -> list[Block]:
        css = self.given.get("css-class", "")
        if css == SIGNATURE:
            return [self._signature()]
        if css == SOCIAL:
            return [self._social()]
        if css:
            raise NotBlocks("attribute", name="css-class", element="mj-text")
        found: list[Block] = []
        paragraphs: list[Paragraph] = []
        for tag, lines in self.body:
            if tag.startswith("h"):
                found += self._words(paragraphs)
                paragraphs = []
                text = " ".join("".join(run.text for run in line) for line in lines)
                found.append(Block("heading", {"text": text, "level": tag[1]}))
            else:
                kept = tuple(line for line in map(inline.tidy, lines) if line)
                paragraphs += [Paragraph(tag, kept)] if kept else []  # type: ignore[arg-type]
        return [*found, *self._words(paragraphs)] or [Block("text", {"text": ""})]

    def _words(self, paragraphs: list[Paragraph]) -> list[Block]:
        return [Block("text", {"text": inline.write(paragraphs)})] if paragraphs else []

    def _signature(self) -> Block:
        lines = ["".join(run.text for run in line) for _, found in self.body for line in found]
        if len(lines) != 2 or self.marks.put_back(lines[1]).strip() != SENDER:
            raise NotBlocks("signature")
        return Block("signature", {"greeting": lines[0]})

    def _social(self) -> Block:
        runs = [run for _, lines in self.body for line in lines for run in line if run.href]
        return Block("social", {"links": "\n".join(f"{run.text} {run.href}" for run in runs)})


_PARENTS: Final[dict[str, set[str]]] = {
    "mj-section": {""},
    "mj-column": {"mj-section"},
    **{tag: {"mj-column"} for tag in ("mj-text", "mj-button", "mj-image", "mj-divider", "mj-spacer")},
    **{tag: {"mj-text"} for tag in ("p", "ul", "h1", "h2", "h3")},
    "li": {"ul"},
    "br": {"p"},
    "a": {"p", "li"},
    **{tag: {"p", "li"} for tag in _INLINE},
}
