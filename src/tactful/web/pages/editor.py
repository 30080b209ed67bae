"""templates/web/editor*.html"""

from dataclasses import dataclass, field
from typing import Literal

from tactful.web.forms.journey.controls import Choice, Group
from tactful.web.pages.journeys import CheckRow
from tactful.web.types import Act, Fact, Link, Person, Tab, Text


@dataclass(frozen=True, slots=True)
class OpenForm:
    """A form that stands open in the flow. ``problems``: what the last try said. ``source``: the step as
    text, for what no field shows. ``hidden``: fields that go along."""

    action: str
    title: Text
    groups: tuple[Group, ...]
    button: Text
    cancel: str
    problems: tuple[Text, ...] = ()
    source: str = ""
    source_problems: tuple[Text, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Menu:
    """What can be put at a place: kinds as links, and where else the way could lead."""

    kinds: tuple[Link, ...]
    cancel: str
    place: str
    lead: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class MoveForm:
    action: str
    choices: tuple[Choice, ...]
    cancel: str


@dataclass(frozen=True, slots=True)
class EditLine:
    """One line of the flow and the gap before it. ``place``: of the gap, empty if nothing can be put there.
    ``gap``: how the gap is called for somebody who does not see it. ``up``, ``down``: places to move to."""

    kind: Literal["step", "begin", "end", "below", "jump"]
    id: str = ""
    number: int = 0
    step_kind: str = ""
    verb: Text = ""
    text: Text = ""
    note: Text = ""
    line: str = ""
    owner: Person | None = None
    change: Literal["", "changed", "new"] = ""
    findings: tuple[tuple[bool, Text], ...] = ()
    place: str = ""
    gap: Text = ""
    up: str = ""
    down: str = ""
    can_move: bool = False
    can_copy: bool = False
    can_remove: bool = True
    columns: tuple["EditColumn", ...] = ()
    form: OpenForm | None = None
    menu: Menu | None = None
    adding: OpenForm | None = None
    moving: MoveForm | None = None
    focus: str = ""  # which of its controls: edit, gap, up, down, copy

    @property
    def name(self) -> Text:
        return f"{self.verb} {self.text}".strip()


@dataclass(frozen=True, slots=True)
class EditColumn:
    heading: Text
    lines: tuple[EditLine, ...]

    @property
    def is_bare(self) -> bool:
        """Nothing stands in it but where it goes on."""
        return not any(each.kind == "step" or each.menu or each.adding for each in self.lines)


@dataclass(frozen=True, slots=True)
class EditStrand:
    """``heading``: of a list beside the main one; ``hint``: what that means."""

    heading: Text
    lines: tuple[EditLine, ...]
    hint: Text = ""
    line: EditLine | None = None


@dataclass(frozen=True, slots=True)
class Fixable:
    """A check, with the button that mends it. ``step``: the id of the step that it speaks of."""

    row: CheckRow
    fix: str = ""
    step: str = ""


@dataclass(frozen=True, slots=True)
class TestRow:
    """A stored test. ``says``: why it does not pass; None: it has not been run."""

    name: str
    passes: bool | None
    says: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class TestForm:
    """A test written by hand: a name, and YAML with ``given`` and ``expected``."""

    name: str
    body: str
    problem: Text = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One of the parts around the steps, to be opened: its facts, or its form."""

    name: str
    title: Text
    facts: tuple[Fact, ...]
    form: OpenForm | None = None
    focus: bool = False


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """What is wrong with the text, and at which line (0: not known)."""

    line: int
    text: Text


@dataclass(frozen=True, slots=True)
class EditorPage:
    """``state``: what stands beside "Draft"; ``said``: what was done last, and by whom. ``problems``: of a
    text that cannot be read, in which case there is no flow. ``text``: for the text tab only."""

    slug: str
    name: Text
    sentence: Text
    revision: int
    state: Text
    said: Text
    tabs: tuple[Tab, ...]
    can_write: bool
    can_undo: bool = False
    can_redo: bool = False
    strands: tuple[EditStrand, ...] = ()
    begin: EditLine | None = None
    about: Part | None = None
    parts: tuple[Part, ...] = ()
    checks: tuple[Fixable, ...] = ()
    tests: tuple[TestRow, ...] = ()
    test_form: TestForm | None = None
    problems: tuple[ProblemRow, ...] = ()
    text: str = ""
    is_text: bool = False
    is_empty: bool = False
    theirs: str = ""
    comments: int = 0
    suggestions: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def failing(self) -> int:
        return sum(each.row.kind == "fail" for each in self.checks)

    @property
    def asking(self) -> int:
        return sum(each.row.kind == "warn" for each in self.checks)

    @property
    def passing(self) -> int:
        return sum(each.row.kind == "pass" for each in self.checks)


@dataclass(frozen=True, slots=True)
class Change:
    """One difference to the live version. ``before``: as it was, for what has changed."""

    kind: Literal["new", "changed", "gone"]
    text: Text
    before: Text = ""


@dataclass(frozen=True, slots=True)
class PublishPage:
    """templates/web/editor_publish.html. Posts ``revision``, ``sure`` for each code of ``asks``, and
    ``despite_tests``. ``stops``: what must be mended first. ``outcome``: what happens when it is done.
    ``replay``: what the last 90 days say, if they were asked."""

    slug: str
    name: Text
    revision: int
    version: int
    changes: tuple[Change, ...]
    stops: tuple[Fixable, ...]
    asks: tuple[Fixable, ...]
    passing: int
    tests: tuple[TestRow, ...]
    outcome: tuple[Text, ...]
    can_publish: bool
    is_first: bool = False
    error: Text = ""
    older: tuple[Link, ...] = ()
    acts: tuple[Act, ...] = ()
    replay: tuple[Text, ...] = ()
    replay_link: Link | None = None

    @property
    def failing_tests(self) -> int:
        return sum(each.passes is False for each in self.tests)


@dataclass(frozen=True, slots=True)
class NewJourneyPage:
    """templates/web/editor_new.html"""

    name: str = ""
    name_nb: str = ""
    error: Text = ""
    source: str = ""
    problems: tuple[ProblemRow, ...] = ()
