"""What all the people of the business share: time, chance, the post, and what comes next."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random

from django.db import connection

from tactful.channels.actions import RawMail, store_raw
from tactful.channels.models import InboundRaw
from tactful.events.actions import record
from tactful.events.types import NewFact
from tests.year.clock import SimClock
from tests.year.firm import SERVER, US, Firm
from tests.year.notebook import Client, Mailed, Notebook
from tests.year.post import Post

Act = Callable[[], None]
BUSY_SHARE = 0.4
AT_ONCE = timedelta(minutes=45)
"""What comes within so long is done together; the house has an hour's grace."""

NEXT_DUE = """
SELECT min(at) FROM (
    SELECT min(due_at) AS at FROM enrolment WHERE due_at > %(now)s AND retry_at IS NULL
    UNION ALL SELECT min(retry_at) FROM enrolment WHERE retry_at > %(now)s AND retry_at < '9998-01-01'
    UNION ALL SELECT min(greatest(not_before, retry_at)) FROM dispatch
        WHERE shelf = 1 AND greatest(not_before, retry_at) > %(now)s
    UNION ALL SELECT min(not_before) FROM dispatch WHERE shelf = 2 AND not_before > %(now)s
    UNION ALL SELECT min(task_at) FROM dispatch WHERE shelf IN (2, 3) AND task_at > %(now)s
    UNION ALL SELECT min(expires_at) FROM standing_hold WHERE released_at IS NULL AND expires_at > %(now)s
    UNION ALL SELECT min(last_at) + interval '2 days' FROM conversation
        WHERE state = 'waiting' AND last_at + interval '2 days' > %(now)s
) AS due
"""


@dataclass
class World:
    """``agenda``: what will happen, the soonest first."""

    clock: SimClock
    dice: Random
    firm: Firm
    book: Notebook
    post: Post
    agenda: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _order: count = field(default_factory=count)  # type: ignore[type-arg]
    _mails: count = field(default_factory=lambda: count(1))  # type: ignore[type-arg]

    @property
    def now(self) -> datetime:
        return self.clock.now

    def at(self, moment: datetime, act: Act) -> None:
        heapq.heappush(self.agenda, (max(moment, self.now), next(self._order), act))

    def after(self, act: Act, **time: float) -> None:
        self.at(self.now + timedelta(**time), act)

    def do_due(self) -> None:
        while self.agenda and self.agenda[0][0] <= self.now:
            heapq.heappop(self.agenda)[2]()
            self.clock.pass_by(0.5)

    def next_moment(self) -> datetime:
        """When something is next to be done, by people or by the house."""
        with connection.cursor() as cursor:
            cursor.execute(NEXT_DUE, {"now": self.now})
            (due,) = cursor.fetchone()
        moments = [self.now + timedelta(hours=3)]
        moments += [self.agenda[0][0]] if self.agenda else []
        moments += [due + timedelta(seconds=self.dice.randrange(1, 90))] if due else []
        return max(self.now + AT_ONCE, min(moments))

    def how_many(self, expected: float) -> int:
        """Drawn around ``expected``."""
        return sum(self.dice.random() < expected / 20 for _ in range(20))

    def chance(self, share: float) -> bool:
        return self.dice.random() < share

    def somebody(self) -> Client:
        """A tenth of the clients are in everything, so that journeys meet at one client."""
        here = [client for client in self.book.clients.values() if not client.gone]
        busy = here[: max(1, len(here) // 10)]
        return self.dice.choice(busy if self.dice.random() < BUSY_SHARE else here)

    def happens(self, name: str, client: Client, **data: object) -> None:
        """Another system tells us of it."""
        record([NewFact(name, client.id, dict(data))], now=self.now, source="api")
        self.book.tell(self.now, client.id, f"{name} {data}")

    def mail(self, client: Client, kind: str, text: str, *, wants: bool, **headers: str) -> None:
        """A mail of a client comes over the wire; header names with ``_`` for ``-``."""
        number = next(self._mails)
        head = {
            "From": f"Client <{client.address}>",
            "To": US,
            "Subject": f"About {number}",
            "Message-ID": f"<m{number}@client.example>",
            "Date": "Thu, 09 Apr 2026 09:00:00 +0200",
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=utf-8",
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        verdict = "fail" if kind == "unverified" else "pass"
        lines = [f"Authentication-Results: {SERVER}; dmarc={verdict} header.from=client.example"]
        raw = "\r\n".join([*lines, *(f"{name}: {value}" for name, value in head.items()), "", text]).encode()
        ident = self.comes_in(f"sim:{number}", raw)
        self.book.mails[ident] = Mailed(client.id, kind, wants, self.now)
        self.book.unread[client.id].append(ident)
        self.book.tell(self.now, client.id, f"the client writes ({kind}): {text.splitlines()[-1][:60]}")

    def comes_in(self, ident: str, raw: bytes) -> str:
        """Answers with the name under which the house keeps it."""
        store_raw([RawMail(self.firm.account, ident, raw)], now=self.now)
        return ident

    def hear(self, client: Client) -> None:
        """Note which of this client's mails the house has read by now."""
        waiting = self.book.unread.get(client.id)
        if not waiting:
            return
        read = InboundRaw.objects.filter(provider_id__in=waiting, processed_at__isnull=False)
        for ident, at in read.order_by("id").values_list("provider_id", "processed_at"):
            mailed = self.book.mails[ident]
            mailed.read = True
            waiting.remove(ident)
            if mailed.kind == "stop" and client.said_no is None:
                client.said_no = at
            if mailed.wants:
                client.asked = at
            if mailed.kind in ("complaint", "negative", "sensitive"):
                client.complained = at
