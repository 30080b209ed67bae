"""What one batch of the outbox reads of its clients and of the house: each thing once.

The claim reads it under the locks on the contacts, and the letters use the same. Whatever changes after
that bumps ``gate_rev``, so that the message comes back to the gate with a new reading.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from tactful.channels.types import Channel
from tactful.contacts import queries as contacts
from tactful.contacts.types import AddressView, Client
from tactful.foundation.queries import business_at
from tactful.foundation.types import Business


class Reading:
    def __init__(self) -> None:
        self._clients: dict[int, Client | None] = {}
        self._addresses: dict[tuple[Channel, datetime], dict[int, AddressView | None]] = {}
        self._houses: dict[datetime, Business] = {}

    def house(self, now: datetime) -> Business:
        if now not in self._houses:
            self._houses[now] = business_at(now)
        return self._houses[now]

    def clients(self, ids: Collection[int]) -> Mapping[int, Client]:
        known = self._clients
        missing = [ident for ident in ids if ident not in known]
        if missing:
            known.update(dict.fromkeys(missing))
            known.update(contacts.clients(missing))
        return {ident: found for ident in ids if (found := known[ident]) is not None}

    def addresses(self, ids: Collection[int], channel: Channel, now: datetime) -> Mapping[int, AddressView]:
        known = self._addresses.setdefault((channel, now), {})
        missing = [ident for ident in ids if ident not in known]
        if missing:
            present = self.clients(missing)
            views = contacts.address_facts_at(missing, channel, now, known=present)
            known.update(dict.fromkeys(missing))
            known.update(views)
        return {ident: found for ident in ids if (found := known[ident]) is not None}
