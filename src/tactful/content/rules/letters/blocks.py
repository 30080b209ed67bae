"""A letter as blocks: what there is, what each may hold, and how it is kept (``tactful.letter/1``)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tactful.content.rules.letters.inline import LINK, clean, normal, one_line
from tactful.content.rules.marks import find_marks

FORMAT: Final = "tactful.letter/1"
MOST_BLOCKS: Final = 200
LONGEST: Final = 20_000
WIDTHS: Final = ("100", "75", "50", "25")
SPACES: Final = {"small": 12, "medium": 24, "large": 48}
LEVELS: Final = ("1", "2", "3")
_ADDRESS: Final = re.compile(LINK)
_PICTURE: Final = re.compile(r"https?://[^\s()<>\"'`{}]+")
_SITE: Final = re.compile(r"[\w-]+(\.[\w-]+)*\.[a-zA-Z]{2,}(?::\d+)?(?:[/?#]\S*)?")
_MAIL: Final = re.compile(r"[^\s@/:()<>\"'`{}]+@[\w-]+(\.[\w-]+)+")
_SOCIAL: Final = re.compile(rf"(?P<name>\S[^\n]*?) +(?P<href>{LINK})")


class NotBlocks(ValueError):
    """It cannot be read as blocks. ``code`` and ``params``: why (``hints.WHY_NOT``)."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(f"{code} {params}")
        self.code, self.params = code, params


@dataclass(frozen=True, slots=True)
class Block:
    """``fields``: what its kind holds (``KINDS``). ``columns``: of kind "columns" alone."""

    kind: str
    fields: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[tuple["Block", ...], ...] = ()


Blocks = tuple[Block, ...]


def _choice(allowed: Sequence[str], usual: str) -> Any:
    return lambda value: value if value in allowed else usual


def _address(value: str) -> str:
    """A whole link, or "". A mark is a personal link, which has a block of its own."""
    text = _whole(one_line(value))
    return text if _ADDRESS.fullmatch(text) else ""


def _picture(value: str) -> str:
    text = _whole(one_line(value))
    return text if _PICTURE.fullmatch(text) else ""


def _whole(text: str) -> str:
    """People write addresses as they say them: ``salon.example/bilde.png``, ``post@salon.example``."""
    if _MAIL.fullmatch(text):
        return f"mailto:{text}"
    return f"https://{text}" if _SITE.fullmatch(text) else text


def _name(value: str) -> str:
    text = value.strip()
    return text if re.fullmatch(r"[a-z][a-z0-9_]{0,60}", text) else ""


def _social(value: str) -> str:
    return "\n".join(f"{each['name'].strip()} {each['href']}" for each in _networks(value) if each)


def _networks(value: str) -> list[re.Match[str] | None]:
    lines = (line.rpartition(" ") for line in map(one_line, clean(value).split("\n")) if line.strip())
    return [_SOCIAL.fullmatch(f"{name} {_whole(href)}") for name, _, href in lines]


def _without_marks(value: str) -> str:
    return "" if find_marks(value) else value


KINDS: Final[Mapping[str, Mapping[str, Any]]] = {
    "heading": {"text": one_line, "level": _choice(LEVELS, "2")},
    "text": {"text": normal},
    "button": {"label": one_line, "href": _address},
    "link": {"label": one_line, "name": _name},
    "image": {
        "src": _picture,
        "alt": one_line,
        "href": _address,
        "width": _choice(WIDTHS, "100"),
    },
    "divider": {},
    "spacer": {"size": _choice(tuple(SPACES), "medium")},
    "signature": {"greeting": one_line},
    "social": {"links": _social},
    "columns": {},
}
INSIDE: Final = tuple(kind for kind in KINDS if kind != "columns")


def tidy(block: Block) -> Block:
    """Each field as it may be kept; what a kind does not hold goes."""
    rules = KINDS[block.kind]
    fields = {name: rule(str(block.fields.get(name, ""))[:LONGEST]) for name, rule in rules.items()}
    columns = tuple(tuple(tidy(each) for each in column) for column in block.columns)
    return Block(block.kind, fields, columns)


def not_understood(block: Block) -> list[str]:
    """Names of the fields in which an address was typed that cannot be kept: ``tidy`` would empty them."""
    kept = tidy(block).fields
    lost = [name for name in ("src", "href") if block.fields.get(name, "").strip() and not kept.get(name)]
    typed = block.fields.get("links", "") if "links" in kept else ""
    return [*lost, *(["links"] if not all(_networks(typed)) else [])]


def to_json(blocks: Blocks) -> dict[str, Any]:
    return {"format": FORMAT, "blocks": [_as_json(each) for each in blocks]}


def _as_json(block: Block) -> dict[str, Any]:
    body: dict[str, Any] = {"kind": block.kind, **block.fields}
    if block.kind == "columns":
        body["columns"] = [[_as_json(each) for each in column] for column in block.columns]
    return body


def from_json(body: Any) -> Blocks:
    """Whatever was kept or sent, made tidy. Raises ``NotBlocks``."""
    if not isinstance(body, Mapping) or body.get("format") != FORMAT:
        raise NotBlocks("format")
    found = _list(body.get("blocks"), set(KINDS))
    if len(list(walk(found))) > MOST_BLOCKS:
        raise NotBlocks("too_many", most=str(MOST_BLOCKS))
    return found


def _list(rows: Any, allowed: set[str]) -> Blocks:
    if not isinstance(rows, list):
        raise NotBlocks("format")
    return tuple(_block(row, allowed) for row in rows)


def _block(row: Any, allowed: set[str]) -> Block:
    if not isinstance(row, Mapping) or row.get("kind") not in allowed:
        raise NotBlocks("format")
    kind = str(row["kind"])
    fields = {name: value for name in KINDS[kind] if isinstance(value := row.get(name, ""), str)}
    columns: tuple[Blocks, ...] = ()
    if kind == "columns":
        given = row.get("columns")
        if not isinstance(given, list) or not 2 <= len(given) <= 3:
            raise NotBlocks("format")
        columns = tuple(_list(column, set(INSIDE)) for column in given)
    return tidy(Block(kind, fields, columns))


def walk(blocks: Sequence[Block], before: str = "") -> Iterator[tuple[str, Block]]:
    """Every block with its path: "2", and inside columns "2.0.1"."""
    for place, block in enumerate(blocks):
        path = f"{before}{place}"
        yield path, block
        for column, inside in enumerate(block.columns):
            yield from walk(inside, f"{path}.{column}.")
