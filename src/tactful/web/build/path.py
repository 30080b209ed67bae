"""What came of an invented story, moment by moment: the steps, the gate's answers, and people's tasks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.gate.sentences import Reader, moment_words, reason_sentence
from tactful.gate.types import VerdictKind
from tactful.journeys.rules.moves import Phase
from tactful.journeys.rules.tale import Fate, Look, OpenedTask, Sending, Stay, Tale, Walk
from tactful.journeys.rules.walk import APPROVED, REFUSED
from tactful.journeys.sentences import StepLine, describe
from tactful.journeys.types import Approval, Definition, Exit, Send, Task
from tactful.journeys.wording import Words
from tactful.web.build.happenings import TASK, fact_words
from tactful.web.build.timeline import flat
from tactful.web.pages.trying import PathEntry
from tactful.web.trial import Trial
from tactful.web.types import Link, Text
from tactful.wiring.story_words import elsewhere_sentences

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Placed = tuple[datetime, int, PathEntry]
FIRST, BEGINS, LAST = (
    0,
    1,
    1_000_000,
)  # at one moment: what happens, the beginning, the visits in turn, the end
TURN = 10


@dataclass(frozen=True, slots=True)
class Telling:
    """``names``: of us, and of a real client. ``trial`` and ``url``: for links that add to the story; a test
    has none."""

    definition: Definition
    tale: Tale
    reader: Reader
    names: Mapping[str, str]
    trial: Trial | None = None
    url: str = ""
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> Words:
        return Words(self.definition.names, self.reader.language)

    def links(self, text: str, what: str, at: datetime) -> tuple[Link, ...]:
        if self.trial is None:
            return ()
        return (Link(text, f"{self.url}?{self.trial.with_one(what, at).query(self.more)}#path"),)


def path_of(told: Telling, happened: Iterable[tuple[datetime, PathEntry]]) -> tuple[PathEntry, ...]:
    """Everything in the order of time, with how much passes in between."""
    placed: list[Placed] = [(at, FIRST, entry) for at, entry in happened]
    lines = {line.step: line for line in flat(describe(told.definition, told.reader.language)) if line.number}
    for walk in told.tale.walks:
        placed += _of_walk(walk, told, lines)
    for sending in told.tale.sendings:
        placed += _of_sending(sending, told, lines)
    for task in told.tale.tasks:
        placed += _of_task(task, told, lines)
    placed += [_of_others(at, said) for at, said in elsewhere_sentences(told.tale, told.words)]
    placed.sort(key=lambda each: each[:2])
    return tuple(_with_gaps([entry for _at, _rank, entry in placed], told.reader.zone))


def _with_gaps(entries: list[PathEntry], zone: str) -> Iterator[PathEntry]:
    local, before = ZoneInfo(zone), None
    for entry in entries:
        if entry.at is not None:
            day = entry.at.astimezone(local).date()
            if before is not None and (day - before).days > 1:
                count = (day - before).days
                yield PathEntry("gap", ngettext("%(n)d day passes", "%(n)d days pass", count) % {"n": count})
            before = day
        yield entry


def _of_walk(walk: Walk, told: Telling, lines: Mapping[str, StepLine]) -> Iterator[Placed]:
    if walk.begun:
        yield walk.began_at, BEGINS, PathEntry("begins", _("The journey begins"), walk.began_at, sign="right")
    sent = {(each.walk is walk, each.step, each.wanted_at) for each in told.tale.sendings}
    for visit, stay in enumerate(walk.stays, 1):
        entry = _of_stay(stay, (True, stay.step, stay.since) in sent, told, lines)
        if entry is not None:
            yield stay.since, visit * TURN + 2, entry
    if walk.unknown:
        at = walk.state.wait_since or walk.began_at
        what = ", ".join(fact_words(each, told.definition, told.reader.language) for each in walk.unknown)
        note = _("Not known: %(what)s. Say it under “What is known”.") % {"what": what}
        yield at, LAST, PathEntry("unknown", _("From here on nobody can tell"), at, note, sign="unknown")
    elif walk.trouble:
        at = walk.state.wait_since or walk.began_at
        yield at, LAST, PathEntry("unknown", _("The journey fails here"), at, walk.trouble, sign="unknown")
    elif walk.ended_at is not None:
        yield (
            walk.ended_at,
            LAST,
            PathEntry("ends", _("The journey is over"), walk.ended_at, _why_over(walk), "check"),
        )
    elif walk.begun and (line := lines.get(walk.state.step)) is not None:
        yield from _standing(walk, line, told)


def _standing(walk: Walk, line: StepLine, told: Telling) -> Iterator[Placed]:
    state = walk.state
    if state.phase in (Phase.SENDING, Phase.TASK) or state.wait_since is None:
        return
    due = moment_words(state.due_at, told.reader) if state.due_at else _("when what it waits for happens")
    note = _("Still here at the end of the story. It goes on %(moment)s.") % {"moment": due}
    yield (
        state.wait_since,
        state.visit * TURN + 2,
        PathEntry("step", _said(line), state.wait_since, note, "clock", line.number),
    )


def _of_stay(stay: Stay, was_sent: bool, told: Telling, lines: Mapping[str, StepLine]) -> PathEntry | None:
    step = next((each for each in told.definition.steps if each.id == stay.step), None)
    line = lines.get(stay.step)
    if line is None or isinstance(step, Task | Approval | Exit):
        return None
    if isinstance(step, Send):
        if was_sent or stay.result != "not_true":
            return None
        said = _("“%(message)s” is left out") % {"message": told.words.name(step.template)}
        note = _("What must hold for it did not hold.")
        return PathEntry("refused", said, stay.since, note, "refused", line.number)
    note = ""
    if stay.left_at > stay.since:
        note = _("It goes on %(moment)s.") % {"moment": moment_words(stay.left_at, told.reader)}
    return PathEntry("step", _said(line), stay.since, note, "clock" if note else "right", line.number)


def _said(line: StepLine) -> Text:
    return f"{line.verb} {line.what}".strip()


def _of_sending(sending: Sending, told: Telling, lines: Mapping[str, StepLine]) -> Iterator[Placed]:
    name = told.words.name(sending.effect.template)
    line = lines.get(sending.step)
    number, turn = line.number if line else 0, sending.effect.visit * TURN
    for _same, group in groupby(sending.looks, key=_what_was_said):
        looks = list(group)
        is_last = looks[-1] is sending.looks[-1]
        entry = _of_look(looks, name, number, is_last and sending.at is None, told)
        yield looks[0].at, turn + 3, entry
    words = {"message": name}
    at = sending.at
    if at is None:
        return
    if sending.fate is Fate.SENT:
        acts = told.links(_("The client answers it"), "client.writes", at + HOUR)
        entry = PathEntry("sent", _("“%(message)s” would be sent") % words, at, "", "sent", number, acts)
        yield at, turn + 4, entry
    elif sending.fate is Fate.RECOMPUTED:
        said = _("The hold ends, and the step is thought over") % words
        yield at, turn + 4, PathEntry("step", said, at, name, "held", number)
    elif sending.fate is Fate.CANCELLED:
        said = _("“%(message)s” is called back") % words
        yield at, turn + 4, PathEntry("refused", said, at, "", "refused", number)


def _what_was_said(look: Look) -> tuple[str, ...]:
    return (str(look.kind), *(reason.code for reason in look.reasons))


def _of_look(looks: Sequence[Look], name: str, number: int, to_the_end: bool, told: Telling) -> PathEntry:
    """The gate's answer, and how often it was the same. ``to_the_end``: of the story."""
    look = looks[0]
    why = ". ".join(reason_sentence(reason, told.names, told.reader) for reason in look.reasons)
    words = {"message": name, "why": why}
    if look.kind is VerdictKind.HOLD:
        said = _("“%(message)s” is held: %(why)s.") % words
        return PathEntry("held", said, look.at, _how_long(looks, to_the_end, told), "held", number)
    if look.kind is VerdictKind.REFUSE:
        said = _("“%(message)s” is not sent: %(why)s.") % words
        return PathEntry("refused", said, look.at, "", "refused", number)
    said = _("“%(message)s” cannot be judged: %(why)s.") % words
    return PathEntry("unknown", said, look.at, "", "unknown", number)


def _how_long(looks: Sequence[Look], to_the_end: bool, told: Telling) -> str:
    parts, again = [], len(looks) - 1
    if again:
        said = ngettext(
            "It is looked at again %(n)d time, with the same answer.",
            "It is looked at again %(n)d times, with the same answer.",
            again,
        )
        parts.append(said % {"n": again})
    if to_the_end:
        parts.append(_("It is still held when the story ends."))
    elif looks[-1].until is not None:
        until = {"when": moment_words(looks[-1].until, told.reader)}
        parts.append(_("It is looked at again %(when)s at the latest.") % until)
    return " ".join(parts)


def _of_task(task: OpenedTask, told: Telling, lines: Mapping[str, StepLine]) -> Iterator[Placed]:
    line = lines.get(task.step)
    who = told.words.owner(task.owner)
    title = told.words.text(task.title)
    said = _("A task for %(who)s: %(title)s") % {"who": who, "title": title}
    due = ""
    if task.due_at is not None:
        due = _("It should be done by %(moment)s.") % {"moment": moment_words(task.due_at, told.reader)}
    acts = tuple(_answers(task, told)) if task.closed_at is None else ()
    number = line.number if line else 0
    yield (
        task.opened_at,
        task.visit * TURN + 5,
        PathEntry("task", said, task.opened_at, due, "person", number, acts),
    )
    if task.closed_at is not None and task.reason:
        gone = _("The task is not needed any more")
        yield (
            task.closed_at,
            task.visit * TURN + 6,
            PathEntry("step", gone, task.closed_at, title, "person", number),
        )


def _of_others(at: datetime, said: str) -> Placed:
    return at, LAST - 1, PathEntry("step", said.rstrip("."), at, sign="right")


def _answers(task: OpenedTask, told: Telling) -> Iterator[Link]:
    step = next((each for each in told.definition.steps if each.id == task.step), None)
    at = task.opened_at + DAY
    if isinstance(step, Approval):
        yield from told.links(_("They say yes"), f"{TASK}{task.step}:{APPROVED}", at)
        yield from told.links(_("They say no"), f"{TASK}{task.step}:{REFUSED}", at)
        return
    for answer in step.answers if isinstance(step, Task) else ():
        said = _("They answer: %(answer)s") % {"answer": told.words.text(answer.name)}
        yield from told.links(said, f"{TASK}{task.step}:{answer.id}", at)
    if isinstance(step, Task) and not step.answers:
        yield from told.links(_("They do it the next day"), f"{TASK}{task.step}:", at)


def _why_over(walk: Walk) -> str:
    said = ENDS.get(walk.state.end_reason)
    return said() if said else ""


ENDS = {
    "completed": lambda: _("Every step is done."),
    "goal": lambda: _("Its goal was reached."),
    "exit": lambda: _("What ends it has happened."),
    "reply": lambda: _("The client has written: a person takes over."),
    "restarted": lambda: _("It began anew."),
    "circles": lambda: _("It went in circles."),
    "no_date": lambda: _("The date that it counts from is not known."),
    "date_passed": lambda: _("Its date has passed."),
    "not_true": lambda: _("What must hold at the beginning did not hold."),
    "cancelled": lambda: _("What it was about was cancelled."),
    "merged": lambda: _("Two clients became one, and both walked it."),
}
