"""Three clients, the people who look after them, a mail account, and mails as they come over the wire."""

from base64 import encodebytes
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tactful.channels.actions import RawMail, store_raw
from tactful.channels.mail.parse import provider_id
from tactful.channels.models import Account, InboundRaw
from tactful.contacts.actions import create_contact, record_basis, update_contact
from tactful.contacts.models import Contact, ContactSpell
from tactful.contacts.types import Ground, NewContact
from tactful.delivery.actions import enqueue
from tactful.delivery.models import Dispatch
from tactful.delivery.rules.mail import MESSAGE_ID, REPLY, RETURN_PATH, UNSUBSCRIBE, WHY
from tactful.delivery.types import NewMessage
from tactful.engagements.actions import open_engagements
from tactful.engagements.types import NewEngagement
from tactful.events.models import Event
from tactful.events.types import Fact
from tactful.foundation.actions import change_settings
from tactful.foundation.clock import business_now
from tactful.foundation.models import Role, User
from tactful.foundation.secrets import key_ring
from tactful.inbox.models import Conversation, Entry, TalkSpell, Task
from tactful.kernel.tokens import sign
from tactful.touchpoints.actions import adopt, decide
from tactful.touchpoints.models import Touchpoint
from tactful.touchpoints.rules.catalogue import suggestions
from tactful.touchpoints.types import Line, MessageClass, Purpose
from tactful.wiring.inbound import read_waiting
from tactful.wiring.reactor import react

US = "post@fjord.example"
ALWAYS_OPEN = {
    "gate.quiet_from": "00:00",
    "gate.quiet_to": "00:00",
    "gate.quiet_weekdays": [],
    "gate.quiet_holidays": False,
    "gate.contact_day": 100,
    "gate.contact_week": 100,
}
DOCUMENTS = (("bank", "Bank statements", "Kontoutskrifter"), ("stock", "Stock count", "Varetelling"))
PDF = b"%PDF-1.7\nwords"


@dataclass
class Cast:
    now: datetime
    owner: User
    colleague: User
    liv: Contact
    paal: Contact
    account: Account
    touchpoint: Touchpoint
    heard: set[int] = field(default_factory=set)
    made: int = 0

    def plans(self, contact: Contact, **more: object) -> int:
        """Automation queues a message; answers its id."""
        self.made += 1
        new = NewMessage(
            contact_id=contact.id,
            dedupe_key=f"test:{self.made}",
            message_class=MessageClass.RELATIONSHIP,
            purpose=Purpose.SERVICE,
            due_at=self.now,
            cause_kind="broadcast",
            cause_id=1,
            line=Line.STRUCTURAL,
            touchpoint_id=self.touchpoint.id,
            touchpoint_rev=self.touchpoint.current_id,
            subject="Your documents",
            body="Some documents are missing.",
        )
        (ident,) = enqueue([new._replace(**more)], now=self.now)  # type: ignore[arg-type]
        assert ident is not None
        return ident

    def sent(self, contact: Contact, state: str = "sent") -> int:
        ident = self.plans(contact)
        gone = {
            "first_handoff_at": self.now,
            "cleared_at": self.now,
            "clearance": 4095,
            "settled_at": self.now,
        }
        Dispatch.objects.filter(pk=ident).update(state=state, address="liv@client.example", **gone)
        return ident

    def token(self, purpose: str, message: int) -> str:
        return sign(key_ring(), purpose, message)

    def link(self, purpose: str, message: int) -> str:
        return f"/c/{ {WHY: 'why', UNSUBSCRIBE: 'unsubscribe'}[purpose] }/{self.token(purpose, message)}/"

    def plus(self, purpose: str, message: int) -> str:
        return US.replace("@", f"+{self.token(purpose, message)}@")

    def mail(self, text: str = "Når er fristen?", *, passes: bool = True, **headers: str) -> bytes:
        """A mail from Liv; header names with ``_`` for ``-``. ``passes``: our own server vouches for it."""
        self.made += 1
        head = {
            "From": "Liv Sandal <liv@client.example>",
            "To": US,
            "Subject": "Et spørsmål".encode("ascii", "ignore").decode(),
            "Message-ID": f"<m{self.made}@client.example>",
            "Date": "Thu, 09 Apr 2026 09:00:00 +0200",
            "Content-Type": "text/plain; charset=utf-8",
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        verdict = "pass" if passes else "fail"
        lines = [f"Authentication-Results: mx.fjord.example; dmarc={verdict} header.from=client.example"]
        lines += [f"{name}: {value}" for name, value in head.items() if value]
        return "\r\n".join([*lines, "", text]).encode()

    def arrives(self, raw: bytes, **envelope: object) -> Entry | None:
        """Over the wire, through the raw store, into the inbox."""
        store_raw([RawMail(self.account.id, provider_id(raw), raw, dict(envelope))], now=self.now)
        read_waiting(self.now)
        row = InboundRaw.objects.get(provider_id=provider_id(raw))
        return Entry.objects.filter(raw_id=row.id).first()

    def writes(self, text: str, *, passes: bool = True, **headers: str) -> Entry:
        entry = self.arrives(self.mail(text, passes=passes, **headers))
        assert entry is not None
        return entry

    def reacts(self) -> None:
        """The house reacts to every fact that it has not heard yet."""
        while fresh := list(Event.objects.exclude(id__in=self.heard).order_by("id")):
            self.heard |= {row.id for row in fresh}
            react([Fact(r.id, r.name, r.contact_id, r.ts, r.recorded_at, r.data) for r in fresh], self.now)

    def later(self, by: timedelta) -> None:
        self.now += by

    def on_a_monday_at_ten(self) -> None:
        """The next one, in Oslo; on which days people work must not depend on when a test runs."""
        here = self.now.astimezone(ZoneInfo("Europe/Oslo"))
        monday = here + timedelta(days=7 - here.weekday())
        self.later(monday.replace(hour=10, minute=0, second=0, microsecond=0) - here)

    def thread(self, contact: Contact | None = None) -> Conversation:
        return Conversation.objects.get(contact_id=(contact or self.liv).id)

    def talks(self, contact: Contact | None = None) -> set[str]:
        rows = TalkSpell.objects.running().filter(contact_id=(contact or self.liv).id)
        return set(rows.values_list("kind", flat=True))

    def tasks(self, **which: Any) -> list[Task]:
        return list(Task.objects.filter(done_at=None, **which).order_by("id"))

    def flags(self, contact: Contact | None = None) -> set[str]:
        rows = ContactSpell.objects.running().filter(contact_id=(contact or self.liv).id, kind="flag")
        return set(rows.values_list("key", flat=True))

    def asks_for_documents(self, contact: Contact | None = None) -> int:
        ident = (contact or self.liv).id
        new = NewEngagement(
            ident, "annual_accounts", "Annual accounts", "Årsregnskap", DOCUMENTS, 2025, self.colleague.id
        )
        return open_engagements([new], acting_user=None, now=self.now)[0]


def facts(name: str) -> list[Event]:
    return list(Event.objects.filter(name=name).order_by("id"))


def with_file(cast: Cast, content: bytes = PDF, name: str = "bank.pdf", text: str = "Her er det.") -> bytes:
    body = "\r\n".join(
        [
            "--x", "Content-Type: text/plain; charset=utf-8", "", text,
            "--x", "Content-Type: application/octet-stream", "Content-Transfer-Encoding: base64",
            f'Content-Disposition: attachment; filename="{name}"', "", encodebytes(content).decode(),
            "--x--", "",
        ]
    )  # fmt: skip
    return cast.mail(body, Content_Type="multipart/mixed; boundary=x")


def make_cast() -> Cast:
    now = business_now()
    owner = User.objects.add(email="ingrid@fjord.example", name="Ingrid Solheim", role=Role.OWNER)
    colleague = User.objects.add(email="kari@fjord.example", name="Kari Blomdal", role=Role.STAFF)
    change_settings(
        values={"name": "Fjordkontoret", "language": "en"} | ALWAYS_OPEN, acting_user=owner.id, now=now
    )
    adopt(suggestions(), now=now)
    touchpoint = Touchpoint.objects.filter(suggested_line="structural").order_by("position").first()
    assert touchpoint is not None
    decide(touchpoint.id, Line.STRUCTURAL, "The same each time", owner_id=None, acting_user=owner.id, now=now)
    touchpoint.refresh_from_db()
    liv, paal = (
        create_contact(NewContact(name, (mail,), (), "en"), acting_user=None, now=now)
        for name, mail in (("Liv Sandal", "liv@client.example"), ("Pål Steine", "paal@client.example"))
    )
    for each in (liv, paal):
        record_basis(
            each.id, Ground("service", "mail", "contract", "in_person"), acting_user=owner.id, now=now
        )
        update_contact(each.id, {"manager_id": colleague.id}, acting_user=owner.id, now=now)
    account = Account.objects.create(
        channel="mail", name="Post", address=US, settings={"trusted_servers": ["mx.fjord.example"]}
    )
    return Cast(now, owner, colleague, liv, paal, account, touchpoint)


__all__ = [
    "MESSAGE_ID",
    "PDF",
    "REPLY",
    "RETURN_PATH",
    "UNSUBSCRIBE",
    "US",
    "WHY",
    "Cast",
    "facts",
    "make_cast",
    "with_file",
]
