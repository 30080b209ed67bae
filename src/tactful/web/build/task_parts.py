"""What the words of every task are made of."""

from collections.abc import Mapping
from dataclasses import dataclass

from tactful.delivery.queries import Dispatch
from tactful.engagements.types import EngagementView
from tactful.inbox.queries import Entry, Task, Thread
from tactful.web.build.around import Around, post
from tactful.web.types import Act, Tag


@dataclass(frozen=True, slots=True)
class Matters:
    """What the tasks of a page speak of, read together."""

    around: Around
    entries: Mapping[int, Entry]
    threads: Mapping[int, Thread]  # by contact
    newest: Mapping[int, int]  # by thread: the id of its newest entry
    messages: Mapping[int, Dispatch]
    engagements: Mapping[int, EngagementView]
    held: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Said:
    """The part of a row that differs from code to code."""

    matter: str
    act: Act
    also: tuple[Act, ...] = ()
    quote: bool = False
    tag: Tag | None = None


def done(task: Task, text: str, answer: str = "done") -> Act:
    """The button that says it is done, with this answer."""
    return post(text, "task_done", task.id, fields={"answer": answer})
