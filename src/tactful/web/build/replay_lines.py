"""The lines of a replay, and the day of the client whom a line is about."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.gate import queries as gate
from tactful.inbox import queries as inbox
from tactful.inbox.queries import TalkSpell
from tactful.journeys import queries
from tactful.journeys.queries import ReplayedLine, ReplayRun
from tactful.journeys.rules.definition import parse
from tactful.journeys.rules.replay_lines import Said, said_of
from tactful.journeys.rules.replayed import NotKnown, RealSend, ReplayLine, TaskSeen
from tactful.journeys.rules.tale import Fate
from tactful.journeys.types import Definition
from tactful.web.build.around import Around, look_around
from tactful.web.build.standing import step_title
from tactful.web.build.timeline import PAST, Placed, Span
from tactful.web.pages.replays import DayEntry, DayPage, LineRow
from tactful.web.templatetags.tactful import day_and_time, number
from tactful.web.types import Act, Fact, Glyph, Link, Text, TimelineEntry
from tactful.web.visit import Visit
from tactful.web.words import TALKS
from tactful.wiring.story_words import LineSaid, dropped_sentence, line_said

DAY = timedelta(days=1)
BECAME: Final[Mapping[Fate, Glyph]] = {
    Fate.SENT: "plan", Fate.HELD: "held", Fate.REFUSED: "refused", Fate.EXPIRED: "refused",
    Fate.CANCELLED: "refused", Fate.RECOMPUTED: "held", Fate.UNKNOWN: "unknown",
}  # fmt: skip
LIST_TITLES: Final[Mapping[str, Callable[[int], str]]] = {
    "": lambda _n: _("Everything, in the order of time"),
    "wrong": lambda n: ngettext("%(n)s message with a mistake", "%(n)s messages with a mistake", n),
    "into_question": lambda n: ngettext(
        "%(n)s near an unanswered question", "%(n)s near an unanswered question", n
    ),
    "into_complaint": lambda n: ngettext("%(n)s into a complaint", "%(n)s into a complaint", n),
    "after_done": lambda n: ngettext("%(n)s after it was done", "%(n)s after it was done", n),
    "crowded": lambda n: ngettext("%(n)s beside another message", "%(n)s beside another message", n),
    "added": lambda n: ngettext("%(n)s new message", "%(n)s new messages", n),
    "dropped": lambda n: ngettext("%(n)s message left out", "%(n)s messages left out", n),
    "moved": lambda n: ngettext("%(n)s message at another time", "%(n)s messages at another time", n),
    "same": lambda n: ngettext("%(n)s message as it was", "%(n)s messages as they were", n),
    "sent": lambda n: ngettext("%(n)s message", "%(n)s messages", n),
    "held": lambda n: ngettext("%(n)s message held", "%(n)s messages held", n),
    "unsent": lambda n: ngettext("%(n)s message not sent", "%(n)s messages not sent", n),
    "task": lambda n: ngettext("%(n)s task for a person", "%(n)s tasks for a person", n),
    "untold": lambda n: ngettext("%(n)s client not told further", "%(n)s clients not told further", n),
    "trouble": lambda n: ngettext("%(n)s client whose way failed", "%(n)s clients whose way failed", n),
}  # fmt: skip


def list_title(mark: str, count: int) -> str:
    """``mark`` may be ``held:quiet`` too."""
    if mark.startswith("held:"):
        return _("Messages held for this reason")
    return LIST_TITLES.get(mark, LIST_TITLES[""])(count) % {"n": number(count)}


def line_row(row: ReplayedLine, run: ReplayRun, definition: Definition, around: Around) -> LineRow:
    said = said_of(row.contact_id, row.body)
    told = _tell(said, definition, around.visit)
    return LineRow(
        client=around.client(row.contact_id),
        at=row.at,
        glyph=_glyph(said),
        title=told.name,
        sentences=tuple(filter(None, (*told.looks[:2], told.became, told.change))),
        wrong=told.wrong,
        url=reverse("web:replay_day", args=[run.slug, run.id, row.number]),
    )


def _tell(said: Said, definition: Definition, visit: Visit) -> LineSaid:
    if isinstance(said, ReplayLine):
        return line_said(said, definition, visit.reader)
    if isinstance(said, RealSend):
        name = _message_name(definition, said.template, visit)
        return LineSaid(name, dropped_sentence(said, definition, visit.reader), (), "", ())
    if isinstance(said, TaskSeen):
        return LineSaid(str(step_title(definition, said.step, visit)), _of_task(said), (), "", ())
    name = str(step_title(definition, said.step, visit)) if said.step else _("The journey failed")
    what = ", ".join(_fact_name(definition, each, visit) for each in said.what)
    return LineSaid(name, _("From here on nobody knows: %(what)s") % {"what": what}, (), "", ())


def _message_name(definition: Definition, template: str, visit: Visit) -> str:
    named = definition.names.get(template)
    return named.in_language(visit.language) if named else template


def _fact_name(definition: Definition, key: str, visit: Visit) -> str:
    named = definition.names.get(key.partition(":")[0])
    return named.in_language(visit.language) if named else key


def _of_task(task: TaskSeen) -> str:
    if task.closed_at is None:
        return _("A person would have got this task, and nobody can know the answer.")
    words = {"when": day_and_time(task.closed_at), "answer": task.answer}
    if task.answer:
        return _("A person would have got this task; it was answered on %(when)s: %(answer)s.") % words
    return _("A person would have got this task; on %(when)s it was not needed any more.") % words


def _glyph(said: Said) -> Glyph:
    if isinstance(said, ReplayLine):
        return "sent" if said.change in ("same", "moved") else BECAME[said.fate]
    if isinstance(said, RealSend):
        return "refused"
    return "person" if isinstance(said, TaskSeen) else "unknown"


def day_page(run: ReplayRun, row: ReplayedLine, visit: Visit) -> DayPage:
    """What happened to this client on that day, really and in the replay."""
    definition = parse(run.document)
    around = look_around(visit, [row.contact_id])
    start, end = day_of(row.at, visit)
    told = _tell(said_of(row.contact_id, row.body), definition, visit)
    lines = [each for each in queries.others_of_client(row) if start <= each.at < end]
    spells = inbox.spells_between(row.contact_id, start, end)
    entries = [
        *_really(row.contact_id, start, end, around),
        *(each for spell in spells for each in _unseen(spell, start, end)),
        *_replayed(lines, row, definition, visit),
    ]
    client = around.client(row.contact_id)
    return DayPage(
        slug=run.slug,
        journey=definition.name.in_language(visit.language),
        back=reverse("web:replay", args=[run.slug, run.id]),
        client=client,
        day=start,
        sentences=tuple(filter(None, (*told.looks, told.became, told.change))),
        wrong=told.wrong,
        entries=tuple(entry for _at, entry in sorted(entries, key=lambda each: each[0])),
        standing=tuple(_standing(row.contact_id, spells, start, end)),
        acts=(Act(_("Open the client"), client.url, post=False),) if client.url else (),
        earlier=tuple(_other_days(run, row, start, end, visit)),
    )


def day_of(at: datetime, visit: Visit) -> tuple[datetime, datetime]:
    """From midnight to midnight on the wall of the house."""
    local = at.astimezone(ZoneInfo(visit.house.time_zone))
    start = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return start, start + DAY


def _really(
    contact: int, start: datetime, end: datetime, around: Around
) -> Iterable[tuple[datetime, DayEntry]]:
    thread = inbox.conversations_of([contact]).get(contact)
    span = Span(contact, thread.id if thread else None, "all", end, is_first=False)
    client = around.client(contact)
    placed: list[Placed] = [each for part in PAST.values() for each in part(span, client, around)]
    return [(at, DayEntry(entry)) for at, entry in placed if at >= start]


def _replayed(
    lines: Sequence[ReplayedLine], ours: ReplayedLine, definition: Definition, visit: Visit
) -> Iterable[tuple[datetime, DayEntry]]:
    for line in lines:
        said = said_of(line.contact_id, line.body)
        told = _tell(said, definition, visit)
        if isinstance(said, RealSend) or (isinstance(said, NotKnown) and line.number != ours.number):
            continue  # what really went out stands there already
        entry = TimelineEntry(
            "held" if isinstance(said, ReplayLine) and said.fate is Fate.HELD else "planned",
            told.name,
            " ".join(filter(None, (*told.looks, told.became))),
            meta=_("In the replay"),
            at=line.at,
            glyph=_glyph(said),
        )
        yield line.at, DayEntry(entry, ours=line.number == ours.number)


def _unseen(spell: TalkSpell, start: datetime, end: datetime) -> Iterable[tuple[datetime, DayEntry]]:
    """What happened that day and was learned of later stands at its own moment, with a word about it."""
    words, note = HAPPENED.get(spell.kind), _learned(spell.from_at, spell.recorded_at)
    if words is not None and note and start <= spell.from_at < end:
        entry = TimelineEntry("entry", words(), note, at=spell.from_at, glyph="client")
        yield spell.from_at, DayEntry(entry)


HAPPENED: Final[Mapping[str, Callable[[], str]]] = {
    "question": lambda: _("The client asked something."),
    "complaint": lambda: _("The client complained."),
    "negative": lambda: _("The client was unhappy."),
    "sensitive": lambda: _("The client told us something sensitive."),
    "hold": lambda: _("The client wrote something that rests with a person first."),
}


def _standing(contact: int, spells: Iterable[TalkSpell], start: datetime, end: datetime) -> Iterable[Fact]:
    """What kept automation quiet that day, by all that we know today."""
    for spell in spells:
        said = TALKS.get(spell.kind)
        if said is not None:
            yield Fact(said, _from_to(spell.from_at, spell.to_at), _learned(spell.from_at, spell.recorded_at))
    for order in gate.standing_between(contact, start, end):
        words = (
            _("Everything was held") if order.scope == "everything" else _("Messages to the client were held")
        )
        yield Fact(words, _from_to(order.placed_at, order.released_at or order.expires_at))


def _from_to(since: datetime, to: datetime | None) -> Text:
    words = {"since": day_and_time(since), "to": day_and_time(to) if to else ""}
    return _("from %(since)s to %(to)s") % words if to else _("from %(since)s on") % words


def _learned(since: datetime, recorded: datetime) -> Text:
    if recorded - since < timedelta(minutes=1):
        return ""
    return _("We learned of it on %(when)s.") % {"when": day_and_time(recorded)}


def _other_days(
    run: ReplayRun, row: ReplayedLine, start: datetime, end: datetime, visit: Visit
) -> Iterable[Link]:
    seen = set()
    for other in queries.others_of_client(row):
        day = day_of(other.at, visit)[0]
        if not start <= other.at < end and day not in seen and "untold" not in other.marks:
            seen.add(day)
            yield Link(
                day_and_time(other.at), reverse("web:replay_day", args=[run.slug, run.id, other.number])
            )
