"""templates/web/today.html"""

from dataclasses import dataclass
from typing import Literal

from tactful.web.types import Act, EmptyState, Fact, Glyph, HoldCard, Link, TaskRow, Text


@dataclass(frozen=True, slots=True)
class HourBar:
    """One hour of the day by the business's clock: a sign for each message, at most 16, then ``more``."""

    hour: int
    signs: tuple[Glyph, ...]
    more: int = 0
    is_now: bool = False


@dataclass(frozen=True, slots=True)
class RunRow:
    """A line under the hours: what automation did, or will do, to how many."""

    glyph: Glyph
    name: Text
    text: Text
    url: str = ""


@dataclass(frozen=True, slots=True)
class Automation:
    """The counts of today; each opens the outbox where its messages stand."""

    sent: int
    planned: int
    held: int
    refused: int
    hours: tuple[HourBar, ...]
    rows: tuple[RunRow, ...]
    sent_url: str
    planned_url: str
    held_url: str
    refused_url: str


@dataclass(frozen=True, slots=True)
class Relations:
    """One dot per client up to 200, strained first; above that one dot per share (``dot_is`` clients)."""

    strained: int
    quiet: int
    well: int
    url: str
    strained_link: Link | None = None
    quiet_link: Link | None = None
    dot_is: int = 1

    @property
    def total(self) -> int:
        return self.strained + self.quiet + self.well

    @property
    def dots(self) -> list[Literal["strain", "quiet", "ok"]]:
        """One word per dot, strained first; a started share counts as one."""
        counts: dict[Literal["strain", "quiet", "ok"], int] = {
            "strain": self.strained,
            "quiet": self.quiet,
            "ok": self.well,
        }
        return [kind for kind, count in counts.items() for _ in range(-(-count // self.dot_is))]


@dataclass(frozen=True, slots=True)
class DayList:
    """What could wait and is asked once a day. ``coming``: what is on the next list, with a sentence."""

    rows: tuple[TaskRow, ...] = ()
    total: int = 0
    coming: tuple[TaskRow, ...] = ()
    coming_said: Text = ""


@dataclass(frozen=True, slots=True)
class TodayPage:
    """``greeting`` without the name ("Good morning"). ``tasks_total``: with what stands on the list of a day.
    ``holds``: the first three or so; ``holds_total`` all. ``next_up``: the touchpoint that could go below the
    line next, with a sentence."""

    greeting: Text
    tasks: tuple[TaskRow, ...]
    tasks_total: int
    holds: tuple[HoldCard, ...]
    holds_total: int
    holds_url: str
    automation: Automation
    relations: Relations | None = None
    promises: tuple[Fact, ...] = ()
    next_up: Text = ""
    next_up_link: Link | None = None
    nothing_to_do: EmptyState | None = None
    notice: Text = ""
    notice_act: Act | None = None
    soon: Text = ""  # what goes out soon and a person wanted to see first
    leisure: tuple[TaskRow, ...] = ()  # what has time
    day_list: DayList = DayList()
    trial: Text = ""  # nothing leaves, and what would have gone is to be judged
    first: Text = ""  # what waits to be seen, of the first of each touchpoint
    waiting: Text = ""  # who wrote before the mailbox was connected and has no answer
    setup: Text = ""  # how far the first run has come, while it is open
    late: Text = ""  # how much should have gone out while nothing could be sent
