"""The clients of a month: late, and by whatever way is at hand."""

from functools import partial

from tactful.engagements.actions import Arrival, client_says_sent, receive_document
from tactful.engagements.models import Engagement, RequestedDocument
from tests.month.world import MonthWorld
from tests.year.clients import FILE, Clients
from tests.year.notebook import Client
from tests.year.orders import Orders
from tests.year.visits import Visits

BY_UPLOAD, BY_MAIL, ON_PAPER = 0.45, 0.22, 0.25  # the rest say that they have sent it already
WITH_A_FILE = ("Her er det dere ba om.", "Tusen takk!", "", "Hei, her er den. Hilsen Kari")
TALK = {
    "question": 6.0,
    "thanks": 1.0,
    "complaint": 0.2,
    "negative": 0.2,
    "sensitive": 0.1,
    "stop": 0.05,
    "unverified": 0.1,
}
"""Unasked, per client and year: three times as much as in ``tests.year``."""
BY_PHONE, BY_LETTER = 0.3, 0.2  # of answers to quotes and milestones; the rest click


class MonthClients(Clients):
    talk = TALK

    def __init__(self, world: MonthWorld) -> None:
        super().__init__(world)
        self.town = world
        self.orders, self.visits = MonthOrders(world, self), MonthVisits(world)

    # Documents

    def brings(self, engagement: int, document: int) -> None:
        row = Engagement.objects.filter(id=engagement, closed_at=None).first()
        wanted = RequestedDocument.objects.get(id=document)
        if row is None or ("document", str(document)) in self.town.ledger.things:
            return
        client, drawn = self.world.book.clients[row.contact_id], self.world.dice.random()
        if drawn < BY_UPLOAD:
            self._uploads(client, wanted)
        elif drawn < BY_UPLOAD + BY_MAIL:
            self._mails(client, wanted)
        elif drawn < BY_UPLOAD + BY_MAIL + ON_PAPER:
            self._on_paper(client, wanted)
        else:
            self._says_sent(client, wanted)

    def _uploads(self, client: Client, wanted: RequestedDocument) -> None:
        self.town.ledger.told("document", wanted.id, self.world.now, "upload")
        receive_document(Arrival(wanted.id, "upload"), now=self.world.now)
        self._tell(client, f"{wanted.slug} is uploaded")

    def _mails(self, client: Client, wanted: RequestedDocument) -> None:
        """With or without a word beside it."""
        body = (
            f"--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{self.world.dice.choice(WITH_A_FILE)}"
            "\r\n--x\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n"
            f'Content-Disposition: attachment; filename="{wanted.slug}.pdf"\r\n\r\n{FILE}\r\n--x--\r\n'
        )
        self.world.mail(client, "file", body, wants=False, Content_Type="multipart/mixed; boundary=x")
        mail = self.town.newest_mail(client)
        self.town.ledger.settle("document", wanted.id, self.world.now, "mail", mail)

    def _on_paper(self, client: Client, wanted: RequestedDocument) -> None:
        """Over the counter: noted at once, in some hours, or some day."""
        self.town.ledger.settle("document", wanted.id, self.world.now, "paper")
        self._tell(client, f"{wanted.slug} lies on the desk, on paper")
        dice, drawn = self.world.dice, self.world.dice.random()
        hours = 0.1 if drawn < 0.5 else dice.uniform(0.5, 6) if drawn < 0.85 else dice.uniform(20, 60)
        self.world.after(partial(self._noted, wanted.id), hours=hours)

    def _noted(self, document: int) -> None:
        who = self.world.firm.staff[document % len(self.world.firm.staff)]
        self.town.ledger.told("document", document, self.world.now)
        receive_document(Arrival(document, "other_way", who), now=self.world.now)

    def _says_sent(self, client: Client, wanted: RequestedDocument) -> None:
        """Three of four are right: it lies here already."""
        right = self.world.chance(0.75)
        client_says_sent(wanted.id, now=self.world.now)
        self._tell(client, f"{wanted.slug} is said to be here ({right})")
        if right:
            self.town.ledger.told("document", wanted.id, self.world.now, "said")
        else:
            again = partial(self.brings, wanted.engagement_id, wanted.id)
            self.world.after(again, days=self.world.dice.uniform(3, 8))

    def accepts(self, client: Client, key: str) -> None:
        """A yes by mail, which no other system sees."""
        self.world.mail(client, "accepts", "Ja takk, det tar vi. Kjør på!", wants=True)
        self._tell(client, f"{key} is accepted by mail")

    def _tell(self, client: Client, words: str) -> None:
        self.world.book.tell(self.world.now, client.id, words)


class MonthOrders(Orders):
    """A yes to a quote or a milestone may come by phone or mail, and is entered some time later."""

    def __init__(self, world: MonthWorld, clients: MonthClients) -> None:
        super().__init__(world)
        self.town, self.clients = world, clients

    def _later(self, client: Client, key: str, days: float, name: str, **data: object) -> None:
        kind = name.partition(".")[0]

        def ends() -> None:
            drawn = self.world.dice.random() if kind in ("quote", "milestone") else 1.0
            wait = 0.0
            if drawn < BY_PHONE:
                self.town.ledger.settle(kind, key, self.world.now, "phone")
                wait = self.world.dice.choice((0.2, 2, 6, 24))
            elif drawn < BY_PHONE + BY_LETTER:
                self.clients.accepts(client, key)
                self.town.ledger.settle(kind, key, self.world.now, "mail", self.town.newest_mail(client))
                wait = self.world.dice.uniform(2, 30)
            self.world.after(entered, hours=wait)

        def entered() -> None:
            if (kind, key) not in self.world.book.over:
                self.town.ledger.told(kind, key, self.world.now)
                self.world.book.end(kind, key)
                self.world.happens(name, client, **{kind: key}, **data)

        self.world.after(ends, days=days)


class MonthVisits(Visits):
    """Most cancel by phone, and somebody enters it when the hands are free."""

    def __init__(self, world: MonthWorld) -> None:
        super().__init__(world)
        self.town = world

    def _cancels(self, client: Client, key: str) -> None:
        if ("appointment", key) in self.world.book.over:
            return
        self.town.ledger.settle("appointment", key, self.world.now, "phone")

        def entered() -> None:
            self.town.ledger.told("appointment", key, self.world.now)
            super(MonthVisits, self)._cancels(client, key)

        self.world.after(entered, hours=self.world.dice.choice((0, 0, 0.5, 3)))
