"""What the people of a simulated business know without asking the house."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime

ENDS = {
    "payment-reminder-1": "invoice",
    "payment-reminder-2": "invoice",
    "quote-follow-up": "quote",
    "document-reminder-1": "engagement",
    "document-reminder-2": "engagement",
    "appointment-reminder": "appointment",
    "appointment-early-reminder": "appointment",
    "milestone-approval-reminder": "milestone",
}
"""Templates that speak of an object, and must not once it is over."""


@dataclass(slots=True)
class Client:
    """``talks``: words of theirs that want an answer, by the id of the raw mail."""

    id: int
    number: int
    address: str
    language: str
    zone: str
    country: str
    manager: int
    marketing: bool
    household: int | None = None
    company: str = ""
    said_no: datetime | None = None
    bereaved: datetime | None = None
    complained: datetime | None = None
    asked: datetime | None = None  # wants an answer that nobody has given yet
    gone: bool = False
    last: "Letter | None" = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail of ours that a client has got."""

    message_id: str
    reply_to: str
    template: str


@dataclass(slots=True)
class Mailed:
    """What a client has written. ``wants``: an answer of a person."""

    client: int
    kind: str
    wants: bool
    at: datetime
    read: bool = False


@dataclass
class Notebook:
    """``lines``: touchpoint -> whether it stands below the line, as people have decided. ``words``: what
    people of ours have typed, by its mark. ``over``: objects that are over, (kind, key) -> tick.
    ``begun``: how often the world gave cause for (event, key). ``story``: everything, in order."""

    clients: dict[int, Client] = field(default_factory=dict)
    lines: dict[int, bool] = field(default_factory=dict)
    words: dict[str, int] = field(default_factory=dict)
    heard_words: Counter[str] = field(default_factory=Counter)
    again: set[int] = field(default_factory=set)  # messages that a person has had sent again
    stirred: set[int] = field(default_factory=set)  # enrolments that a person has moved
    over: dict[tuple[str, str], int] = field(default_factory=dict)
    starts: dict[str, datetime] = field(default_factory=dict)  # appointment -> when it begins
    moves: Counter[str] = field(default_factory=Counter)  # appointment -> how often it has moved
    begun: Counter[tuple[int, str]] = field(default_factory=Counter)
    mails: dict[str, Mailed] = field(default_factory=dict)
    unread: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    story: list[tuple[datetime, int | None, str]] = field(default_factory=list)
    tick: int = 0
    quiet_tick: int = -1

    def tell(self, at: datetime, client: int | None, words: str) -> None:
        self.story.append((at, client, words))

    def end(self, kind: str, key: str) -> None:
        self.over.setdefault((kind, key), self.tick)

    def story_of(self, client: int | None, last: int = 25) -> list[str]:
        """The smallest story that helps: what befell this client, and the house."""
        mine = [line for line in self.story if line[1] in (client, None)]
        return [f"{at:%Y-%m-%d %H:%M:%S} {words}" for at, _, words in mine[-last:]]
