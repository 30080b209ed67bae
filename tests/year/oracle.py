"""What must never be, said by the rows, the post and the people's notebook. Nothing here asks the gate."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import holidays
from django.db import connection

from tactful.channels.types import OutboundMessage
from tests.year.notebook import ENDS, Client
from tests.year.post import Dot
from tests.year.world import World

MESSAGE = """
SELECT m.contact_id, d.author, m.touchpoint_id, m.message_class, m.template, m.allow, m.latest_at,
       m.cause_id, e.entry_key, j.slug,
       CASE WHEN e.visit = m.cause_visit THEN e.step ELSE (
           SELECT v.step FROM visit v WHERE v.enrolment_id = e.id AND v.visit = m.cause_visit) END,
       ARRAY(SELECT t.kind FROM talk_spell t WHERE t.contact_id = m.contact_id AND t.to_at IS NULL
             AND t.kind IN ('conversation', 'question', 'handoff'))
FROM message m JOIN dispatch d ON d.message_id = m.id
LEFT JOIN enrolment e ON m.cause_kind = 'visit' AND e.id = m.cause_id
LEFT JOIN journey j ON j.id = e.journey_id
WHERE m.id = %s
"""
DAY_BEGINS, DAY_ENDS = time(8), time(20)
MOOD = timedelta(days=7)
MOST_A_DAY, MOST_A_WEEK, MOST_A_HOME, MOST_A_COMPANY = 1, 3, 2, 5
COUNTED = ("relationship", "marketing")


class Sent(NamedTuple):
    client: int
    author: str
    touchpoint: int | None
    kind: str
    template: str
    allow: list[str] | None
    latest_at: datetime | None
    enrolment: int | None
    key: str | None
    journey: str | None
    step: str | None
    talks: list[str]


@dataclass(frozen=True, slots=True)
class Violation:
    what: str
    at: datetime
    client: int | None
    story: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join([f"{self.at:%Y-%m-%d %H:%M} {self.what}", *(f"    {line}" for line in self.story)])


@dataclass
class Oracle:
    """``found``: what was wrong, each thing once; ``told``: hears of it at once. ``gone``: by message, what
    was looked at when it went."""

    world: World
    told: Callable[[Violation], None] = lambda found: None
    found: list[Violation] = field(default_factory=list)
    gone: dict[int, Sent] = field(default_factory=dict)
    copies: dict[int, list[Dot]] = field(default_factory=lambda: defaultdict(list))
    steps: dict[tuple[Any, ...], list[int]] = field(default_factory=lambda: defaultdict(list))
    days: dict[tuple[str, Any, date], set[int]] = field(default_factory=lambda: defaultdict(set))

    def wrong(self, what: str, client: int | None) -> None:
        if all(known.what != what for known in self.found):
            story = tuple(self.world.book.story_of(client))
            found = Violation(what, self.world.now, client, story)
            self.found.append(found)
            self.told(found)

    # Before each dot

    def look(self, message: OutboundMessage) -> None:
        with connection.cursor() as cursor:
            cursor.execute(MESSAGE, [message.ident])
            sent = Sent(*cursor.fetchone())
        self.gone[message.ident] = sent
        client = self.world.book.clients[sent.client]
        self.world.hear(client)
        if message.recipient != client.address:
            self.wrong(f"A mail to {client.address} goes to {message.recipient}.", client.id)
        if sent.author == "automation":
            for what in self._against(sent, client):
                self.wrong(f"{sent.template} ({message.ident}) went out: {what}", client.id)

    def _against(self, sent: Sent, client: Client) -> list[str]:
        now, kind, allowed = self.world.now, sent.kind, set(sent.allow or ())
        book, found = self.world.book, []
        patient = kind != "awaited"
        if sent.touchpoint is None or not book.lines[sent.touchpoint]:
            found.append("its touchpoint stands above the line")
        if patient and "nobody_talking" not in allowed and (sent.talks or client.asked):
            found.append(f"somebody talks ({sorted(sent.talks)}, asked {client.asked})")
        if patient and "quiet_hours" not in allowed and (why := quiet(now, client)):
            found.append(why)
        complained = client.complained
        if patient and "mood" not in allowed and complained and now - complained < MOOD:
            found.append(f"the client was upset at {complained:%m-%d %H:%M}")
        if sent.latest_at and now > sent.latest_at:
            found.append(f"it had to go before {sent.latest_at}")
        if kind in COUNTED and (client.said_no or client.bereaved):
            found.append(f"the client said no at {client.said_no}, is bereaved since {client.bereaved}")
        if kind == "marketing" and not client.marketing:
            found.append("the client never said yes to news")
        return found + self._about_nothing(sent)

    def _about_nothing(self, sent: Sent) -> list[str]:
        book, key = self.world.book, sent.key or ""
        over = book.over.get((ENDS.get(sent.template, ""), key))
        found = [f"{key} is over"] if over is not None and over <= book.quiet_tick else []
        if sent.journey == "appointment-reminders" and self.world.now >= book.starts[key]:
            found.append(f"{key} has begun already")
        return found

    # After each dot

    def note(self, dot: Dot) -> None:
        sent = self.gone[dot.ident]
        self.copies[dot.ident].append(dot)
        self._copies(dot, sent)
        if sent.author == "automation":
            self._steps(dot, sent)
            if sent.kind in COUNTED:
                self._caps(dot, self.world.book.clients[sent.client])
        else:
            self._words(dot, sent)

    def _copies(self, dot: Dot, sent: Sent) -> None:
        copies = self.copies[dot.ident]
        book = self.world.book
        most = 1 + (sent.kind == "awaited") + (dot.ident in book.again)
        if len(copies) > most:
            self.wrong(f"{sent.template} ({dot.ident}) went out {len(copies)} times.", sent.client)
        if len({copy.digest for copy in copies}) > 1:
            self.wrong(f"{sent.template} ({dot.ident}) went out with other bytes.", sent.client)

    def _steps(self, dot: Dot, sent: Sent) -> None:
        """The same step of the same matter once for each cause that the world gave."""
        if sent.enrolment in self.world.book.stirred:
            return
        book, key = self.world.book, sent.key or ""
        calendar = sent.journey in ("birthday-greeting", "client-anniversary")
        place = (sent.client, sent.journey, key, sent.step, *((sent.enrolment,) if calendar else ()))
        sends = self.steps[place]
        if dot.ident not in sends:
            sends.append(dot.ident)
        causes = 1 if calendar else book.begun[sent.client, f"{sent.journey}:{key}"]
        if len(sends) > causes + book.moves[key]:
            self.wrong(f"{place} went out {len(sends)} times for {causes} causes.", sent.client)

    def _caps(self, dot: Dot, client: Client) -> None:
        today = dot.at.astimezone(ZoneInfo(client.zone)).date()
        places: list[tuple[str, int | str, int]] = [("client", client.id, MOST_A_DAY)]
        places += [("home", client.household, MOST_A_HOME)] if client.household else []
        places += [("company", client.company, MOST_A_COMPANY)] if client.company else []
        if len(self.copies[dot.ident]) > 1:
            return
        for kind, ident, most in places:
            day = self.days[kind, ident, today]
            day.add(dot.ident)
            if len(day) > most:
                self.wrong(f"{len(day)} mails for one {kind} on {today}.", client.id)
        week = [self.days[("client", client.id, today - timedelta(days=n))] for n in range(7)]
        if sum(map(len, week)) > MOST_A_WEEK:
            self.wrong(f"{sum(map(len, week))} mails in the week to {today}.", client.id)

    def _words(self, dot: Dot, sent: Sent) -> None:
        """A person's mail holds words that a person has typed for this very client."""
        words = (word.strip(b".=\r\n").decode("ascii", "ignore") for word in dot.body.split())
        found = [word for word in words if word.startswith("mark")]
        if not any(self.world.book.words.get(mark) == sent.client for mark in found):
            self.wrong(f"Nobody has typed the words of {dot.ident} ({found}).", sent.client)


def quiet(now: datetime, client: Client) -> str:
    local = now.astimezone(ZoneInfo(client.zone))
    if local.weekday() > 4:
        return f"it is weekend there ({local})"
    if local.date() in holidays.country_holidays(client.country, years=local.year):
        return f"it is a holiday there ({local})"
    return "" if DAY_BEGINS <= local.time() < DAY_ENDS else f"it is night there ({local})"
