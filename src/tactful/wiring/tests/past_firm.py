"""A small firm that really lives through some weeks: live driver, real gate, a provider in memory."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from tactful.contacts.actions import create_contact, record_basis
from tactful.contacts.types import Ground, NewContact
from tactful.content.actions import NewTemplate, publish_template
from tactful.content.templates_seed import load_seed_templates
from tactful.delivery.hot import sweeps
from tactful.delivery.models import Dispatch
from tactful.delivery.tests.house import Clerk, House, Provider, make_account, pass_time
from tactful.engagements.actions import Arrival, open_engagements, receive_document
from tactful.engagements.models import RequestedDocument
from tactful.engagements.types import NewEngagement
from tactful.events.actions import record
from tactful.events.models import Event
from tactful.events.types import Fact, NewFact
from tactful.foundation.actions import change_settings
from tactful.foundation.clock import business_now
from tactful.gate.actions import expire_holds
from tactful.inbox.actions.spells import NewTalk, begin, end
from tactful.journeys import driver
from tactful.journeys.actions import import_journey, switch_on
from tactful.journeys.models import Enrolment
from tactful.touchpoints.models import Touchpoint, TouchpointRevision
from tactful.wiring import reactor
from tactful.wiring.journey_facts import loader
from tactful.wiring.letters import fact_sources
from tactful.wiring.occasions import begin_by_calendar

MONDAY = datetime(2027, 1, 11, 8, 0, tzinfo=UTC)  # 09:00 in Bergen
OPEN = {
    "gate.quiet_from": "00:00", "gate.quiet_to": "00:00", "gate.quiet_weekdays": [],
    "gate.quiet_holidays": False,
}  # fmt: skip
HOUSE = {"name": "Fjordkontoret", "address": "Bryggen 1, 5003 Bergen"}
DOCUMENTS = (("bank", "Bank", "Bank"), ("pay", "Payroll", "Lønn"))
LITTLE = timedelta(minutes=1)


class PastFirm:
    """``clients``: contact ids. The clock is moved to each moment at which something is due."""

    def __init__(self, clerk: Clerk, names: Sequence[str]) -> None:
        self.clerk, self.read = clerk, set[int]()
        self.clients = [self._client(name) for name in names]

    def _client(self, name: str) -> int:
        new = NewContact(name, (f"{name.lower()}@client.example",), (), "nb")
        ident = create_contact(new, acting_user=None, now=business_now()).pk
        ground = Ground("service", "mail", "contract", "in_person")
        record_basis(ident, ground, acting_user=None, now=business_now())
        return ident

    # What happens

    def ask(self, client: int, year: int = 2026) -> None:
        new = NewEngagement(client, "annual_accounts", "The accounts", "Regnskapet", DOCUMENTS, year=year)
        open_engagements([new], acting_user=None, now=business_now())

    def begins(self, client: int, kind: str) -> None:
        begin(NewTalk(client, kind, client), now=business_now())

    def ends(self, client: int, kind: str) -> None:
        end(client, [kind], acting_user=None, now=business_now())

    def documents_come(self, client: int, number: int = 2) -> None:
        wanted = RequestedDocument.objects.filter(engagement__contact_id=client).order_by("position")
        for document in wanted[:number]:
            receive_document(Arrival(document.pk, "upload"), now=business_now())

    def happens(self, client: int, name: str, **data: Any) -> None:
        record([NewFact(name, client, data)], now=business_now())

    # Time

    def work(self) -> None:
        busy = True
        while busy:
            now = business_now()
            sweeps.end_holds(now)
            expire_holds(now=now)
            begin_by_calendar(now)
            busy = bool(driver.run_due(loader(now), now)) | self.take_in() | self.clerk.turn()

    def take_in(self) -> bool:
        rows = list(Event.objects.exclude(id__in=self.read).order_by("id"))
        facts = [Fact(row.id, row.name, row.contact_id, row.ts, row.recorded_at, row.data) for row in rows]
        self.read |= {fact.id for fact in facts}
        reactor.react(facts, business_now())
        reactor.move_journeys(facts, business_now())
        return bool(facts)

    def until(self, moment: datetime) -> None:
        """Live up to ``moment``, stopping wherever something falls due."""
        self.work()
        while (due := self._next()) is not None and due < moment:
            self._to(due + timedelta(seconds=1))
        self._to(moment)

    def _to(self, moment: datetime) -> None:
        pass_time(max(timedelta(), moment - business_now()))
        self.work()

    def _next(self) -> datetime | None:
        rows = Enrolment.objects.filter(ended_at=None, due_at__gt=business_now())
        held = Dispatch.objects.filter(state__in=("held", "queued"), not_before__gt=business_now())
        moments = [*rows.values_list("due_at", flat=True), *held.values_list("not_before", flat=True)]
        return min((at for at in moments if at is not None), default=None)

    # What came of it

    def sent(self) -> list[tuple[int, str, datetime]]:
        rows = Dispatch.objects.filter(state="sent", message__cause_kind="visit")
        found = rows.values_list("contact_id", "message__template", "first_handoff_at")
        return sorted((contact, template, at) for contact, template, at in found if at is not None)


def structural(slug: str, kind: str) -> Touchpoint:
    point = Touchpoint.objects.create(
        slug=slug, name_en=slug, name_nb=slug, phase="working", position=1, message_class=kind
    )
    revision = TouchpointRevision.objects.create(touchpoint=point, line="structural", at=business_now())
    Touchpoint.objects.filter(pk=point.pk).update(current=revision)
    return point


@contextmanager
def past_firm(
    folder: Path, journeys: Sequence[str], classes: dict[str, str], names: Sequence[str], **house: Any
) -> Iterator[PastFirm]:
    """On a Monday at nine. ``journeys``: their YAML, all switched on; ``house``: settings."""
    pass_time(MONDAY - business_now())
    now = business_now()
    change_settings(values=HOUSE | house, acting_user=None, now=now)
    make_account()
    for slug, kind in classes.items():
        structural(slug, kind)
    for seed in load_seed_templates():
        publish_template(NewTemplate(seed.slug, seed.name, seed.name, seed.source), acting_user=None, now=now)
    for source in journeys:
        version = import_journey(source, acting_user=None, now=now)
        switch_on(version.journey_id, acting_user=None, now=now)
    clerk = Clerk(cast(House, SimpleNamespace(sources=fact_sources)), Provider(), folder)
    yield PastFirm(clerk, names)
    clerk.leave()


Act = Callable[[PastFirm, int], None]
