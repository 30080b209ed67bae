"""A small house with everybody in it: an owner, a colleague, a reader; clients who consent, who have left,
of whom nothing is known, and one who wrote. Made by the product's own actions."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.test import Client

from tactful.channels.types import InboundMessage
from tactful.contacts.actions import Subject, create_contact, record_basis, suppress, update_contact
from tactful.contacts.models import Contact
from tactful.contacts.types import Ground, NewContact
from tactful.delivery.actions import enqueue
from tactful.delivery.models import Dispatch
from tactful.delivery.types import NewMessage
from tactful.engagements.actions import open_engagements
from tactful.engagements.types import NewEngagement
from tactful.foundation.actions import change_settings
from tactful.foundation.clock import business_now
from tactful.foundation.models import Role, User
from tactful.inbox.actions.receive import receive
from tactful.inbox.models import Conversation, Entry
from tactful.inbox.types import Received, StoredFile
from tactful.touchpoints.actions import adopt, decide
from tactful.touchpoints.models import Touchpoint
from tactful.touchpoints.rules.catalogue import suggestions
from tactful.touchpoints.types import Line, MessageClass, Purpose

REASON = {
    "check": "nobody_talking",
    "code": "talk.question",
    "params": {"since": "2026-04-09T07:00:00+00:00"},
    "owner": None,
}
DOCUMENTS = (("bank", "Bank statements", "Kontoutskrifter"), ("stock", "Stock count", "Varetelling"))


@dataclass
class Cast:
    now: datetime
    owner: User
    colleague: User
    reader: User
    consenting: Contact
    left: Contact
    unknown: Contact
    touchpoint: Touchpoint
    made: int = field(default=0)

    def signed_in(self, user: User, language: str = "en") -> Client:
        User.objects.filter(id=user.id).update(language=language)
        client = Client(headers={"host": "localhost"})
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    def client(self, name: str) -> Contact:
        self.made += 1
        mail = f"client{self.made}@client.example"
        return create_contact(NewContact(name, (mail,)), acting_user=None, now=self.now)

    def writes(self, contact: Contact | None, text: str, **more: object) -> Entry:
        """A client writes to us by mail."""
        self.made += 1
        message = InboundMessage(
            provider_id=f"p{self.made}",
            sender="liv@client.example",
            sender_name="Liv",
            recipients=("post@fjord.example",),
            subject="A question",
            sent_at=self.now,
            text=text,
            reply_text=text,
            html="",
            message_id=f"<m{self.made}@client.example>",
        )
        own = contact.id if contact else None
        given = replace(Received(message, own, "mail", verified=True, manager_id=self.colleague.id), **more)  # type: ignore[arg-type]
        return receive(given, now=self.now)

    def thread(self, contact: Contact) -> Conversation:
        return Conversation.objects.get(contact_id=contact.id)

    def plans(self, contact: Contact, **more: object) -> Dispatch:
        """Automation queues a reminder."""
        self.made += 1
        new = NewMessage(
            contact_id=contact.id,
            dedupe_key=f"test:{self.made}",
            message_class=MessageClass.REMINDER,
            purpose=Purpose.SERVICE,
            due_at=self.now,
            cause_kind="visit",
            cause_id=1,
            cause_visit=1,
            line=Line.STRUCTURAL,
            touchpoint_id=self.touchpoint.id,
            touchpoint_rev=self.touchpoint.current_id,
            subject="Your documents",
            body="Some documents are missing.",
        )
        (ident,) = enqueue([new._replace(**more)], now=self.now)  # type: ignore[arg-type]
        return Dispatch.objects.get(pk=ident)

    def holds(self, contact: Contact, **more: object) -> Dispatch:
        """… and the gate holds it."""
        row = self.plans(contact)
        given = {
            "state": "held",
            "reasons": [REASON],
            "wake_on": ["question.answered"],
            "held_since": self.now - timedelta(hours=1),
            "not_before": self.now + timedelta(hours=5),
            "owner_id": self.colleague.id,
            "on_release": "recompute",
        }
        Dispatch.objects.filter(pk=row.pk).update(**(given | more))
        return Dispatch.objects.get(pk=row.pk)

    def becomes(self, row: Dispatch, state: str, **more: object) -> None:
        """Something has become of it; the gate's clearance stands where the database asks for one."""
        Dispatch.objects.filter(pk=row.pk).update(**({"state": state, "clearance": 0b1011111} | more))

    def asks_for_documents(self, contact: Contact) -> int:
        new = NewEngagement(contact.id, "annual_accounts", "Annual accounts", "Årsregnskap", DOCUMENTS, 2025)
        return open_engagements([new], acting_user=None, now=self.now)[0]


def a_file(stored: str, name: str = "scan.pdf", kind: str = "application/pdf") -> StoredFile:
    return StoredFile(name, kind, 1000, "0" * 64, stored)


def make_cast() -> Cast:
    now = business_now()
    owner = User.objects.add(email="ingrid@fjord.example", name="Ingrid Solheim", role=Role.OWNER)
    colleague = User.objects.add(email="kari@fjord.example", name="Kari Blomdal", role=Role.STAFF)
    reader = User.objects.add(email="jonas@fjord.example", name="Jonas Rekdal", role=Role.READ_ONLY)
    change_settings(values={"name": "Fjordkontoret", "language": "nb"}, acting_user=owner.id, now=now)
    adopt(suggestions(), now=now)
    touchpoint = Touchpoint.objects.filter(suggested_line="structural").order_by("position").first()
    assert touchpoint is not None
    decide(touchpoint.id, Line.STRUCTURAL, "The same each time", owner_id=None, acting_user=owner.id, now=now)
    touchpoint.refresh_from_db()
    people = [
        create_contact(NewContact(name, (mail,), (), language, company), acting_user=None, now=now)
        for name, mail, language, company in (
            ("Liv Sandal", "liv@client.example", "nb", "Sandviken Keramikk"),
            ("Pål Steine", "paal@client.example", "nb", ""),
            ("Fiona MacLeod", "", "", ""),
        )
    ]
    liv, paal, fiona = people
    record_basis(liv.id, Ground("service", "mail", "contract", "in_person"), acting_user=owner.id, now=now)
    suppress(Subject("mail", "paal@client.example", paal.id), "asked", acting_user=None, now=now)
    update_contact(liv.id, {"manager_id": colleague.id}, acting_user=owner.id, now=now)
    return Cast(now, owner, colleague, reader, liv, paal, fiona, touchpoint)
