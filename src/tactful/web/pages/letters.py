"""templates/web/letters.html and letter.html"""

from dataclasses import dataclass

from tactful.web.types import Act, EmptyState, Link, Tab, Text


@dataclass(frozen=True, slots=True)
class LetterRow:
    url: str
    name: Text
    state: Text
    missing: Text = ""


@dataclass(frozen=True, slots=True)
class LettersPage:
    rows: tuple[LetterRow, ...]
    may_write: bool
    empty: EmptyState | None = None
    error: Text = ""


@dataclass(frozen=True, slots=True)
class Control:
    """``kind``: line, words (several lines), address, picture (an address, or a file), or choice. ``fields``:
    whether ``{{`` offers fields. ``error``: what is wrong with what was typed, and what to do."""

    name: str
    label: Text
    value: str
    kind: str = "line"
    hint: Text = ""
    choices: tuple[tuple[str, Text], ...] = ()
    fields: bool = False
    error: Text = ""


@dataclass(frozen=True, slots=True)
class BlockForm:
    """``path``: of the block, or where a new one of ``kind`` comes."""

    title: Text
    path: str
    kind: str
    act: str
    controls: tuple[Control, ...]
    other: Text = ""  # what stands there in the other language

    @property
    def wrong(self) -> bool:
        return any(control.error for control in self.controls)


@dataclass(frozen=True, slots=True)
class HintRow:
    """``fix``: its place among the hints, for the click that mends it; or ``url``: where a person does."""

    sentence: Text
    fix: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """A place where a block can be put. ``kinds``: open, with what can be put there."""

    path: str
    label: Text
    kinds: tuple[Link, ...] = ()
    form: BlockForm | None = None


@dataclass(frozen=True, slots=True)
class BlockRow:
    """``columns``: (heading, rows, the place after the last one), of a block of columns."""

    gap: Gap
    path: str
    number: str
    name: Text
    summary: Text
    other: Text = ""
    form: BlockForm | None = None
    up: bool = False
    down: bool = False
    hints: tuple[Text, ...] = ()
    columns: tuple[tuple[Text, tuple["BlockRow", ...], Gap], ...] = ()


@dataclass(frozen=True, slots=True)
class FieldRow:
    """``value``: what stands there for nobody; None: nobody has said. ``fixed``: never empty."""

    name: str
    label: Text
    value: str | None
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    subject: str
    frame_url: str
    views: tuple[Tab, ...]
    phone: bool
    q: str = ""
    who: Text = ""
    found: tuple[Link, ...] = ()
    trouble: Text = ""
    test: Act | None = None


@dataclass(frozen=True, slots=True)
class LetterPage:
    """``revision`` 0: what is live, to be looked at. ``offered``: name, words, default ("" asks for one).
    ``use``: what the button says that is done with it. ``news``: it always has a link to unsubscribe."""

    slug: str
    name: Text
    language: str
    languages: tuple[Tab, ...]
    sentence: Text
    back: Link
    use: Text
    news: bool = False
    revision: int = 0
    begin: bool = False
    said: Text = ""
    can_undo: bool = False
    can_redo: bool = False
    tabs: tuple[Tab, ...] = ()
    subject: str = ""
    preheader: str = ""
    unsubscribe: bool = False
    rows: tuple[BlockRow, ...] = ()
    last: Gap | None = None
    source: str | None = None
    why_source: Text = ""
    blank_from: Link | None = None
    fields: tuple[FieldRow, ...] = ()
    offered: tuple[tuple[str, Text, str], ...] = ()
    hints: tuple[HintRow, ...] = ()
    problems: tuple[Text, ...] = ()
    preview: Preview | None = None
    focus: str = ""
