"""A month, or some days of one, from one seed; and what it cost the people."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import process_time

from django.db import connection

from tactful.channels.types import OutboundMessage
from tactful.inbox.burden import felt_between, interruptions
from tactful.inbox.models import Task
from tactful.inbox.queries import closures
from tactful.inbox.rules.burden import felt
from tactful.wiring.chores import CHORES, run_chore
from tests.month.clients import MonthClients
from tests.month.holds import Holds, lost
from tests.month.ledger import DESK, KNOWN, UNREAD, could_be_known
from tests.month.measures import Lived
from tests.month.provider import Provider, TokenPost, provider
from tests.month.staff import Holiday, MonthStaff
from tests.month.world import MonthWorld
from tests.year.burden import COUNTRY, ZONE
from tests.year.edits import Edits
from tests.year.firm import found
from tests.year.live import DAY, Life, Size
from tests.year.oracle import Oracle
from tests.year.worker import Worker

BEGINS = (
    datetime(2026, 4, 20, tzinfo=UTC),
    datetime(2026, 3, 23, tzinfo=UTC),
    datetime(2026, 5, 4, tzinfo=UTC),
)
"""Mondays; into the weeks after each falls a public holiday on a working day, or several."""
WEEK = timedelta(days=7)
DEAD_FOR = timedelta(days=2)
SOON_READ = timedelta(hours=6)


class Nobody(Edits):
    """In this month no journey is changed, and no line is moved."""

    def plan_day(self, day: object) -> None:
        pass


HANDS_BACK = next(chore for chore in CHORES if chore.name == "hand back quiet conversations")


class MonthWorker(Worker):
    provider: Provider

    def _chores(self) -> bool:
        """What people wait for is not left to chance."""
        run_chore(HANDS_BACK, self.clock.now)
        return super()._chores()

    def daily(self) -> None:
        self.provider.polled()
        super().daily()


class Month(Life):
    """``size.days`` of it. The token of the firm's one mailbox dies in the second week, for two days; in the
    third one of the five is away; in the fourth the mailbox cannot be read for a day, while mail goes out."""

    def __init__(self, size: Size, owner_url: str, folder: Path) -> None:
        super().__init__(size, owner_url, folder)
        self.size: Size = size

    def first_day(self) -> datetime:
        return BEGINS[Random(self.size.seed).randrange(len(BEGINS))]

    def month(self) -> Lived:
        began = process_time()
        with provider() as made:
            self.provider: Provider = made
            days = self.days()
            self._after()
        lived = self._measured(days)
        lived.cpu_s = round(process_time() - began, 1)
        connection.close()
        return lived

    def _found(self) -> None:
        firm, book = found(self.dice, self.size.clients, self.clock.now)
        account = self.provider.connect(firm.owner, self.clock.now)
        assert account == firm.account
        self.provider.polled()
        post = TokenPost(self.clock, self.dice, provider=self.provider, account=account)
        self.world: MonthWorld = MonthWorld(self.clock, self.dice, firm, book, post, provider=self.provider)
        self.oracle = Oracle(self.world, self.told)
        post.look = self._look
        self.worker = MonthWorker(self.clock, post, self.dice, self.folder)
        self.worker.provider = self.provider
        self.clients: MonthClients = MonthClients(self.world)
        begins = self.begin + 2 * WEEK
        holiday = Holiday(firm.staff[1], firm.staff[2], begins, begins + WEEK)
        self.staff: MonthStaff = MonthStaff(self.world, self.clients, holiday)
        self.edits, self.holds = Nobody(self.world), Holds(self.world)
        self.dead_since: datetime | None = None
        if self.size.days < 10:
            self._token_dies_on(self.begin + DAY)
        else:
            self._token_dies_on(self.begin + WEEK + DAY * self.dice.randrange(3))
            self._reading_stops_on(self.begin + 3 * WEEK + DAY * self.dice.randrange(2))

    def _token_dies_on(self, day: datetime) -> None:
        def dies() -> None:
            self.dead_since = self.world.now
            self.staff.mends_at = self.world.now + DEAD_FOR
            self.world.book.tell(self.world.now, None, "MISHAP the token of the mailbox dies")
            self.provider.dies()

        self.world.at(day + timedelta(hours=self.dice.uniform(7, 13)), dies)

    def _reading_stops_on(self, day: datetime) -> None:
        """Only mail that goes out is let through, as when an administrator closes one of the two ways."""

        def stops() -> None:
            self.provider.reading_stops()
            self.world.book.tell(self.world.now, None, "MISHAP the mailbox cannot be read")
            self.world.after(self.provider.reading_goes_on, hours=self.dice.uniform(20, 30))

        self.world.at(day + timedelta(hours=self.dice.uniform(7, 13)), stops)

    def _plan_mishaps(self, midnight: datetime) -> None:
        """Those two are enough."""

    def _look(self, message: OutboundMessage) -> None:
        self.oracle.look(message)
        sent = self.oracle.gone[message.ident]
        what, thing = self.world.ledger.judge(message.ident, sent, self.world.now)
        if what is not None and thing is not None:
            words = (
                f"{sent.template} {message.ident} ({sent.key}) goes, though {what}: {thing.how}, {thing.at}"
            )
            self.world.book.tell(self.world.now, sent.client, words.upper())
            if could_be_known(what, thing, self.world.now):
                self.oracle.wrong(words, sent.client)

    def _tick(self) -> None:
        """The mailbox was read until now by a thread of its own. What comes in now is read before the others
        have their turn, or after."""
        self.provider.polled()
        first = self.world.chance(0.5)
        if first:
            self.world.do_due()
            self.provider.polled()
        super()._tick()
        if not first:
            self.provider.polled()
            self.worker.work()
            self._deliver()
        for ident, client, why in self.holds.look():
            self.oracle.wrong(f"The message {ident} is held and nobody decides: {why}", client)

    def _day(self, midnight: datetime) -> None:
        super()._day(midnight)
        for ident, client, template, why, asked, latest in lost():
            words = (
                f"{template} ({ident}) is too late since {latest:%m-%d %H:%M}, held for {why}; asked: {asked}"
            )
            self.oracle.wrong(words, client)

    def _after(self) -> None:
        """All that came is read, unless nobody could connect the mailbox again before the month was over."""
        if self.staff.mends_at is not None:
            return
        for ident, mailed in self.world.book.mails.items():
            self.world.hear(self.world.book.clients[mailed.client])
            if not mailed.read and mailed.at < self.world.now - SOON_READ:
                self.oracle.wrong(f"The mail {ident} was never read.", mailed.client)

    def _measured(self, days: int) -> Lived:
        until, ledger = self.begin + days * DAY - timedelta(hours=3), self.world.ledger
        whole = felt_between(self.begin, until, ZONE, COUNTRY)
        closed = closures(self.begin, until)
        return Lived(
            seed=self.size.seed,
            days=days,
            days_felt=list(whole.days.values()),
            people_felt=self._by_person(until, set(whole.days)),
            causes=dict(whole.causes),
            reminders=len(ledger.reminders),
            reminders_after_delivery=ledger.count(KNOWN),
            reminders_unread=ledger.count(UNREAD),
            reminders_on_a_desk=ledger.count(DESK),
            deadlines_lost=len(lost()),
            holds_over_two_days=len(self.holds.too_long),
            longest_hold_days=round(self.holds.longest / DAY, 1),
            conversations=closed.by_machine + closed.by_people,
            closed_by_hand=closed.by_people,
            told_of_dead_token=self._told_of_dead_token(),
            messages=len({dot.ident for dot in self.world.post.dots}),
            violations=[found.what for found in self.oracle.found],
        )

    def _by_person(self, until: datetime, work: set[object]) -> list[int]:
        rows = interruptions(self.begin, until, ZONE)
        counts: list[int] = []
        for who in self.world.firm.staff:
            mine = [(r.day, r.cause, r.count) for r in rows if (r.owner_id or self.world.firm.owner) == who]
            counts += felt(mine, work).days.values()  # type: ignore[arg-type]
        return counts

    def _told_of_dead_token(self) -> int:
        if self.dead_since is None:
            return 0
        asked = Task.objects.filter(code="account_paused", opened_at__gte=self.dead_since)
        of_token = asked.filter(params__detail__startswith="@oauth.")  # others are the weather of the year
        return of_token.filter(opened_at__lt=self.dead_since + DEAD_FOR + WEEK).count()
