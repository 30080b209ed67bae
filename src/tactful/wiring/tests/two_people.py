"""Two contacts with rows in every table that names one, drawn at random so that many of them collide."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import IntegrityError, connection, models, transaction

from tactful.calendars.models import Feed
from tactful.contacts.actions import create_contact
from tactful.contacts.actions._writing import refresh_search
from tactful.contacts.models import Contact, ImportRun
from tactful.contacts.types import BEGAN, NewContact
from tactful.engagements.models import Engagement, RequestedDocument
from tactful.events.models import Event, ReactorCursor
from tactful.foundation.ids import new_id
from tactful.inbox.models import Conversation
from tactful.journeys.models import Journey, JourneyVersion
from tactful.segments.models import Segment
from tactful.touchpoints.models import Touchpoint, TouchpointRevision
from tactful.tracking.actions import count_anew
from tactful.tracking.models import ComputedProperty
from tactful.wiring.holdings import HOLDINGS

NOW = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)
DAYS = [NOW - timedelta(days=ago, microseconds=ago) for ago in range(1, 6)]
MOST_ROWS = 3
COUNTED = {"computed_value", "computed_tally"}
#: Not rows of the two, or not to be the same again: the merge's own record, the log of who did what.
APART = {"contact_merge", "contact_merge_part", "audit", "audit_payload", "consent_receipt"}
#: Whose events must be tallied again: it grows with each that moves.
NOTED = {"event_untallied"}
BESIDE = ("entry", "requested_document", "document_spell", "visit", "contact")

#: What a column may say, where the house asks for more than its type.
SAID: Mapping[str, Mapping[str, Sequence[Any]]] = {
    "identity": {"kind": ("email", "phone", "external")},
    "contact_spell": {
        "kind": ("tag", "flag", "attribute", "company", "away", BEGAN),
        "key": ("vip", "bereaved", "objected:marketing", "plan", "language", ""),
        "value": (None, {"sources": ["entry:1"]}, {"sources": ["portal"]}, "gold"),
    },
    "basis_spell": {
        "purpose": ("service", "marketing"),
        "channel": ("mail", "sms"),
        "kind": ("consent", "existing_customer", "contract", "withdrawn"),
    },
    "event": {"name": ("bought", "seen"), "data": ({}, {"total": "3"}), "lane": (0, 3)},
    "standing_hold": {"scope": ("contact",), "scope_id": (None,)},
    "human_touch": {"stopped": (False,), "line": ("A line.",)},
    "dispatch": {
        "state": ("queued", "held", "claimed", "cancelled"),
        "author": ("automation",),
        "line": ("structural",),
        "lane": (1, 2),
    },
    "message": {"cause_kind": ("visit", "reply")},
    "cap_use": {"scope": ("contact",), "day": (date(2026, 11, 1), date(2026, 11, 2)), "used": (1, 2)},
    "conversation": {"state": ("open", "waiting", "snoozed", "closed"), "stranger": ("",)},
    "talk_spell": {"kind": ("conversation", "question", "promise")},
    "task": {"subject_kind": ("conversation", "contact", "entry")},
    "enrolment": {"entry_key": ("", "k"), "trigger_id": (1, 2, 3), "entry_no": (1, 2)},
    "engagement": {"kind": ("annual",), "year": (2025, 2026, None)},
    "requested_document": {"slug": ("bank", "stock")},
    "document_spell": {"state": ("missing", "received", "waived")},
}
TABLES = {model._meta.db_table: model for model in apps.get_models()}


class World:
    """The house that both live in, and the two: ``one`` and ``other``."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.one, self.other = self._contact("Kari"), self._contact("Kari Li")
        touchpoint = Touchpoint.objects.create(
            slug="t", name_en="T", name_nb="T", phase="working", position=1, message_class="service"
        )
        revision = TouchpointRevision.objects.create(touchpoint=touchpoint, line="structural", at=NOW)
        journeys = [Journey.objects.create(slug=slug, name_en=slug, name_nb=slug) for slug in ("a", "b")]
        versions = [
            JourneyVersion.objects.create(journey=each, number=1, document={}, created_at=NOW)
            for each in journeys
        ]
        segments = [
            Segment.objects.create(slug=slug, name=slug, document={}, created_at=NOW, changed_at=NOW)
            for slug in ("s", "t")
        ]
        run = ImportRun.objects.create(file_name="f", file_hash=b"", started_at=NOW)
        feed = Feed.objects.create(name="f", kind="ics", host="h", made_at=NOW, next_at=NOW)
        self.keys: dict[str, list[Any]] = {
            "calendar_feed": [feed.id],
            "import_run": [run.id],
            "touchpoint": [touchpoint.id],
            "touchpoint_revision": [revision.id],
            "journey": [each.id for each in journeys],
            "journey_version": [each.id for each in versions],
            "segment": [each.id for each in segments],
        }
        ComputedProperty.objects.create(key="n", label="N", kind="count", event="bought", made_at=NOW)
        for lane in range(8):
            ReactorCursor.objects.create(consumer="computed", lane=lane, xid=2**62, event_id=0)

    def _contact(self, name: str) -> int:
        contact = create_contact(NewContact(name), acting_user=None, now=self.rng.choice(DAYS))
        said = {"language": ("", "nb", "en"), "tier": ("", "gold"), "time_zone": ("", "Europe/Oslo")}
        columns = {key: self.rng.choice(values) for key, values in said.items()}
        attributes = {
            key: value for key in ("plan", "notes", "town") if (value := self.rng.choice(["", "x", "y"]))
        }
        Contact.objects.filter(id=contact.id).update(**columns, attributes=attributes)
        return contact.id

    def fill(self) -> None:
        """Every table of the registry, each with up to three rows of each of the two."""
        for ident in (self.one, self.other):
            for table in self._in_order():
                for _row in range(self.rng.randint(0, MOST_ROWS)):
                    self.make(TABLES[table], ident)
        refresh_search([self.one, self.other])
        count_anew([self.one, self.other], NOW)

    def _in_order(self) -> list[str]:
        """Those that others point at come first; a dispatch is made with its message."""
        named = dict.fromkeys(each.table for each in HOLDINGS)
        first = ["conversation", "engagement", "enrolment"]
        rest = [each for each in named if each not in {*first, *COUNTED, *APART, "replayed_line"}]
        return [*first, *(each for each in rest if each not in {"dispatch", "duplicate_pair"})]

    def make(self, model: type[models.Model], owner: int, **given: Any) -> None:
        row = model(**self._values(model, owner, given))
        try:
            with transaction.atomic():
                row.save(force_insert=True)
                self._with(row, owner)
        except IntegrityError:
            pass  # another row stands there: this is the world in which there is one less

    def _with(self, row: models.Model, owner: int) -> None:
        """What belongs to a row and names no contact itself."""
        table = row._meta.db_table
        self.keys.setdefault(table, []).append(row.pk)
        if table == "message":
            self.make(TABLES["dispatch"], owner, message_id=row.pk, touchpoint_rev=None)
        if isinstance(row, Conversation):
            self.make(TABLES["entry"], owner, conversation_id=row.id)
        if isinstance(row, Engagement):
            for _document in range(2):
                self.make(RequestedDocument, owner, engagement_id=row.id)
        if isinstance(row, RequestedDocument):
            self.make(TABLES["document_spell"], owner, document_id=row.id, to_at=None)

    def _values(self, model: type[models.Model], owner: int, given: Mapping[str, Any]) -> dict[str, Any]:
        table, found = model._meta.db_table, dict(given)
        for field in model._meta.concrete_fields:
            name = field.attname
            if name in found or isinstance(field, models.GeneratedField):
                continue
            said = SAID.get(table, {}).get(name)
            if name == "contact_id":
                found[name] = owner
            elif name in ("scope_id", "subject_id"):
                found[name] = self._subject(table, found, owner)
            elif said is not None:
                found[name] = self.rng.choice(said)
            else:
                found[name] = self._value(field, owner)
        if table == "contact_spell" and found["kind"] == BEGAN:
            found["value"] = {"attributes": {"plan": self.rng.choice("xy")}}
        if table == "talk_spell" and found["kind"] == "conversation":
            found["ref"] = found["conversation_id"] or 1
        return found

    def _subject(self, table: str, found: Mapping[str, Any], owner: int) -> int | None:
        if table == "task" and found["subject_kind"] == "conversation":
            return self._thread(owner)
        return owner if table != "task" or found["subject_kind"] == "contact" else 7

    def _thread(self, owner: int) -> int | None:
        return Conversation.objects.filter(contact_id=owner).values_list("id", flat=True).first()

    def _value(self, field: "models.Field[Any, Any]", owner: int) -> Any:
        if field.primary_key:
            return new_id()
        if field.attname == "conversation_id":
            return self._thread(owner)
        if field.attname == "cause_id":
            return self._any("enrolment")
        if field.attname == "document_id":
            return self._any("requested_document")
        if isinstance(field, models.ForeignKey):
            return self._any(field.related_model._meta.db_table)
        if field.null and self.rng.random() < 0.5:
            return None
        return self._plain(field)

    def _any(self, table: str) -> Any:
        return self.rng.choice(self.keys[table]) if self.keys.get(table) else None

    def _plain(self, field: "models.Field[Any, Any]") -> Any:
        if isinstance(field, models.DateTimeField):
            return self.rng.choice(DAYS)
        if isinstance(field, models.BooleanField):
            return self.rng.random() < 0.5
        if isinstance(field, models.JSONField):
            return self.rng.choice([{}, {"a": "x"}, {"b": ["y", 1.25]}])
        if isinstance(field, models.BinaryField):
            return self.rng.randbytes(32)
        if isinstance(field, ArrayField | SearchVectorField):
            return None if field.null else []
        if isinstance(field, models.IntegerField):
            return self.rng.randint(1, 9)
        if isinstance(field, models.DateField):
            return NOW.date()
        unique = field.unique or field.attname in ("value", "address_hash", "dedupe_key", "sha256")
        return str(new_id()) if unique else self.rng.choice(["", "a", "b"])


def dump() -> dict[str, list[Any]]:
    """All rows of all tables that name a contact, and of those beside them; without what a merge always
    changes: gate revisions, and the facts that it tells."""
    found: dict[str, list[Any]] = {}
    with connection.cursor() as cursor:
        for table in sorted({*(each.table for each in HOLDINGS), *BESIDE} - APART - NOTED):
            cursor.execute(f"SELECT to_jsonb(t) - 'gate_rev' FROM {table} t ORDER BY to_jsonb(t)::text")
            found[table] = [row[0] for row in cursor.fetchall()]
    ours = Event.objects.filter(name__regex=r"^(contact\.|journey\.ended)").exclude(name="contact.created")
    told = set(ours.values_list("id", flat=True))
    found["event"] = [row for row in found["event"] if _load(row)["id"] not in told]
    return {table: sorted(map(str, map(_load, rows))) for table, rows in found.items()}


def _load(row: Any) -> Any:
    return json.loads(row) if isinstance(row, str) else row


def naming(ident: int) -> dict[str, int]:
    """How many rows of which column name this contact."""
    found = {}
    with connection.cursor() as cursor:
        for holding in HOLDINGS:
            where = {"standing_hold": "scope = 'contact'", "cap_use": "scope = 'contact'"}.get(
                holding.table, "true"
            )
            cursor.execute(
                f'SELECT count(*) FROM {holding.table} WHERE "{holding.column}" = %s AND {where}', [ident]
            )
            found[f"{holding.table}.{holding.column}"] = cursor.fetchone()[0]
    return {name: count for name, count in found.items() if count}
