"""Five people as people are: they answer from wherever they are, note calls sometimes, and one is away."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import cast
from zoneinfo import ZoneInfo

from django.db.models import Q

from tactful.delivery.actions import Late, NothingToDecide, decide_late_ones
from tactful.delivery.queries import late
from tactful.engagements.queries import views
from tactful.inbox.actions.answer import answered_elsewhere, close
from tactful.inbox.actions.tasks import hand_over
from tactful.inbox.models import Conversation, TalkSpell, Task
from tactful.kernel.calendars import is_holiday
from tactful.wiring.deciding import (
    decide_held,
    document_found,
    document_not_found,
    this_is_it,
    this_is_not_it,
)
from tests.month.clients import MonthClients
from tests.month.world import MonthWorld
from tests.year.burden import COUNTRY, ZONE
from tests.year.notebook import Client
from tests.year.staff import Staff, asked

BULK_DAYS = 3  # on which the documents of the season are asked for, of most clients
BULK_SHARE = 0.75
SOON = timedelta(hours=5)
HOME_AT = 14  # UTC, the hour in which they look for the last time
A_YEAR = 250  # working days
RATES = {
    "call": 6.0,
    "phone_mail": 1.0,
    "unasked": 0.8,
    "bad_news": 0.05,
    "mourning": 0.03,
    "takes_over": 0.1,
}
"""Per client and year."""


@dataclass(frozen=True, slots=True)
class Holiday:
    """One of ours is away, and another does what would be theirs."""

    who: int
    deputy: int
    begins: datetime
    ends: datetime

    def covers(self, at: datetime) -> bool:
        return self.begins <= at < self.ends


class MonthStaff(Staff):
    """``mends_at``: when somebody can connect the mailbox anew, after its token has died."""

    def __init__(self, world: MonthWorld, clients: MonthClients, holiday: Holiday) -> None:
        super().__init__(world, clients)
        self.town, self.holiday = world, holiday
        self.mends_at: datetime | None = None
        self.noted_at: dict[int, datetime] = {}  # task -> when the call that has answered it is noted
        self.working_days = 0

    def works(self, day: datetime) -> bool:
        return day.weekday() < 5 and not is_holiday(day.astimezone(ZoneInfo(ZONE)).date(), COUNTRY)

    def plan_day(self, day: datetime) -> None:
        world, dice = self.world, self.world.dice
        if not self.works(day + timedelta(hours=12)):
            return
        self.working_days += 1
        for hour in range(7, 15):
            world.at(day + timedelta(hours=hour, minutes=dice.randrange(50)), self.sit_down)
        acts = {
            "call": self._takes_call,
            "phone_mail": self._writes_from_phone,
            "unasked": self._writes_unasked,
            "bad_news": self._bad_news,
            "mourning": self._mourning,
            "takes_over": self._takes_over,
        }
        for name, rate in RATES.items():
            for _ in range(world.how_many(rate * len(world.book.clients) / A_YEAR)):
                world.at(self._some_time(day), acts[name])
        if self.working_days <= BULK_DAYS:
            self._season(day)

    def _some_time(self, day: datetime) -> datetime:
        return day + timedelta(minutes=self.world.dice.randrange(7 * 60, 14 * 60))

    def _season(self, day: datetime) -> None:
        everybody = list(self.world.book.clients.values())
        for client in everybody[self.working_days - 1 :: BULK_DAYS]:
            if self.world.chance(BULK_SHARE):
                self.world.at(self._some_time(day), partial(self.asks_for_documents, client))

    # The list of what wants somebody

    def sit_down(self) -> None:
        if self.holiday.covers(self.world.now):
            self._stand_in()
        self._what_is_due()
        super().sit_down()

    def _what_is_due(self) -> None:
        """First of all; and before they go home, what is due before they are back and at work."""
        now = self.world.now
        until = now + SOON
        if now.hour >= HOME_AT:
            until = now + timedelta(hours=20)
            while not self.works(until):
                until += timedelta(days=1)
        for task in asked(now).filter(due_at__lt=until):
            if task.id not in self.noted_at:
                self.plans[task.id] = min(now, self.plans.get(task.id, now))

    def _stand_in(self) -> None:
        """The product knows no absence: a colleague looks at everybody's list, and takes what is theirs."""
        away, deputy = self.holiday.who, self.holiday.deputy
        by_itself = Q(joined=None) | Q(asks_at__isnull=False)
        for task in asked(self.world.now).filter(by_itself, owner_id=away):
            hand_over(task.id, owner_id=deputy, acting_user=deputy, now=self.world.now)

    def _here(self, who: int) -> int:
        away = who == self.holiday.who and self.holiday.covers(self.world.now)
        return self.holiday.deputy if away else who

    def _when(self, task: Task) -> datetime:
        """Within some hours; one in thirty tomorrow."""
        dice = self.world.dice
        if task.urgent:
            return self.world.now
        hours = min(5.0, dice.expovariate(1 / 2)) if dice.random() < 0.97 else dice.uniform(14, 22)
        return self.world.now + timedelta(hours=hours)

    def _late_ones(self) -> None:
        """What was due while nothing could be sent: thought over by its journey; the rest goes as meant."""
        now, owner = self.world.now, self._here(self.world.firm.owner)
        if not late():
            return
        again = decide_late_ones([row.pk for row in late()], Late.RECOMPUTE, acting_user=owner, now=now)
        meant = decide_late_ones([row.pk for row in late()], Late.SEND, acting_user=owner, now=now)
        self._tell(None, f"late mails: {again} are thought over, {meant} go as they were meant")

    def _answer(self, task: Task, who: int) -> None:
        thread = Conversation.objects.get(id=task.subject_id or 0)
        if thread.contact_id is None:
            return
        now, drawn, client = self.world.now, self.world.dice.random(), self._client(thread)
        noted = self.noted_at.pop(task.id, None)
        if noted is not None or drawn < 0.25:
            self._by_phone(task, thread, who, noted)
        elif drawn < 0.5:
            self.town.from_a_phone(client, "Hei, det ordner vi. Hilsen oss", who)
            self._spoke(thread.contact_id)
        else:
            self._replies(thread, who)
            self._spoke(thread.contact_id)
            if self.world.chance(0.04):
                close(thread.id, acting_user=who, now=now)
                self._tell(thread.contact_id, "handed back by hand")

    def _by_phone(self, task: Task, thread: Conversation, who: int, noted: datetime | None) -> None:
        """Talked with at once; the tap comes later, often enough."""
        if noted is None and self.world.chance(0.4):
            self.noted_at[task.id] = self.world.now
            self.plans[task.id] = self.world.now + timedelta(hours=self.world.dice.choice((2, 4, 20)))
            self._tell(thread.contact_id, "answered by phone, not noted yet")
            return
        answered_elsewhere(thread.id, "phone", acting_user=who, now=self.world.now)
        self._tell(thread.contact_id, "answered by phone, and noted")
        self._spoke(thread.contact_id)

    def _held(self, task: Task, who: int) -> None:
        """Whoever hears that it cannot go, drops it and sees to it."""
        assert task.subject_id is not None
        now, going_on = self.world.now, self._going_on(task.contact_id)
        send = self.world.chance(0.6)
        try:
            decide_held(task.subject_id, send=send, acting_user=who, now=now)
        except NothingToDecide as why:
            self._tell(task.contact_id, f"{task.code} ({task.subject_id}): {why}")
            send = False
            try:
                decide_held(task.subject_id, send=False, acting_user=who, now=now)
            except NothingToDecide:
                self._tick(task, who)
        self._tell(task.contact_id, f"{task.code}: {'send it' if send else 'drop it'} ({task.subject_id})")
        if going_on and not self._going_on(task.contact_id):
            self._spoke(task.contact_id)
            self._tell(task.contact_id, "handed back, so that it may go")

    def _going_on(self, client: int | None) -> bool:
        return Conversation.objects.filter(contact_id=client).exclude(state="closed").exists()

    def _is_this_it(self, task: Task, who: int) -> None:
        """They look into the file."""
        view = views({int(task.params["engagement"])}, self.world.now).get(int(task.params["engagement"]))
        name = str(task.params["file"]).removesuffix(".pdf")
        found = next((document for document in view.missing if document.slug == name), None) if view else None
        if found is None:
            this_is_not_it(task.id, acting_user=who, now=self.world.now)
            return
        this_is_it(task.id, found.id, acting_user=who, now=self.world.now)
        self.town.ledger.told("document", found.id, self.world.now)
        self._tell(task.contact_id, f"{name} is filed")

    def _look(self, task: Task, who: int) -> None:
        is_here = ("document", str(task.subject_id)) in self.town.ledger.things
        decide = document_found if is_here else document_not_found
        decide(task.id, acting_user=who, now=self.world.now)
        self._tell(task.contact_id, f"they have looked: {'here' if is_here else 'not here'}")

    def _mend_account(self, task: Task, who: int) -> None:
        """Where the token has died, the administrator must be reached first."""
        if self.mends_at is None:
            super()._mend_account(task, who)
        elif self.world.now >= self.mends_at:
            assert self.town.provider is not None
            self.town.provider.connect(self.world.firm.owner, self.world.now)
            self.mends_at = None
            self.world.after(self._late_ones, hours=0.8)  # whoever has mended it looks what is late
            self._tell(None, "the mailbox is connected again")

    # What nobody asks for

    def _tidy_up(self) -> None:
        """Complaints are settled within two days; what still lies open after four days is closed by hand."""
        now, dice = self.world.now, self.world.dice
        for talk in TalkSpell.objects.running().filter(kind="complaint").order_by("id"):
            at = self.closing.setdefault(talk.id, now + timedelta(days=dice.uniform(0.2, 2)))
            if at <= now:
                self._ends(talk)
        lying = Conversation.objects.filter(state="open", last_at__lt=now - timedelta(days=4))
        for thread in lying.filter(contact_id__isnull=False).order_by("id"):
            if not Task.objects.filter(contact_id=thread.contact_id, done_at=None).exists():
                close(thread.id, acting_user=self._here(self.world.firm.owner), now=now)
                self._spoke(thread.contact_id)
                self._tell(thread.contact_id, "an old thread is closed")

    def _takes_call(self) -> None:
        """A client rings. Of what is said, about a third is noted."""
        client = self.world.somebody()
        thread = Conversation.objects.filter(contact_id=client.id).first()
        self._tell(client.id, "rings us")
        if thread is not None and self.world.chance(0.35):
            who = self._here(client.manager)
            answered_elsewhere(
                thread.id, "phone", acting_user=who, now=self.world.now, note="Snakket om saken"
            )
            self._spoke(client.id)
            self._tell(client.id, "the call is noted")

    def _writes_from_phone(self) -> None:
        """Whoever does has seen what the client asked."""
        client = self.world.somebody()
        self.town.from_a_phone(client, "Hei, bare et lite ord fra oss. Hilsen", self._here(client.manager))
        self._spoke(client.id)

    def _client(self, thread: Conversation) -> Client:
        return self.world.book.clients[cast(int, thread.contact_id)]
