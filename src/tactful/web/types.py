"""What the components of a page want to know. Templates read these and nothing else.

Sentences come in as finished text in the reader's language (a lazy translation will do); moments come
in as aware datetimes and are put into words by the template. URLs are finished paths.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise  # plain text or a lazy translation
else:
    Text = str
Glyph = Literal[
    "auto", "person", "client", "plan", "sent", "held", "refused", "unknown", "judgement", "structural"
]


@dataclass(frozen=True, slots=True)
class Person:
    """A person of ours (filled, warm) or a client (ring). ``title``: role, or the firm of a client."""

    name: str
    is_client: bool = False
    title: Text = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    text: Text
    url: str


@dataclass(frozen=True, slots=True)
class Act:
    """A button. ``post``: a small form with a CSRF token, else a link. ``strong``: the one filled button
    of a view. ``key``: the single key that presses it. ``fields``: hidden names and values."""

    text: Text
    url: str
    post: bool = True
    strong: bool = False
    icon: str = ""
    glyph: str = ""
    key: str = ""
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Tag:
    """``tone``: brick (complaint), moss (kept), held, auto, person, line (neutral)."""

    text: Text
    tone: Literal["brick", "moss", "held", "auto", "person", "line"] = "line"


@dataclass(frozen=True, slots=True)
class Tab:
    """One of several views of the same list; a link, not a button, so that it can be shared."""

    text: Text
    url: str
    current: bool = False
    count: int | None = None
    glyph: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Meta:
    text: Text
    late: bool = False


@dataclass(frozen=True, slots=True)
class HoldCard:
    """components/hold.html. The reason first, then Owner, Until, Then: always all three.

    ``left``: what remains of the hold, 0 to 100 (``web.rules.arc.share_left``). ``until``: what would end
    it ("the call is done"); ``until_at``: the latest moment. ``then``: what happens after ("checked
    again"). Without an ``owner`` the card offers ``take``. ``act``: one link at the lower right, for rows
    of cards, what would end it if there is such a thing; ``acts``: buttons below, for a card that stands
    alone. ``url``: of the message.
    """

    title: Text
    reason: Text
    left: int
    owner: Person | None
    until: Text
    then: Text
    until_at: datetime | None = None
    last_hour: bool = False
    take: Act | None = None
    act: Act | None = None
    acts: tuple[Act, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class TaskLine:
    """What stands on a card besides its first question. ``name``: of another client, else ""."""

    matter: Text
    acts: tuple[Act, ...]
    name: Text = ""


@dataclass(frozen=True, slots=True)
class TaskRow:
    """components/task.html, inside ``<ul class="sheet list">``.

    ``who``: the client, or None with ``glyph`` for a message whose fate is unknown. ``quote``: the matter
    is the client's own words and is set in the book face. At most two ``meta`` lines, one ``act``;
    ``also``: the other ways to be done with it in one tap ("Answered by phone"). ``lines``: what else is
    asked here.
    """

    name: Text
    matter: Text
    act: Act
    who: Person | None = None
    glyph: Glyph | None = None
    org: Text = ""
    tag: Tag | None = None
    quote: bool = False
    meta: tuple[Meta, ...] = ()
    also: tuple[Act, ...] = ()
    lines: tuple[TaskLine, ...] = ()


@dataclass(frozen=True, slots=True)
class TouchpointCard:
    """components/touchpoint.html. ``score``: 1 to 125, structural candidates only; judgement ones show
    their ``owner``. ``lift``: 0 to 3, extra distance to the next card towards the line."""

    slug: str
    name: Text
    line: Literal["judgement", "structural", "undecided"]
    score: int | None = None
    owner: Person | None = None
    next_up: bool = False
    lift: int = 0


@dataclass(frozen=True, slots=True)
class StepCount:
    """Who waits here, as a link: ``14 wait here``, and below it ``until today 16:00``."""

    number: int
    text: Text
    url: str
    note: Text = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """One way out of a branch: when it is taken ("If some are missing"), its steps, who is inside.
    ``passed``: how many went this way."""

    condition: Text
    steps: tuple["StepCard", ...]
    count: StepCount | None = None
    passed: Text = ""


@dataclass(frozen=True, slots=True)
class StepCard:
    """components/step.html. Verb first, then the object, then one line of conditions.

    ``kind``: start, end, step (a machine's, with ``number``), quiet (it rests), person (``owner``: by name),
    fork (only ``lanes``), line (only ``text``: the line is drawn across). ``passed``: sentences on how
    people went on from here, and how long they stayed.
    """

    kind: Literal["start", "end", "step", "quiet", "person", "fork", "line"]
    verb: Text = ""
    text: Text = ""
    number: int = 0
    note: Text = ""
    channel: str = ""
    line: str = ""
    owner: Person | None = None
    change: Literal["", "changed", "new"] = ""
    count: StepCount | None = None
    lanes: tuple[Lane, ...] = ()
    passed: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """components/timeline_entry.html, inside ``<ol class="tl">``, newest first, the future on top.

    ``kind``: held or planned (dotted rail), now and day (a moment in ``at``), cross (the line: ``title``
    and ``at``), entry. An entry has a ``glyph``, a ``person`` (ours) or an ``icon`` on the rail. ``words``:
    what a person wrote, set in the book face. ``title`` is bold, ``text`` follows it.
    """

    kind: Literal["held", "planned", "now", "day", "cross", "entry"]
    title: Text = ""
    text: Text = ""
    words: str = ""
    meta: Text = ""
    at: datetime | None = None
    glyph: Glyph | None = None
    person: Person | None = None
    icon: str = ""
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class AttachmentView:
    """A file in a bubble. ``question``: "Is this it?", with ``acts`` to answer."""

    name: str
    size: int
    url: str
    question: Text = ""
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class Bubble:
    """components/bubble.html. ``side``: client (left), us, auto, held, note (for us only).

    ``text``: plain, line breaks kept. ``where``: an addition to the time ("on our website"). ``why_url``:
    automation's only. ``whole_url``: the whole mail in its frame. ``due_at`` and ``reason``: held only.
    ``notes``: what of it is not shown, in short sentences. ``proposed_by``: a note whose words a program
    suggests as an answer; ``use_url`` puts them where a person writes.
    """

    side: Literal["client", "us", "auto", "held", "note"]
    text: str
    at: datetime | None = None
    author: Person | None = None
    channel: str = ""
    where: Text = ""
    state: Glyph = "sent"
    why_url: str = ""
    whole_url: str = ""
    due_at: datetime | None = None
    reason: Text = ""
    attachments: tuple[AttachmentView, ...] = ()
    notes: tuple[Text, ...] = ()
    proposed_by: str = ""
    use_url: str = ""
    kind: Literal["bubble"] = "bubble"


@dataclass(frozen=True, slots=True)
class DayMark:
    at: datetime
    kind: Literal["day"] = "day"


@dataclass(frozen=True, slots=True)
class Crossing:
    """components/theline.html: a handover, drawn across the thread."""

    text: Text
    at: datetime | None = None
    kind: Literal["cross"] = "cross"


@dataclass(frozen=True, slots=True)
class EmptyState:
    """components/empty.html: one sentence that is true, one that says what will stand here, one link."""

    title: Text
    text: Text
    glyph: Glyph = "held"
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    text: Text
    url: str = ""
    glyph: str = ""
    right: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """components/table.html. ``heads``: names of the columns; numbers stand right."""

    caption: Text
    heads: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Pager:
    """components/pager.html. ``first`` and ``last``: numbers of the rows shown, from 1. ``about``: nobody has
    counted all of them exactly."""

    first: int
    last: int
    total: int
    previous_url: str = ""
    next_url: str = ""
    about: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """components/progress.html: what, how far in numbers, how long left in words."""

    what: Text
    done: int
    total: int
    note: Text = ""

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.total) if self.total else 0


@dataclass(frozen=True, slots=True)
class Toast:
    """components/toast.html: one sentence, one way back."""

    text: Text
    undo: Act | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A row in a small list of facts; the value may be a link."""

    label: Text
    value: Text
    note: Text = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Shell:
    """What stands around every staff page; the template finds it as ``shell``, ``now`` beside it.

    ``section``: today, inbox, clients, line, journeys, broadcasts, outbox, import, settings. ``theme``: "",
    light, dark. ``hold_all``: everything is held, with the sentence that says since when and by whom.
    ``trial``: it is the trial week.
    """

    business: str
    user: Person
    section: str = ""
    needs_person: int = 0
    unanswered: int = 0
    holding: int = 0
    hold_all: Text = ""
    trial: bool = False
    paused: Text = ""
    can_write: bool = True
    is_owner: bool = True
    is_helper: bool = False  # sees nothing of clients
    is_demo: bool = False
    theme: Literal["", "light", "dark"] = ""
    single_keys: bool = True
    tone: str = ""  # how the house speaks, for whoever writes
    live_url: str = ""  # the event stream of this page; empty: nothing is live
