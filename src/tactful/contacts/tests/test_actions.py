"""Each write: its spell, its fact, its audit row, and the gate told."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from tactful.contacts import actions, queries
from tactful.contacts.models import Contact, ContactSpell, Identity, Suppression
from tactful.contacts.types import Ground, NewContact
from tactful.events.models import Event
from tactful.foundation.models import Audit, AuditPayload, Role, User

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 9, 7, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
CONTRACT = Ground("service", "mail", "contract", how="in_person", source="Contract of 14 Feb 2019")


@pytest.fixture
def owner() -> User:
    return User.objects.add(email="ingrid@fjordkontoret.example", name="Ingrid Solheim", role=Role.OWNER)


@pytest.fixture
def liv(owner: User) -> Contact:
    new = NewContact("Sandal, Liv", ("Liv@Sandviken.example",), ("900 00 142",), "nb", "Sandviken Keramikk")
    return actions.create_contact(new, acting_user=owner.id, now=NOW)


def rev(contact: Contact) -> int:
    return Contact.objects.get(id=contact.id).gate_rev


def facts(name: str) -> int:
    return Event.objects.filter(name=name).count()


def test_a_created_contact_is_clean_and_noted(liv: Contact, owner: User) -> None:
    assert (liv.name, liv.given_name, liv.sort_key) == ("Liv Sandal", "Liv", "sandal liv")
    assert set(liv.identities.values_list("kind", "value", "is_primary")) == {
        ("email", "liv@sandviken.example", True),
        ("phone", "+4790000142", True),
    }
    assert facts("contact.created") == 1
    assert Audit.objects.get(verb="contact.created").actor == owner.id
    assert "Liv" not in str(AuditPayload.objects.get().body)


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (NewContact(" "), "name is missing"),
        (NewContact("Ola Dal", ("ola",)), "the @ is missing"),
        (NewContact("Ola Dal", (), ("900 00 14",)), "eight"),
        (NewContact("Ola Dal", ("LIV@sandviken.example",)), "belongs to Liv Sandal"),
    ],
)
def test_a_bad_contact_is_refused_in_words(liv: Contact, new: NewContact, words: str) -> None:
    with pytest.raises(actions.ContactError, match=words):
        actions.create_contact(new, acting_user=None, now=NOW)
    assert Contact.objects.count() == 1


def test_an_update_is_a_spell_and_tells_the_gate(liv: Contact) -> None:
    for name, at in (("Liv Sandal Berg", LATER), ("Liv Sandal Berg", LATER)):
        changed = actions.update_contact(liv.id, {"name": name, "language": "en"}, acting_user=None, now=at)
    assert changed.sort_key == "berg liv sandal"
    assert rev(liv) == 1
    assert facts("contact.updated") == 1
    actions.update_contact(liv.id, {"birthday": "1979-10-05", "company": ""}, acting_user=None, now=LATER)
    assert Contact.objects.get(id=liv.id).attributes["birthday"] == "1979-10-05"
    assert Contact.objects.get(id=liv.id).company is None
    assert ContactSpell.objects.get(kind="company", to_at=LATER).from_at == NOW
    assert not queries.search("keramikk")
    assert [line.name for line in queries.search("berg")] == ["Liv Sandal Berg"]


def test_an_identity_has_one_owner(liv: Contact) -> None:
    ola = actions.create_contact(NewContact("Ola Dal", ("ola@x.example",)), acting_user=None, now=NOW)
    one = actions.add_identity(liv.id, "email", "privat@x.example", acting_user=None, now=LATER)
    same = actions.add_identity(liv.id, "email", "PRIVAT@x.example", acting_user=None, now=LATER)
    assert one == same
    assert not one.is_primary
    with pytest.raises(actions.ContactError, match="belongs to Liv"):
        actions.add_identity(ola.id, "email", "privat@x.example", acting_user=None, now=LATER)
    assert queries.find_by_address("email", "privat@x.example") == liv.id
    assert rev(liv) == 1


def test_a_basis_comes_goes_and_is_known_as_of_then(liv: Contact) -> None:
    receipt = actions.record_basis(liv.id, CONTRACT, acting_user=None, now=NOW)
    assert rev(liv) == 1
    assert actions.withdraw_basis(liv.id, CONTRACT, acting_user=None, now=LATER) is not None
    assert actions.withdraw_basis(liv.id, CONTRACT, acting_user=None, now=LATER) is None
    assert rev(liv) == 2
    then = queries.basis_facts_at([liv.id], "service", "mail", NOW + timedelta(minutes=1))[liv.id]
    assert (then.kind, then.receipt_id, then.withdrawn) == ("contract", receipt.id, False)
    after = queries.basis_facts_at([liv.id], "service", "mail", LATER)[liv.id]
    assert (after.kind, after.withdrawn) == ("none", True)
    before = queries.basis_facts_at([liv.id, 999], "service", "mail", NOW - timedelta(seconds=1))
    assert (before[liv.id].kind, 999 in before) == ("none", False)
    assert (facts("basis.recorded"), facts("basis.withdrawn")) == (1, 1)


def test_consent_needs_its_words_and_its_receipt_is_final(liv: Contact) -> None:
    with pytest.raises(ValueError, match="exact words"):
        actions.record_basis(
            liv.id, Ground("marketing", "mail", "consent", "portal"), acting_user=None, now=NOW
        )
    with pytest.raises(ValueError, match="not 'guess'"):
        actions.record_basis(
            liv.id, Ground("marketing", "mail", "guess", "portal"), acting_user=None, now=NOW
        )
    ground = Ground("marketing", "mail", "consent", "portal", wording="Ja takk", language="nb")
    receipt = actions.record_basis(liv.id, ground, acting_user=None, now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        type(receipt).objects.filter(id=receipt.id).update(wording="Ja")


@pytest.mark.parametrize(("key", "field"), [("objected:marketing", "objected"), ("restricted", "restricted")])
def test_flags_stand_against_a_basis(liv: Contact, key: str, field: str) -> None:
    actions.record_basis(
        liv.id, Ground("marketing", "mail", "existing_customer", "in_person"), acting_user=None, now=NOW
    )
    assert actions.set_flag(liv.id, "flag", key, acting_user=None, now=NOW)
    assert not actions.set_flag(liv.id, "flag", key, acting_user=None, now=NOW)
    assert getattr(queries.basis_facts_at([liv.id], "marketing", "mail", NOW)[liv.id], field)
    assert actions.clear_flag(liv.id, "flag", key, acting_user=None, now=LATER)
    assert not actions.clear_flag(liv.id, "flag", key, acting_user=None, now=LATER)
    assert not getattr(queries.basis_facts_at([liv.id], "marketing", "mail", LATER)[liv.id], field)
    assert rev(liv) == 3


def test_an_objection_to_marketing_leaves_service_alone(liv: Contact) -> None:
    actions.set_flag(liv.id, "flag", "objected:marketing", acting_user=None, now=NOW)
    assert not queries.basis_facts_at([liv.id], "service", "mail", NOW)[liv.id].objected


def test_bereavement_and_occasions(liv: Contact) -> None:
    actions.set_flag(liv.id, "flag", "bereaved", acting_user=None, now=NOW)
    actions.set_flag(liv.id, "flag", "occasion_off:birthday", acting_user=None, now=NOW)
    state = queries.sensitive_facts_at([liv.id], NOW)[liv.id]
    assert (state.bereaved, state.occasions_off) == (True, frozenset({"birthday"}))
    before = queries.sensitive_facts_at([liv.id], NOW - timedelta(seconds=1))[liv.id]
    assert (before.bereaved, before.occasions_off) == (False, frozenset())


@pytest.mark.parametrize(
    ("reason", "scope", "state", "marketing_off"),
    [
        ("hard_bounce", "all", "bounced", False),
        ("asked", "all", "suppressed", False),
        ("unsubscribe", "marketing", "usable", True),
    ],
)
def test_a_suppressed_address(
    liv: Contact, owner: User, reason: str, scope: str, state: str, marketing_off: bool
) -> None:
    subject = actions.Subject("mail", "liv@sandviken.example", liv.id, scope)
    assert actions.suppress(subject, reason, acting_user=None, now=NOW)
    assert not actions.suppress(subject, reason, acting_user=None, now=NOW)
    view = queries.address_facts_at([liv.id], "mail", NOW)[liv.id]
    assert (view.state, view.marketing_off) == (state, marketing_off)
    assert actions.unsuppress(subject, acting_user=owner.id, now=LATER, reason="New mailbox")
    assert queries.address_facts_at([liv.id], "mail", LATER)[liv.id].state == "usable"
    assert rev(liv) == 2


def test_a_suppression_outlives_its_contact_without_telling_the_address(liv: Contact) -> None:
    actions.suppress(
        actions.Subject("mail", "liv@sandviken.example", liv.id), "asked", acting_user=None, now=NOW
    )
    Contact.objects.filter(id=liv.id).delete()
    again = actions.create_contact(
        NewContact("Liv Sandal", ("liv@sandviken.example",)), acting_user=None, now=LATER
    )
    assert queries.address_facts_at([again.id], "mail", LATER)[again.id].state == "suppressed"
    assert b"sandviken" not in bytes(Suppression.objects.get().address_hash)


def test_addresses_per_channel(liv: Contact) -> None:
    actions.add_identity(liv.id, "phone", "55 31 00 42", acting_user=None, now=NOW)
    Identity.objects.filter(value="+4790000142").delete()
    assert queries.address_facts_at([liv.id], "sms", NOW)[liv.id].state == "missing"
    assert queries.address_facts_at([liv.id], "chat", NOW)[liv.id].state == "missing"
    assert queries.address_facts_at([liv.id, 999], "mail", NOW).keys() == {liv.id}


def test_places(liv: Contact) -> None:
    place = queries.place_facts([liv.id])[liv.id]
    assert (place.zones, place.country, place.company_id) == (("Europe/Oslo",), "NO", liv.company_id)
    actions.update_contact(liv.id, {"country": "US"}, acting_user=None, now=NOW)
    assert {"America/New_York", "Pacific/Honolulu"} <= set(queries.place_facts([liv.id])[liv.id].zones)
    actions.update_contact(liv.id, {"time_zone": "America/Chicago"}, acting_user=None, now=NOW)
    assert queries.place_facts([liv.id])[liv.id].zones == ("America/Chicago",)


def test_the_list_is_in_norwegian_order_page_by_page() -> None:
    people = ("Ola Åsen", "Ola Aas", "Ola Berg", "Ola Øye", "Ola Ær", "Ola Zorn", "Kari Berg")
    for name in people:
        actions.create_contact(NewContact(name), acting_user=None, now=NOW)
    seen: list[str] = []
    after = None
    for _ in range(10):
        page = queries.in_order(after=after, limit=2)
        seen += [line.name for line in page.lines]
        after = page.after
        if after is None:
            break
    assert seen == ["Kari Berg", "Ola Berg", "Ola Zorn", "Ola Ær", "Ola Øye", "Ola Aas", "Ola Åsen"]


@pytest.mark.parametrize(
    "query", ["liv", "andal", "SANDVIKEN", "keram", "viken.ex", "900 00", "+47 900 00 142", "li sa"]
)
def test_search_finds_any_part(liv: Contact, query: str) -> None:
    actions.create_contact(NewContact("Ola Dal", ("ola@x.example",)), acting_user=None, now=NOW)
    assert [line.id for line in queries.search(query)] == [liv.id]


@pytest.mark.parametrize(
    "query", ["sandla", "saandal", "sadal", "sanfal", "liv sandla", "sandvkien", "keramik", "kermaikk liv"]
)
def test_search_forgives_one_mistake_in_a_word(liv: Contact, query: str) -> None:
    assert [line.id for line in queries.search(query)] == [liv.id]


def test_search_guesses_only_where_nobody_is_found(liv: Contact, owner: User) -> None:
    other = actions.create_contact(NewContact("Liv Sandla"), acting_user=owner.id, now=NOW)
    assert [line.id for line in queries.search("sandla")] == [other.id]


@pytest.mark.parametrize("query", ["", "   ", "'", "\\", "x':* | 'o", "liv ola", "sandalliv", "%", "\0"])
def test_search_finds_nothing_and_breaks_nothing(liv: Contact, query: str) -> None:
    assert queries.search(query) == ()


def plan_of(query: object) -> str:
    with connection.cursor() as cursor:
        sql, params = query.query.sql_with_params()  # type: ignore[attr-defined]
        cursor.execute(f"EXPLAIN {sql}", params)
        return "\n".join(row[0] for row in cursor.fetchall())


def test_search_and_list_use_their_indexes() -> None:
    from tactful.contacts.queries.searching import matching  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("""
            INSERT INTO contact (id, name, given_name, sort_key, language, time_zone, country, subdivision,
                                 tier, attributes, source, created_at, gate_rev, search, pieces)
            SELECT n, m, '', m, '', '', 'NO', '', '', '{}', '', timestamptz '2026-01-01', 0,
                   array_to_tsvector(ARRAY[m]), ARRAY(
                       SELECT ascii(substr(m, i)) * 65536 + ascii(substr(m, i + 1)) * 256
                           + ascii(substr(m, i + 2))
                       FROM generate_series(1, 20) i)
            FROM (SELECT n, md5(n::text) AS m FROM generate_series(1, 20000) n) x""")
        cursor.execute(
            "SELECT gin_clean_pending_list('contact_pieces'), gin_clean_pending_list('contact_search')"
        )
        cursor.execute("ANALYZE contact")
    assert "contact_pieces" in plan_of(matching(["sandal"]))
    assert "contact_search" in plan_of(matching(["ki", "zq"]))
    ordered = Contact.objects.filter(sort_key__gte="m").order_by("sort_key", "id")[:50]
    assert "contact_sorted" in plan_of(ordered)
