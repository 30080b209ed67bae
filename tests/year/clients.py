"""The clients: what they buy, book, pay, forget, ask and complain about, and how they answer our mails."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from tactful.contacts.actions import OBJECTIONS, object_to
from tactful.engagements.actions import Arrival, client_says_sent, receive_document
from tactful.engagements.models import Engagement
from tests.year.firm import bring_in
from tests.year.notebook import Client, Letter
from tests.year.orders import Orders
from tests.year.post import Dot
from tests.year.visits import Visits
from tests.year.world import World

WORDS = {
    "question": ("Når er fristen? Kan dere hjelpe meg?", "When is it due? Could you help me?"),
    "complaint": ("Dette er uakseptabelt. Jeg er skuffet.", "This is unacceptable. I am disappointed."),
    "negative": ("Jeg venter fortsatt og har ikke fått svar.", "I am still waiting, no reply so far."),
    "sensitive": ("Min far gikk bort i går.", "My father passed away yesterday."),
    "thanks": ("Tusen takk!", "Thanks!"),
    "stop": ("STOPP", "STOP"),
    "unverified": ("Kan dere endre kontonummeret?", "Can you change the account number?"),
}
RATES = {  # unasked, per client and year
    "question": 2.0,
    "complaint": 0.12,
    "negative": 0.1,
    "sensitive": 0.05,
    "stop": 0.03,
    "unverified": 0.05,
}
WANTS = {"question", "complaint", "negative", "sensitive"}
FILE = "JVBERi0xLjcKd29yZHM="


class Clients:
    talk = RATES

    def __init__(self, world: World) -> None:
        self.world = world
        self.orders, self.visits = Orders(world), Visits(world)
        self.number = len(world.book.clients)

    def plan_day(self, day: datetime) -> None:
        """``day``: its midnight in UTC."""
        world, crowd = self.world, len(self.world.book.clients)
        everything: dict[Callable[[], None], float] = {
            partial(self._writes_unasked, kind): rate for kind, rate in self.talk.items()
        }
        everything |= self.orders.rates() | self.visits.rates()
        everything |= {
            self._inquires: 0.5,
            self._joins: 0.12,
            self._goes_quiet: 0.12,
            self._objects_on_the_page: 0.04,
            self._sends_a_file: 0.2,
        }
        for act, rate in everything.items():
            for _ in range(world.how_many(rate * crowd / 365)):
                world.at(day + timedelta(minutes=world.dice.randrange(6 * 60, 20 * 60)), act)

    def _writes_unasked(self, kind: str) -> None:
        self.writes(self.world.somebody(), kind)

    def writes(self, client: Client, kind: str, **headers: str) -> None:
        text = WORDS[kind][client.language != "nb"]
        self.world.mail(client, kind, text, wants=kind in WANTS, **headers)

    def gets(self, dot: Dot, template: str) -> None:
        """A mail of ours has arrived; perhaps there will be an answer."""
        client = next((c for c in self.world.book.clients.values() if c.address == dot.recipient), None)
        if client is None:
            return
        client.last = Letter(dot.message_id, dot.reply_to, template)
        drawn = self.world.dice.random()
        for kind, share in (("thanks", 0.05), ("question", 0.04), ("away", 0.01), ("complaint", 0.003),
                            ("leave", 0.003), ("stop", 0.002)):  # fmt: skip
            drawn -= share
            if drawn < 0:
                hours = 0.05 if kind == "away" else self.world.dice.expovariate(1 / 8)
                self.world.after(partial(self._answers, client, kind), hours=hours)
                return

    def _answers(self, client: Client, kind: str) -> None:
        letter = client.last
        if letter is None or client.gone:
            return
        headers = {"In_Reply_To": letter.message_id, "To": letter.reply_to or "post@fjord.example"}
        if kind == "leave":
            self._objects(client, "header")
        elif kind == "away":
            back = (self.world.now + timedelta(days=self.world.dice.randrange(2, 12))).date()
            headers |= {"Auto_Submitted": "auto-replied", "Subject": "Automatisk svar: ferie"}
            text = f"Jeg er på ferie og er tilbake {back:%d.%m.%Y}."
            self.world.mail(client, "away", text, wants=False, **headers)
        else:
            self.writes(client, kind, **headers)

    def _inquires(self) -> None:
        client = self.world.somebody()
        self.writes(client, "question")
        self.world.happens("inquiry.received", client, answer_by="tomorrow")
        self.world.book.begun[client.id, "inquiry-auto-reply:"] += 1

    def _joins(self) -> None:
        world = self.world
        client = bring_in(world.firm, world.book, world.dice, self.number, world.now)
        self.number += 1
        world.happens("client.joined", client)
        world.happens("onboarding.started", client, first_step="Sign in", how="By the link")
        for name in ("welcome-series", "onboarding-help"):
            world.book.begun[client.id, f"{name}:"] += 1
        days = 0.0
        for _ in range(world.dice.randrange(4)):
            days += world.dice.uniform(0.5, 4)
            world.after(lambda: world.happens("onboarding.step_done", client), days=days)
        if world.chance(0.7):
            world.after(lambda: world.happens("onboarding.finished", client, next_step="Work"), days=days + 1)
        elif world.chance(0.2):
            world.after(lambda: self._leaves(client), days=days + 2)

    def _leaves(self, client: Client) -> None:
        client.gone = True
        self.world.happens("client.left", client)

    def _goes_quiet(self) -> None:
        client = self.world.somebody()
        self.world.happens("client.gone_quiet", client)
        self.world.book.begun[client.id, "quiet-client:"] += 1

    def _objects_on_the_page(self) -> None:
        self._objects(self.world.somebody(), "page")

    def _objects(self, client: Client, how: str) -> None:
        object_to(client.id, OBJECTIONS, how=how, source=how, now=self.world.now)
        client.said_no = client.said_no or self.world.now
        self.world.book.tell(self.world.now, client.id, f"the client says no more of these ({how})")

    def _sends_a_file(self) -> None:
        body = (
            "--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHer er det.\r\n--x\r\nContent-Type: "
            "application/octet-stream\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: "
            f'attachment; filename="bank.pdf"\r\n\r\n{FILE}\r\n--x--\r\n'
        )
        self.world.mail(
            self.world.somebody(), "file", body, wants=True, Content_Type="multipart/mixed; boundary=x"
        )

    def brings(self, engagement: int, document: int) -> None:
        """A document comes, or is said to have come."""
        if not Engagement.objects.filter(id=engagement, closed_at=None).exists():
            return
        if self.world.chance(0.06):
            client_says_sent(document, now=self.world.now)
        else:
            receive_document(Arrival(document, "upload"), now=self.world.now)
