"""The people of the house: they answer, late or soon, decide what they are asked, and do their own work."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from django.db.models import Q, QuerySet

from tactful.contacts.actions import set_flag, unsuppress
from tactful.contacts.actions.basis import Subject
from tactful.delivery.actions import (
    Late,
    NothingToDecide,
    Words,
    approve_and_send,
    confirm_sending,
    decide_late_ones,
    decide_unknown,
    resume_account,
)
from tactful.delivery.queries import late
from tactful.engagements.actions import close_engagement, open_engagements
from tactful.engagements.models import Engagement, RequestedDocument
from tactful.engagements.queries import views
from tactful.engagements.types import NewEngagement
from tactful.foundation.models import Instance
from tactful.inbox.actions.answer import Answer, answered_elsewhere, close, reply, settle_complaint, take_over
from tactful.inbox.actions.snooze import snooze
from tactful.inbox.actions.tasks import finish
from tactful.inbox.models import Conversation, TalkSpell, Task
from tactful.wiring.bad_news import BadNews
from tactful.wiring.bad_news import begin as begin_bad_news
from tactful.wiring.deciding import (
    decide_held,
    document_found,
    document_not_found,
    this_is_it,
    this_is_not_it,
)
from tests.year.clients import Clients
from tests.year.notebook import Client
from tests.year.world import World

DOCUMENTS = (("bank", "Bank", "Bank"), ("pay", "Payroll", "Lønn"), ("stock", "Stock", "Lager"))
SEASON = (3.0, 3.0, 2.5, 1.0, 0.3, 0.2, 0.1, 0.3, 0.5, 0.5, 0.4, 0.4)
"""How much of its year's engagements falls into each month."""
HELD = ("message_held", "message_late", "hold_ended", "hold_expired", "fact_unreadable")


def asked(now: datetime) -> QuerySet[Task]:
    """What has asked for attention and is not done; what waits for the list of a day is not seen yet."""
    return Task.objects.filter(Q(asks_at=None) | Q(asks_at__lte=now), done_at=None).order_by("id")


class Staff:
    def __init__(self, world: World, clients: Clients) -> None:
        self.world, self.clients = world, clients
        self.marks = count(1)
        self.plans: dict[int, datetime] = {}
        self.closing: dict[int, datetime] = {}
        self.decide: dict[str, Callable[[Task, int], None]] = {
            "answer": self._answer,
            "complaint": self._answer,
            "sensitive": self._answer,
            "is_this_it": self._is_this_it,
            "look_for_document": self._look,
            "message_unknown": self._unknown,
            "account_paused": self._mend_account,
            "sending_paused": self._confirm,
            "undelivered": self._undelivered,
            "journey": self._journey,
            **dict.fromkeys(HELD, self._held),
        }

    def plan_day(self, day: datetime) -> None:
        world, crowd = self.world, len(self.world.book.clients)
        if day.weekday() > 4:
            return
        for hour in range(7, 15):
            world.at(day + timedelta(hours=hour, minutes=world.dice.randrange(50)), self.sit_down)
        rates = {
            self._opens_engagement: 1.0 * SEASON[day.month - 1],
            self._writes_unasked: 0.8,
            self._bad_news: 0.03,
            self._mourning: 0.02,
            self._takes_over: 0.1,
        }
        for act, rate in rates.items():
            for _ in range(world.how_many(rate * crowd / 250)):
                world.at(day + timedelta(minutes=world.dice.randrange(7 * 60, 15 * 60)), act)

    # The list of what wants somebody

    def sit_down(self) -> None:
        """Take every task whose turn has come; what is new gets its turn."""
        for task in asked(self.world.now):
            turn = self.plans.setdefault(task.id, self._when(task))
            if turn <= self.world.now:
                who = task.owner_id or self.world.firm.owner
                self.decide.get(task.code, self._tick)(task, who)
        self._late_ones()
        self._tidy_up()

    def _late_ones(self) -> None:
        """What was due while nothing could be sent stands on one list, and is decided together."""
        ids = [row.pk for row in late()]
        if ids and self.world.chance(0.4):
            choice = self.world.dice.choice(list(Late))
            decide_late_ones(ids, choice, acting_user=self.world.firm.owner, now=self.world.now)
            self._tell(None, f"{len(ids)} late mails: {choice}")

    def _when(self, task: Task) -> datetime:
        """Soon, mostly; one in ten is left lying for days."""
        dice = self.world.dice
        if task.urgent:
            return self.world.now
        hours = dice.expovariate(1 / 3) if dice.random() < 0.9 else dice.uniform(20, 90)
        return self.world.now + timedelta(hours=hours)

    def _tick(self, task: Task, who: int) -> None:
        finish(task.id, acting_user=who, now=self.world.now)
        self._tell(task.contact_id, f"{task.code} is taken care of")

    def _journey(self, task: Task, who: int) -> None:
        answers = [str(each["id"]) for each in task.params.get("answers", ())]
        answer = self.world.dice.choice(answers) if answers else "done"
        finish(task.id, answer=answer, acting_user=who, now=self.world.now)
        self._tell(task.contact_id, f"the task of a journey is answered: {answer}")

    def _answer(self, task: Task, who: int) -> None:
        thread = Conversation.objects.get(id=task.subject_id or 0)
        if thread.contact_id is None:
            return
        if self.world.chance(0.2):
            take_over(thread.id, acting_user=who, now=self.world.now)
            self._tell(thread.contact_id, "somebody takes over")
        if self.world.chance(0.2):
            answered_elsewhere(thread.id, "phone", acting_user=who, now=self.world.now)
            self._tell(thread.contact_id, "answered by phone")
        else:
            self._replies(thread, who)
        self._spoke(thread.contact_id)
        if self.world.chance(0.04):
            close(thread.id, acting_user=who, now=self.world.now)
            self._tell(thread.contact_id, "handed back by hand")

    def _replies(self, thread: Conversation, who: int) -> None:
        mark = f"mark{next(self.marks)}x"
        text = f"Hello. {mark} That is how it is."
        assert thread.contact_id is not None
        self.world.book.words[mark] = thread.contact_id
        reply(Answer(thread.id, text, who), now=self.world.now)
        self._tell(thread.contact_id, f"a person answers ({mark})")

    def _held(self, task: Task, who: int) -> None:
        assert task.subject_id is not None
        send = self.world.chance(0.6)
        going_on = Conversation.objects.filter(contact_id=task.contact_id).exclude(state="closed")
        was_going_on = going_on.exists()
        try:
            decide_held(task.subject_id, send=send, acting_user=who, now=self.world.now)
        except NothingToDecide as why:
            self._tell(task.contact_id, f"{task.code} ({task.subject_id}): {why}")
            return
        self._tell(task.contact_id, f"{task.code}: {'send it' if send else 'drop it'} ({task.subject_id})")
        if was_going_on and not going_on.exists():
            self._spoke(task.contact_id)
            self._tell(task.contact_id, "handed back, so that it may go")

    def _unknown(self, task: Task, who: int) -> None:
        assert task.subject_id is not None
        again = self.world.chance(0.5)
        try:
            decide_unknown(message_id=task.subject_id, send_again=again, acting_user=who, now=self.world.now)
        except NothingToDecide:
            self._tell(task.contact_id, "unknown: it is clear by now")
            return
        if again:
            self.world.book.again.add(task.subject_id)
        self._tell(task.contact_id, f"unknown: {'once more' if again else 'left'} ({task.subject_id})")

    def _undelivered(self, task: Task, who: int) -> None:
        """Mostly a slip: the address may be used again."""
        client = self.world.book.clients[task.contact_id or 0]
        subject = Subject("mail", client.address, client.id)
        unsuppress(subject, acting_user=who, now=self.world.now, reason="Asked by phone")
        self._tick(task, who)

    def _is_this_it(self, task: Task, who: int) -> None:
        wanted = [
            document.id
            for view in views({int(task.params["engagement"])}, self.world.now).values()
            for document in view.missing
        ]
        if wanted and self.world.chance(0.7):
            this_is_it(task.id, wanted[0], acting_user=who, now=self.world.now)
        else:
            this_is_not_it(task.id, acting_user=who, now=self.world.now)

    def _look(self, task: Task, who: int) -> None:
        decide = document_found if self.world.chance(0.6) else document_not_found
        decide(task.id, acting_user=who, now=self.world.now)

    def _mend_account(self, task: Task, who: int) -> None:
        resume_account(account_id=self.world.firm.account, acting_user=who, now=self.world.now)
        self._tick(task, who)

    def _confirm(self, task: Task, who: int) -> None:
        if Instance.objects.get(id=1).sending_paused:
            confirm_sending(acting_user=who, now=self.world.now)
        self._tick(task, who)

    # What nobody asks for

    def _tidy_up(self) -> None:
        """Old complaints are settled, threads that only lie there are closed."""
        now, dice = self.world.now, self.world.dice
        for talk in TalkSpell.objects.running().filter(kind__in=("complaint", "handoff")).order_by("id"):
            days = dice.uniform(1, 6) if talk.kind == "complaint" else dice.uniform(3, 9)
            if self.closing.setdefault(talk.id, now + timedelta(days=days)) <= now:
                self._ends(talk)
        lying = Conversation.objects.filter(state="open", last_at__lt=now - timedelta(days=4))
        for thread in lying.filter(contact_id__isnull=False).order_by("id"):
            if not Task.objects.filter(contact_id=thread.contact_id, done_at=None).exists():
                close(thread.id, acting_user=self.world.firm.owner, now=now)
                self._spoke(thread.contact_id)
                self._tell(thread.contact_id, "an old thread is closed")

    def _ends(self, talk: TalkSpell) -> None:
        thread = Conversation.objects.get(contact_id=talk.contact_id)
        who = talk.owner_id or self.world.firm.owner
        asked = Task.objects.filter(
            contact_id=talk.contact_id, code__in=("answer", "complaint"), done_at=None
        )
        if asked.exists():
            return
        if talk.kind == "complaint":
            settle_complaint(thread.id, acting_user=who, now=self.world.now)
            self._tell(talk.contact_id, "the complaint is settled")
        elif thread.state == "open":
            close(thread.id, acting_user=who, now=self.world.now)
            self._spoke(talk.contact_id)
            self._tell(talk.contact_id, "handed back")

    def _opens_engagement(self) -> None:
        self.asks_for_documents(self.world.somebody())

    def asks_for_documents(self, client: Client) -> None:
        world, now, year = self.world, self.world.now, self.world.now.year - 1
        due = (now + timedelta(days=45)).date()
        new = NewEngagement(
            client.id, "annual_accounts", "Accounts", "Regnskap", DOCUMENTS, year, client.manager, due
        )
        for ident in open_engagements([new], acting_user=client.manager, now=now):
            world.book.begun[client.id, f"annual-accounts-documents:{ident}"] += 1
            world.book.begun[client.id, f"feedback-after-closing:{ident}"] += 1
            self._tell(client.id, f"engagement {ident} is opened")
            for document in RequestedDocument.objects.filter(engagement=ident).order_by("position"):
                if world.chance(0.93):
                    days = world.dice.expovariate(1 / 9)
                    world.after(lambda d=document.id, e=ident: self.clients.brings(e, d), days=days)  # type: ignore[misc]
            world.after(lambda e=ident: self._closes(e), days=world.dice.uniform(40, 70))  # type: ignore[misc]

    def _closes(self, engagement: int) -> None:
        row = Engagement.objects.get(id=engagement)
        if close_engagement(engagement, acting_user=row.owner_id, now=self.world.now):
            self.world.book.end("engagement", str(engagement))
            self._tell(row.contact_id, f"engagement {engagement} is closed")

    def _writes_unasked(self) -> None:
        client, mark = self.world.somebody(), f"mark{next(self.marks)}x"
        self.world.book.words[mark] = client.id
        words = Words(client.id, "A word", f"Just so you know. {mark}")
        approve_and_send(words=words, acting_user=client.manager, now=self.world.now)
        self._tell(client.id, f"a person writes unasked ({mark})")

    def _bad_news(self) -> None:
        client = self.world.somebody()
        news = BadNews(client.id, "We are late", client.manager)
        begin_bad_news(news, acting_user=client.manager, now=self.world.now)
        self._tell(client.id, "bad news: automation keeps quiet")

    def _mourning(self) -> None:
        client = self.world.somebody()
        set_flag(client.id, "flag", "bereaved", acting_user=client.manager, now=self.world.now)
        client.bereaved = client.bereaved or self.world.now
        self._tell(client.id, "noted: bereaved")

    def _takes_over(self) -> None:
        """Without being asked; sometimes it is put off."""
        threads = list(Conversation.objects.filter(contact_id__isnull=False).order_by("id"))
        if not threads:
            return
        thread = self.world.dice.choice(threads)
        take_over(thread.id, acting_user=self.world.firm.owner, now=self.world.now)
        self._tell(thread.contact_id, "somebody takes over unasked")
        if self.world.chance(0.3):
            until = self.world.now + timedelta(days=self.world.dice.uniform(0.5, 3))
            snooze(thread.id, until, acting_user=self.world.firm.owner, now=self.world.now)

    def _spoke(self, client: int | None) -> None:
        """Their questions are answered, those that the house has read by now."""
        known = self.world.book.clients[client or 0]
        self.world.hear(known)
        known.asked = None

    def _tell(self, client: int | None, words: str) -> None:
        self.world.book.tell(self.world.now, client, words)
