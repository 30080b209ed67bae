"""Quotes, invoices, orders, baskets and stages of work."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

from tests.year.notebook import Client
from tests.year.world import World


class Orders:
    def __init__(self, world: World) -> None:
        self.world = world
        self.numbers = count(1)

    def rates(self) -> dict[Callable[[], None], float]:
        """Per client and year."""
        return {
            self._quote: 1.0,
            self._invoice: 4.0,
            self._order: 1.2,
            self._basket: 0.4,
            self._milestone: 0.6,
        }

    def _new(self, letter: str, journey: str) -> tuple[Client, str]:
        client, key = self.world.somebody(), f"{letter}{next(self.numbers)}"
        self.world.book.begun[client.id, f"{journey}:{key}"] += 1
        return client, key

    def _later(self, client: Client, key: str, days: float, name: str, **data: object) -> None:
        """``name``: the object and what ends it."""
        kind, world = name.partition(".")[0], self.world

        def ends() -> None:
            if (kind, key) not in world.book.over:
                world.book.end(kind, key)
                world.happens(name, client, **{kind: key}, **data)

        world.after(ends, days=days)

    def _quote(self) -> None:
        client, key = self._new("Q", "quote-follow-up")
        self.world.happens("quote.sent", client, quote=key, matter="the roof", stands="30 days")
        drawn, days = self.world.dice.random(), self.world.dice.expovariate(1 / 5)
        if drawn < 0.5:
            self._later(client, key, days, "quote.accepted", next_step="We call")
        elif drawn < 0.7:
            self._later(client, key, days, "quote.declined")
        elif drawn < 0.73:
            self._later(client, key, days, "quote.withdrawn")

    def _invoice(self) -> None:
        client, key = self._new("I", "payment-reminder")
        due = (self.world.now + timedelta(days=14)).date().isoformat()
        data = {"amount": "100", "how_to_pay": "As before", "due_on": due}
        self.world.happens("invoice.sent", client, invoice=key, **data)
        drawn, dice = self.world.dice.random(), self.world.dice
        if drawn < 0.86:
            self._later(client, key, dice.uniform(1, 15), "invoice.paid")
        elif drawn < 0.97:
            self._later(client, key, dice.uniform(18, 38), "invoice.paid")
        elif drawn < 0.98:
            self._later(client, key, dice.uniform(3, 30), "invoice.disputed")

    def _order(self) -> None:
        client, key = self._new("O", "order-updates")
        self.world.happens("order.placed", client, order=key, items="Two chairs", expected="soon")
        drawn, dice = self.world.dice.random(), self.world.dice
        if drawn < 0.05:
            self._later(client, key, dice.uniform(0.1, 4), "order.cancelled")
            return
        days = dice.uniform(0.2, 5) if drawn < 0.96 else dice.uniform(8, 20)
        to_collect = self.world.chance(0.3)
        self._later(client, key, days, "order.shipped", to_collect=to_collect, carrier="Post", tracking="1")

    def _basket(self) -> None:
        world, client = self.world, self.world.somebody()
        world.happens("cart.abandoned", client, cart_url="http://cart", items="A lamp")
        world.book.begun[client.id, "cart-left-behind:"] += 1
        if world.chance(0.1):
            world.after(lambda: world.happens("cart.emptied", client), hours=world.dice.uniform(1, 30))

    def _milestone(self) -> None:
        client, key = self._new("M", "project-milestone")
        asks = self.world.chance(0.4)
        data = {"matter": "the roof", "milestone_name": "Draft", "next_step": "More", "where": "Here"}
        self.world.happens("milestone.reached", client, milestone=key, needs_approval=asks, **data)
        if asks and self.world.chance(0.8):
            days = self.world.dice.expovariate(1 / 4)
            self._later(client, key, days, "milestone.approved")
