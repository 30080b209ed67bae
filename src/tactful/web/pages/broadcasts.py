"""templates/web/broadcasts.html, broadcast_write.html, broadcast.html and broadcast_people.html"""

from dataclasses import dataclass

from tactful.web.forms.broadcasts import Writing
from tactful.web.types import Act, EmptyState, Fact, Glyph, Link, Progress, Text


@dataclass(frozen=True, slots=True)
class BroadcastRow:
    """``note``: how many have it, or when it goes."""

    url: str
    name: Text
    glyph: Glyph
    state: Text
    note: Text
    when: Text


@dataclass(frozen=True, slots=True)
class BroadcastsPage:
    """``second``: what the house asks for; ``turn``: the owner's button to change that."""

    rows: tuple[BroadcastRow, ...]
    second: Text
    turn: Act | None = None
    empty: EmptyState | None = None
    next_url: str = ""


@dataclass(frozen=True, slots=True)
class GroupPart:
    """Who is in the chosen group: how many, and the sentence. ``trouble``: why it cannot be said."""

    count: Text = ""
    sentence: Text = ""
    trouble: Text = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """No place on the line fits yet: what to do about it. ``act``: the owner's button."""

    sentence: Text
    act: Act | None = None


@dataclass(frozen=True, slots=True)
class FieldRow:
    """What can be put in for each client. ``code``: as it is written; ``asks``: whoever puts it in says what
    stands there for those of whom it is not known."""

    name: str
    code: str
    label: Text
    asks: bool = False


@dataclass(frozen=True, slots=True)
class WritePage:
    title: Text
    back: Link
    save: str
    writing: Writing
    group: GroupPart
    marks: tuple[tuple[str, Text], ...]  # what to write, and what it becomes
    fields: tuple[FieldRow, ...]
    error: Text = ""
    offer: Offer | None = None


@dataclass(frozen=True, slots=True)
class AccountRow:
    """How many of the audience stand so; ``reasons``: (sentence, how many, address of these people)."""

    glyph: Glyph
    name: Text
    count: int
    url: str
    reasons: tuple[tuple[Text, int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class VariantRow:
    letter: str
    subject: Text
    share: Text
    sent: int
    of: int


@dataclass(frozen=True, slots=True)
class PreviewPart:
    """``choices``: other versions and languages. ``trouble``: why nothing can be shown. ``who``: the client
    as whom it is seen; ``found``: clients whom a search for ``q`` has found."""

    subject: str
    frame_url: str
    choices: tuple[Link, ...]
    q: str = ""
    who: Text = ""
    found: tuple[Link, ...] = ()
    trouble: Text = ""
    test: Act | None = None


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why ``count`` clients would wait or not get it; ``people``: the first of them."""

    text: Text
    count: int
    people: tuple[Link, ...] = ()

    @property
    def more(self) -> int:
        return max(0, self.count - len(self.people))


@dataclass(frozen=True, slots=True)
class BroadcastPage:
    """``ahead``: what will happen, in sentences. ``missing``: what has to be done first. ``moving``: the page
    fetches itself anew while it stands so. ``unread``: how many get it in a language that is not theirs.
    ``read``: the fingerprint of what is shown, for the yes."""

    id: int
    name: Text
    eyebrow: Text
    sentence: Text
    glyph: Glyph
    acts: tuple[Act, ...]
    facts: tuple[Fact, ...]
    ahead: tuple[Text, ...] = ()
    why_not: tuple[WhyNot, ...] = ()
    sample: Text = ""
    missing: tuple[Text, ...] = ()
    notice: Text = ""
    unread: tuple[Text, ...] = ()
    account: tuple[AccountRow, ...] = ()
    variants: tuple[VariantRow, ...] = ()
    progress: Progress | None = None
    moving: bool = False
    preview: PreviewPart | None = None


@dataclass(frozen=True, slots=True)
class PersonRow:
    url: str
    name: Text
    glyph: Glyph
    sentence: Text
    when: Text


@dataclass(frozen=True, slots=True)
class PeoplePage:
    id: int
    name: Text
    title: Text
    rows: tuple[PersonRow, ...]
    next_url: str = ""
    empty: EmptyState | None = None
