"""The recipe for documents with the real gate: asked, held while we talk, thought over, never too late."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from tactful.contacts.actions import create_contact
from tactful.contacts.models import BasisSpell
from tactful.contacts.types import NewContact
from tactful.content.actions import NewTemplate, publish_template
from tactful.content.templates_seed import load_seed_templates
from tactful.delivery.models import Dispatch
from tactful.delivery.tests.house import Clerk, House, Provider, make_account, pass_time
from tactful.engagements.actions import Arrival, open_engagements, receive_document
from tactful.engagements.models import Engagement, RequestedDocument
from tactful.engagements.types import NewEngagement
from tactful.events.models import Event
from tactful.events.types import Fact
from tactful.foundation.actions import change_settings
from tactful.foundation.clock import business_now
from tactful.inbox.actions.spells import NewTalk, begin, end
from tactful.journeys import driver
from tactful.journeys.actions import import_journey, switch_on
from tactful.journeys.models import Enrolment
from tactful.journeys.recipes import text
from tactful.touchpoints.models import Touchpoint, TouchpointRevision
from tactful.wiring import reactor
from tactful.wiring.journey_facts import loader
from tactful.wiring.letters import fact_sources

pytestmark = pytest.mark.django_db
OPEN = {"gate.quiet_from": "00:00", "gate.quiet_to": "00:00", "gate.quiet_weekdays": [],
        "gate.quiet_holidays": False, "name": "Fjordkontoret",
        "address": "Bryggen 1, 5003 Bergen"}  # fmt: skip
CLASSES = {
    "document-request": "relationship",
    "document-reminder": "relationship",
    "document-received": "awaited",
}


class Firm:
    """One client, one engagement; facts are read from the log by hand: all in one transaction."""

    def __init__(self, clerk: Clerk) -> None:
        self.clerk = clerk
        self.read: set[int] = set()
        kari = NewContact("Kari Hansen", mails=("kari@client.example",), language="nb")
        self.contact = create_contact(kari, acting_user=None, now=business_now()).pk

    def ask(self) -> None:
        documents = (("bank", "Bank", "Bank"), ("pay", "Payroll", "Lønn"))
        new = NewEngagement(
            self.contact, "annual_accounts", "The accounts", "Regnskapet", documents, year=2025
        )
        open_engagements([new], acting_user=None, now=business_now())
        self.work()

    def work(self) -> None:
        """Journeys, reactions and sending, until nothing is left to do."""
        busy = True
        while busy:
            now = business_now()
            busy = bool(driver.run_due(loader(now), now)) | self.take_in() | self.clerk.turn()

    def take_in(self) -> bool:
        rows = list(Event.objects.exclude(id__in=self.read).order_by("id"))
        facts = [Fact(row.id, row.name, row.contact_id, row.ts, row.recorded_at, row.data) for row in rows]
        self.read |= {fact.id for fact in facts}
        reactor.react(facts, business_now())
        reactor.move_journeys(facts, business_now())
        return bool(facts)

    def until_due(self) -> None:
        """A minute after the moment for which the client waits: later than the grace would be too late."""
        due = self.row.due_at
        assert due is not None
        pass_time(due - business_now() + timedelta(minutes=1))
        self.work()

    @property
    def row(self) -> Enrolment:
        return Enrolment.objects.get(contact_id=self.contact)

    def sent(self) -> list[str]:
        found = Dispatch.objects.filter(contact_id=self.contact, state="sent").order_by("message_id")
        return list(found.values_list("message__template", flat=True))

    def states(self) -> list[str]:
        found = Dispatch.objects.filter(contact_id=self.contact).order_by("message_id")
        return list(found.values_list("state", flat=True))

    def all_documents_come(self) -> None:
        for document in RequestedDocument.objects.all():
            receive_document(Arrival(document.pk, "upload"), now=business_now())
        self.work()


@pytest.fixture
def firm(tmp_path: Path) -> Iterator[Firm]:
    now = business_now()
    change_settings(values=OPEN, acting_user=None, now=now)
    make_account()
    for slug, kind in CLASSES.items():
        point = Touchpoint.objects.create(
            slug=slug, name_en=slug, name_nb=slug, phase="working", position=1, message_class=kind
        )
        revision = TouchpointRevision.objects.create(touchpoint=point, line="structural", at=now)
        Touchpoint.objects.filter(pk=point.pk).update(current=revision)
    for seed in load_seed_templates():
        publish_template(NewTemplate(seed.slug, seed.name, seed.name, seed.source), acting_user=None, now=now)
    version = import_journey(text("annual-accounts-documents"), acting_user=None, now=now)
    switch_on(version.journey_id, acting_user=None, now=now)
    house = cast(House, SimpleNamespace(sources=fact_sources))
    clerk = Clerk(house, Provider(), tmp_path)
    made = Firm(clerk)
    BasisSpell.objects.create(
        contact_id=made.contact, purpose="service", channel="mail", kind="contract", receipt_id=1,
        from_at=now, recorded_at=now,
    )  # fmt: skip
    yield made
    clerk.leave()


def test_asked_reminded_and_thanked(firm: Firm) -> None:
    firm.ask()
    assert firm.sent() == ["document-request"]
    assert (firm.row.step, firm.row.phase) == ("wait-for-documents", "waiting_event")
    firm.until_due()
    assert firm.sent() == ["document-request", "document-reminder-1"]
    firm.all_documents_come()
    assert firm.sent()[-1] == "document-received"
    assert firm.row.end_reason == "goal"


def held_reminder(firm: Firm) -> None:
    """The client asks something, and then the reminder falls due."""
    firm.ask()
    begin(NewTalk(firm.contact, "question", 1), now=business_now())
    firm.until_due()
    assert firm.sent() == ["document-request"]
    assert firm.states() == ["sent", "held"]
    assert firm.row.step == "remind"


def test_a_reminder_that_a_question_held_is_thought_over_and_goes(firm: Firm) -> None:
    held_reminder(firm)
    end(firm.contact, ["question"], acting_user=None, now=business_now())
    firm.work()
    assert firm.states() == ["sent", "cancelled", "sent"]
    assert firm.sent() == ["document-request", "document-reminder-1"]
    assert firm.row.step == "wait-once-more"
    assert not Event.objects.filter(name="message.cancelled").exists()


def test_a_reminder_that_a_question_held_is_dropped_when_all_has_come(firm: Firm) -> None:
    held_reminder(firm)
    firm.all_documents_come()
    end(firm.contact, ["question"], acting_user=None, now=business_now())
    firm.work()
    assert "document-reminder-1" not in firm.sent()
    assert firm.row.end_reason == "goal"


def test_no_reminder_after_the_work_was_closed(firm: Firm) -> None:
    """Closed while the reminder was held: whoever lets it go, the gate asks again (R28)."""
    held_reminder(firm)
    Engagement.objects.update(closed_at=business_now())
    Dispatch.objects.filter(contact_id=firm.contact, state="held").update(on_release="send")
    end(firm.contact, ["question"], acting_user=None, now=business_now())
    firm.work()
    assert firm.sent() == ["document-request"]
    assert firm.states() == ["sent", "refused"]
    assert firm.row.step == "wait-once-more", "not true any more is no failure: nobody needs to call"
