"""One client with a word of their own in every column of words of every table that may know of them.

It goes by the models: a column that is added tomorrow has its word too, without anybody thinking of it.
"""

import re
from collections.abc import Mapping
from random import Random
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models

from tactful.channels.models import Account
from tactful.connectors.models import Connection
from tactful.contacts.models import Contact, Identity
from tactful.delivery.models import Dispatch
from tactful.foundation.actions import record_audit
from tactful.foundation.files import keep
from tactful.inbox.models import Entry
from tactful.journeys.models import Enrolment, JourneyTest, ReplayRun, Visit
from tactful.tracking.models import TrackingRefusal
from tactful.webhooks.models import Endpoint
from tactful.wiring.erasing_steps import STEPS, Emptied
from tactful.wiring.personal_data import SECTIONS
from tactful.wiring.tests.two_people import NOW, TABLES, World

WORD = re.compile(r"zq[0-9]{4}k")
#: Codes of ours, and what is made of other columns.
PLAIN = {
    ("dispatch", "reasons"),
    ("contact", "pieces"),
    ("contact", "search"),
    ("message", "in_reply_to"),
    ("identity", "kind"),
    ("enrolment", "end_reason"),
    ("inbound_raw", "result"),
    ("duplicate_pair", "verdict"),
}
KEPT = {(step.table, column) for step in STEPS if isinstance(step, Emptied) for column in step.keeps}
#: Rows that hang on others, made with them; and those that are made here by hand.
BY_HAND = {
    "audit", "audit_payload", "company", "contact", "contact_merge_part", "dispatch", "entry_file",
    "enrolment_alarm", "event_tally", "event_untallied", "household", "inbound_raw", "journey_test",
    "rehearsed", "replayed_line", "visit", "webhook_telling", "duplicate_pair", "contact_merge",
    "user_trait", "identity_claim", "identity_link", "tracked_user", "visitor", "visitor_event",
    "placed_identity", "computed_value", "computed_tally", "segment_dirty", "consent_receipt",
    "hook_delivery", "requested_document", "document_spell", "entry", "identity", "suppression",
}  # fmt: skip


BROADCAST: Mapping[str, Any] = {
    "plan": {}, "state": "draft", "asked_at": None, "approved_at": None, "approved_by": None,
    "approved_hash": None, "began_at": None, "begins_at": None, "name": "b", "writers": [], "versions": [],
}  # fmt: skip


GIVEN: Mapping[str, Mapping[str, Any]] = {
    "received_file": {"stored": ""},
    "broadcast_person": {"state": "waiting", "message_id": None},
}


class Canary(World):
    """``one`` is the client. ``words``: word -> where it was written."""

    def __init__(self) -> None:
        self.words: dict[str, str] = {}
        super().__init__(Random(5))
        self.mail, self.phone = "zq9001k@kanari.example", "+4791000042"
        for kind, value in (("email", self.mail), ("phone", self.phone), ("external", "zq9002k-user")):
            Identity.objects.create(
                contact_id=self.one, kind=kind, value=value, shown=value, is_primary=True, added_at=NOW
            )
        name = f"{self.word('contact', 'name')} {self.word('contact', 'family')}"
        firm = TABLES["company"](**self._values(TABLES["company"], 0, {"id": 71}))
        firm.save()
        home = TABLES["household"](**self._values(TABLES["household"], 0, {"id": 72}))
        home.save()
        values = self._values(TABLES["contact"], 0, {"id": self.one, "name": name})
        values |= {"search": None, "pieces": [], "company_id": 71, "household_id": 72, "manager_id": None}
        Contact.objects.filter(id=self.one).update(**values)

    def word(self, table: str, column: str | None) -> str:
        word = f"zq{len(self.words):04d}k"
        self.words[word] = f"{table}.{column}"
        return word

    def _plain(self, field: "models.Field[Any, Any]") -> Any:
        table = field.model._meta.db_table
        if (table, field.column) in KEPT | PLAIN or table not in HELD | {"hook_thing_name"}:
            return super()._plain(field)
        length = field.max_length or 99
        if isinstance(field, models.JSONField):
            return {"a": self.word(table, field.column)}
        if isinstance(field, models.BinaryField):
            return self.word(table, field.column).encode() if length > 32 else super()._plain(field)
        if isinstance(field, ArrayField):
            deep = isinstance(field.base_field, models.CharField) and (field.base_field.max_length or 0) > 6
            return [self.word(table, field.column)] if deep else super()._plain(field)
        if isinstance(field, models.CharField | models.TextField) and length > 6 and not field.choices:
            return self.word(table, field.column)
        return super()._plain(field)

    def _value(self, field: "models.Field[Any, Any]", owner: int) -> Any:
        if isinstance(field, SearchVectorField):
            return None
        if field.null and not isinstance(field, models.ForeignKey) and not field.primary_key:
            return self._plain(field)
        return super()._value(field, owner)

    def row(self, table: str, /, **given: Any) -> models.Model:
        row = TABLES[table](**self._values(TABLES[table], self.one, given))
        row.save(force_insert=True)
        self._with(row, self.one)
        return row

    def plant(self) -> None:
        broadcast = TABLES["broadcast"](**self._values(TABLES["broadcast"], 0, BROADCAST))
        broadcast.save()
        self.keys["broadcast"] = [broadcast.pk]
        for table in self._in_order():
            if table not in BY_HAND and table not in {"message"}:
                self.row(table, **GIVEN.get(table, {}))
        self._mail()
        self._walk()
        self._tracked()
        self._told()
        self._past()

    def _mail(self) -> None:
        account = Account.objects.create(channel="mail", name="m", address="post@firm.example")
        self.keys["account"] = [account.id]
        raw = self.row("inbound_raw", account_id=account.id, provider_id=self.word("inbound_raw", "pid"))
        entry = Entry.objects.filter(conversation__contact_id=self.one).earliest("id")
        Entry.objects.filter(id=entry.id).update(raw_id=raw.pk)
        self.stored = keep(b"zq9008k in a file").stored
        self.row("entry_file", entry_id=entry.id, stored=self.stored)
        for state in ("sent", "queued", "held", "unknown"):
            message = self.row("message", contact_id=self.one)
            Dispatch.objects.filter(message_id=message.pk).update(
                state=state if state in ("queued", "held") else "cancelled"
            )
            self.row("rehearsed", message_id=message.pk)
        given = {"message_id": message.pk, "journey_id": self._any("journey")}
        JourneyTest.objects.create(**self._values(JourneyTest, self.one, given))
        stranger = self.row("conversation", contact_id=None, stranger=self.mail, state="open")
        self.row("entry", conversation_id=stranger.pk, raw_id=None)

    def _walk(self) -> None:
        walk = Enrolment.objects.filter(contact_id=self.one).earliest("id")
        Visit.objects.create(enrolment_id=walk.id, visit=1, step="s", at=NOW, result="yes")
        run = ReplayRun.objects.create(
            slug="r", digest="d", document={}, since=NOW, until=NOW, asked_at=NOW, state="done"
        )
        self.row("replayed_line", run_id=run.id, number=1)

    def _tracked(self) -> None:
        users = {"user": "zq9002k-user"}
        self.row("user_trait", **users)
        self.row("identity_claim", **users, kind="email", value=self.mail)
        self.row("identity_link", **users, ident="zq9003k-device")
        self.row("tracked_user", **users)
        visitor = self.row("visitor", kind="anon", value="zq9003k-device")
        self.row("visitor_event", visitor_id=visitor.pk)
        self.row("placed_identity", kind="email", value=self.mail)
        self.row("computed_value", property_id=1, total=None)
        self.row("computed_tally", property_id=1)
        TrackingRefusal.objects.create(source_id=1, code="c", count=1, sample=f"x {self.mail}", last_at=NOW)

    def _told(self) -> None:
        endpoint = Endpoint.objects.create(name="e", url="https://e.example", events=[], made_at=NOW)
        event = TABLES["event"]._default_manager.filter(contact_id=self.one).earliest("id")
        self.row("webhook_telling", endpoint_id=endpoint.id, event_id=event.pk)
        hook = Connection.objects.create(
            name="h", system="other", source_id=1, token_hash=b"1", is_live=True, made_at=NOW
        )
        self.row("hook_delivery", connection_id=hook.id, body=f'{{"a": "{self.mail} zq9004k"}}'.encode())
        facts = TABLES["object_fact"]._default_manager.filter(contact_id=self.one)
        key = facts.values_list("key", flat=True).get()
        TABLES["hook_thing_name"]._default_manager.create(connection=hook, kind="k", alias="zq9005k", key=key)
        TABLES["given_answer"]._default_manager.create(
            key_id=1, name="n", asked=b"", status=200, content_type="j", body=f"{self.one} zq9006k", at=NOW
        )
        TABLES["event_seen"]._default_manager.create(source="1", message_id=f"m-{self.mail}", seen_at=NOW)

    def _past(self) -> None:
        merge = self.row("contact_merge", kept=self.one, gone=self.other + 10**15, undone_at=None)
        self.row("contact_merge_part", merge_id=merge.pk, table="contact")
        self.row("duplicate_pair", one=self.one, other=self.other + 1)
        self.row("suppression", channel="sms")
        receipt = self.row("consent_receipt", seal=None, sealed_order=None)
        self.receipt = receipt.pk
        words = {"w": self.word("audit_payload", "body")}
        for subject in (f"contact:{self.one}", "import:1"):
            record_audit(actor=1, verb="v", subject=subject, now=NOW, body=words | {"for": self.mail})
        run = self.keys["import_run"][0]
        TABLES["import_row"]._default_manager.create(
            run_id=run, number=9, outcome="refused", raw=["x", self.mail.upper(), "zq9007k"]
        )


HELD = {each.table for section in SECTIONS for each in section.tables}


def unplanted() -> set[str]:
    """Tables of which nothing stands here yet."""
    empty = set()
    with connection.cursor() as cursor:
        for table in HELD:
            cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}")')
            if not cursor.fetchone()[0]:
                empty.add(table)
    return empty
