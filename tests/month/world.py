"""The town of a month: mail goes through a real mailbox; what happened is one thing, what is told another."""

from dataclasses import dataclass, field
from itertools import count

from tactful.channels.mail.parse import provider_id
from tests.month.ledger import Ledger
from tests.month.provider import Provider
from tests.year.firm import US
from tests.year.notebook import Client
from tests.year.world import World


@dataclass
class MonthWorld(World):
    ledger: Ledger = field(default_factory=Ledger)
    provider: Provider | None = None
    _sent: count = field(default_factory=lambda: count(1))  # type: ignore[type-arg]

    def comes_in(self, ident: str, raw: bytes) -> str:
        """Into the mailbox at the provider; when the house reads it is its own affair."""
        assert self.provider is not None
        self.provider.box.add(raw, self.clock.now)
        return provider_id(raw)

    def newest_mail(self, client: Client) -> str:
        """Of this client, by the name under which the house will keep it."""
        return self.book.unread[client.id][-1]

    def from_a_phone(self, client: Client, text: str, who: int) -> None:
        """One of ours writes in the mail program of a phone: only the folder of sent mail knows."""
        assert self.provider is not None
        number = next(self._sent)
        place = self.firm.staff.index(who)
        head = {
            "From": f"Person {place} <{US}>",
            "To": client.address,
            "Subject": f"Re: About {number}",
            "Message-ID": f"<s{number}@phone.example>",
            "Date": "Thu, 09 Apr 2026 09:00:00 +0200",
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=utf-8",
        }
        lines = [f"{name}: {value}" for name, value in head.items()]
        self.provider.sent.add("\r\n".join([*lines, "", text]).encode(), self.clock.now)
        self.book.tell(self.now, client.id, "a person writes from a phone")
