"""A salon with clients who want its news, and a broadcast to them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tactful.broadcasts import actions, queries
from tactful.broadcasts.actions import House
from tactful.broadcasts.models import Broadcast
from tactful.broadcasts.types import Account, Plan, Variant, Words
from tactful.broadcasts.worker import look_after
from tactful.channels.models import Account as Outlet
from tactful.contacts.models import BasisSpell, Contact, Identity
from tactful.delivery.tests.house import Clerk, Provider, pass_time
from tactful.foundation.actions import change_settings
from tactful.foundation.clock import business_now
from tactful.foundation.ids import new_id
from tactful.foundation.models import Role, User
from tactful.segments.actions import NewSegment, make_segment
from tactful.segments.models import Segment
from tactful.touchpoints.models import Touchpoint, TouchpointRevision
from tactful.wiring.broadcasts import house_at
from tactful.wiring.letters import fact_sources
from tactful.wiring.segments import ALLOWED, moment_at

OPEN = {
    "name": "Salong Fjord",
    "language": "nb",
    "time_zone": "Europe/Oslo",
    "gate.quiet_from": "00:00",
    "gate.quiet_to": "00:00",
    "gate.quiet_weekdays": [],
    "gate.quiet_holidays": False,
}
EVERYBODY = {"format": "tactful.segment/1", "where": {"field": "country", "is": "NO"}}
NEWS = Words("Åpent i romjulen", "", "Hei {{ given_name }},\n\nvi har åpent hele uken.")


@dataclass
class Salon:
    now: datetime
    owner: User
    kari: User
    segment: Segment
    touchpoint: Touchpoint
    clerk: Clerk | None = None
    provider: Provider = field(default_factory=Provider)

    @property
    def house(self) -> House:
        return house_at(self.now)

    @property
    def plan(self) -> Plan:
        return Plan("Romjulen", self.segment.slug, self.touchpoint.slug, (Variant({"nb": NEWS}),))

    def draft(self, **changes: Any) -> Broadcast:
        return actions.create(plan=replace(self.plan, **changes), acting_user=self.owner.id, now=self.now)

    def sends(self, **changes: Any) -> Broadcast:
        """Drafted, sent and begun: its audience is frozen, nobody is queued."""
        row = self.draft(**changes)
        actions.send(broadcast_id=row.id, house=self.house, acting_user=self.owner.id)
        return self.begins(row)

    def begins(self, row: Broadcast) -> Broadcast:
        row.refresh_from_db()
        assert row.begins_at is not None
        if row.begins_at > self.now:
            self.later(seconds=(row.begins_at - self.now).total_seconds())
        assert actions.begin_due(house=self.house) is not None
        row.refresh_from_db()
        return row

    def later(self, **by: float) -> None:
        """The business clock goes on, for delivery too."""
        pass_time(timedelta(**by))
        self.now = business_now()

    def works(self, rounds: int = 20) -> None:
        """Feeds and sends until there is nothing to do."""
        for _ in range(rounds):
            self.now = business_now()
            busy = look_after(self.house)
            if self.clerk is not None:
                self.clerk.turn()
            if not busy and not look_after(self.house):
                break

    def account(self, row: Broadcast) -> Account:
        row.refresh_from_db()
        found = queries.account_of(row)
        assert sum(found.counts.values()) == found.audience == (row.size or 0)
        return found


def make_clients(count: int, now: datetime, **fields: Any) -> list[int]:
    given = {"given_name": "Liv", "sort_key": "liv", "language": "nb", "time_zone": "Europe/Oslo"} | fields
    people = [Contact(id=new_id(), name=f"Liv {n}", created_at=now, **given) for n in range(count)]
    Contact.objects.bulk_create(people)
    Identity.objects.bulk_create(
        Identity(contact=who, kind="email", value=f"k{who.pk}@client.example", shown="", added_at=now)
        for who in people
    )
    agree([who.pk for who in people], now)
    return [who.pk for who in people]


def agree(contacts: Sequence[int], now: datetime) -> None:
    BasisSpell.objects.bulk_create(
        BasisSpell(
            contact_id=who, purpose="marketing", channel="mail", kind="consent", receipt_id=1, from_at=now,
            recorded_at=now,
        )
        for who in contacts
    )  # fmt: skip


def make_salon(clients: int = 6) -> Salon:
    now = business_now()
    owner = User.objects.add(email="ingrid@salong.example", name="Ingrid Solheim", role=Role.OWNER)
    kari = User.objects.add(email="kari@salong.example", name="Kari Blomdal", role=Role.STAFF)
    change_settings(values=OPEN, acting_user=owner.id, now=now)
    Outlet.objects.create(channel="mail", name="Post", address="post@salong.example")
    point = Touchpoint.objects.create(
        slug="news", name_en="News", name_nb="Nytt", phase="staying", position=1, message_class="marketing"
    )
    revision = TouchpointRevision.objects.create(touchpoint=point, line="structural", at=now)
    Touchpoint.objects.filter(pk=point.pk).update(current=revision)
    make_clients(clients, now)
    segment = make_segment(
        NewSegment("Alle", EVERYBODY), allowed=ALLOWED, acting_user=owner.id, moment=moment_at(now)
    )
    return Salon(now, owner, kari, segment, point)


def a_clerk(provider: Provider, folder: Path) -> Clerk:
    """Delivery with the house's own facts and letters, and a provider in memory."""
    house: Any = SimpleNamespace(sources=fact_sources)
    return Clerk(house, provider, folder)
