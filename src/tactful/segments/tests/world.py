"""Histories written into a real database, for the compiler to find there."""

import json
from collections.abc import Sequence
from datetime import datetime
from itertools import count

from django.db import connection

from tactful.contacts.models import BasisSpell, Company, Contact, ContactSpell, Identity
from tactful.events.feed import Span
from tactful.events.hot import tallies
from tactful.events.models import Event
from tactful.events.types import LANES
from tactful.foundation import pg
from tactful.foundation.ids import new_id
from tactful.foundation.models import Role, User
from tactful.inbox.models import TalkSpell
from tactful.journeys.models import Enrolment, Journey, JourneyVersion
from tactful.segments.tests.trees import COMPANIES, EVENTS, MAILS, NOW, SLUGS
from tactful.segments.types import Allowed, History, Stay, ValueLeaf
from tactful.wiring.segments import ALLOWED

COMPUTED = ValueLeaf("computed", "computed_for_test", "contact_id", "name", "value", "since")
EVERYTHING: Allowed = ALLOWED.plus(COMPUTED)
AT_LENGTH = {"said besides": "word " * 100}
"""Nobody asks for it; it puts an event into the other index."""
_numbers = count(1)


class World:
    """A house with two companies, two colleagues and two journeys, as trees name them."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMPORARY TABLE computed_for_test "
                "(contact_id bigint, name text, value jsonb, since timestamptz)"
            )
        self.companies = {name: Company.objects.create(name=name).id for name in COMPANIES}
        self.people = {mail: User.objects.add(email=mail, name=mail, role=Role.STAFF).id for mail in MAILS}
        self.journeys: dict[str, tuple[int, int]] = {}
        for slug in SLUGS:
            journey = Journey.objects.create(slug=slug, name_en=slug, name_nb=slug)
            version = JourneyVersion.objects.create(journey=journey, number=1, document={}, created_at=NOW)
            self.journeys[slug] = (journey.id, version.id)

    def write(self, histories: Sequence[History]) -> list[int]:
        """Answers with the contacts' ids, in order."""
        people = [self._contact(history) for history in histories]
        pg.copy_in(people)
        ids = [person.id for person in people]
        for ident, history in zip(ids, histories, strict=True):
            for stay in history.stays:
                self._stay(ident, stay)
            for (_, name), value in history.values.items():
                since = value if isinstance(value, datetime) else None
                pg.run(
                    "INSERT INTO computed_for_test VALUES (%s, %s, %s::text::jsonb, %s)",
                    (ident, name, None if since else _json(value), since),
                )
        happened = [
            (ident, event) for ident, history in zip(ids, histories, strict=True) for event in history.events
        ]
        Event.objects.bulk_create(
            Event(
                lane=ident % 8, contact_id=ident, name=event.name, ts=event.ts, recorded_at=event.ts,
                source="test", data={**event.data, **(AT_LENGTH if number % 3 == 0 else {})},
            )
            for number, (ident, event) in enumerate(happened)
        )  # fmt: skip
        return ids

    def tally(self, share: float) -> None:
        """As if the consumer of the log had read so much of each lane."""
        for lane in range(LANES):
            rows = Event.objects.filter(lane=lane, name__in=EVENTS).order_by("id")
            ids = list(rows.values_list("id", flat=True))
            if upto := ids[: round(share * len(ids))]:
                (xid,) = pg.one("SELECT pg_current_xact_id()::text::bigint") or (0,)
                params = {"lane": lane, "xid": "0", "id": 0, "to_xid": str(xid), "to_id": upto[-1]}
                tallies.count_span(Span(lane, xid, upto[-1], dict(params)), NOW)

    def _contact(self, history: History) -> Contact:
        said = dict(history.fields)
        created = said.pop("created_at")
        assert isinstance(created, datetime)
        return Contact(
            company_id=self.companies.get(str(said.pop("company"))),
            manager_id=self.people.get(str(said.pop("manager"))),
            sort_key=str(said["name"]),
            attributes=dict(history.attributes),
            created_at=created,
            **said,
        )

    def _stay(self, contact: int, stay: Stay) -> None:
        getattr(self, f"_{stay.kind}")(contact, stay)

    def _tag(self, contact: int, stay: Stay) -> None:
        ContactSpell.objects.create(
            contact_id=contact, kind="tag", key=stay.fields["tag"], value=None, **_span(stay)
        )

    def _consent(self, contact: int, stay: Stay) -> None:
        BasisSpell.objects.create(contact_id=contact, kind="consent", **stay.fields, **_span(stay))

    def _address(self, contact: int, stay: Stay) -> None:
        Identity.objects.create(
            contact_id=contact, kind={"mail": "email", "phone": "phone"}[stay.fields["address"]],
            value=f"{next(_numbers)}@x.example", shown="", added_at=NOW,
        )  # fmt: skip

    def _conversation(self, contact: int, stay: Stay) -> None:
        kind = {"open": "conversation"}.get(stay.fields["conversation"], stay.fields["conversation"])
        TalkSpell.objects.create(contact_id=contact, kind=kind, ref=new_id(), **_span(stay))

    def _journey(self, contact: int, stay: Stay) -> None:
        assert stay.begins is not None
        journey, version = self.journeys[stay.fields["journey"]]
        Enrolment.objects.create(
            journey_id=journey, version_id=version, contact_id=contact, entry_key=str(next(_numbers)),
            trigger_id=next(_numbers), step="", phase="ended", entered_at=stay.begins, ended_at=stay.ends,
        )  # fmt: skip


def _span(stay: Stay) -> dict[str, datetime | None]:
    return {"from_at": stay.begins, "to_at": stay.ends, "recorded_at": stay.begins}


def _json(value: object) -> str:
    return json.dumps(value)
