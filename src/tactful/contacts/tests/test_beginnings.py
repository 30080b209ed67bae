"""What an imported client began with stands in one row, and holds until something newer is said."""

from datetime import UTC, datetime, timedelta

import pytest

from tactful.contacts import actions
from tactful.contacts.actions.arriving import Wanted, change_many
from tactful.contacts.models import Company, Contact, ContactSpell
from tactful.contacts.queries import contact_pasts
from tactful.contacts.rules.merging import OwnSpell, Side, plan_merge
from tactful.contacts.types import BEGAN, ImportRequest

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 9, 7, 0, tzinfo=UTC)
LATER, LATEST = NOW + timedelta(days=2), NOW + timedelta(days=4)
FILE = b"Navn;E-post;Firma;Poststed;Etiketter\nKari Vik;k@x.example;Fjord AS;Bergen;vip\n"


def kari() -> Contact:
    actions.import_file(ImportRequest("a.csv", FILE), acting_user=None, now=NOW)
    return Contact.objects.get()


def city(contact: Contact, at: datetime) -> object:
    return contact_pasts([contact.id])[contact.id].attribute("city", at, at)


def test_one_row_says_all_that_they_began_with_and_a_tag_is_one_of_its_own() -> None:
    contact, firm = kari(), Company.objects.get()
    said = list(ContactSpell.objects.order_by("kind").values_list("kind", "key", "value"))
    began = {"attributes": {"family_name": "Vik", "city": "Bergen"}, "company": firm.id}
    assert said == [(BEGAN, "", began), ("tag", "vip", None)]
    past = contact_pasts([contact.id])[contact.id]
    assert past.attribute("city", NOW, NOW) == "Bergen"
    assert past.column("company_id", NOW, NOW) == firm.id
    before = NOW - timedelta(seconds=1)
    assert (past.attribute("city", before, before), past.column("company_id", before, before)) == (None, None)


def test_what_is_said_later_holds_from_then_on() -> None:
    contact, firm = kari(), Company.objects.get()
    actions.update_contact(contact.id, {"city": "Voss", "company": "Elv AS"}, acting_user=None, now=LATER)
    past = contact_pasts([contact.id])[contact.id]
    assert [past.attribute("city", at, at) for at in (NOW, LATER, LATEST)] == ["Bergen", "Voss", "Voss"]
    assert past.attribute("family_name", LATEST, LATEST) == "Vik"
    elv = Company.objects.get(name="Elv AS").id
    assert [past.column("company_id", at, at) for at in (NOW, LATER)] == [firm.id, elv]
    actions.update_contact(contact.id, {"company": ""}, acting_user=None, now=LATEST)
    assert contact_pasts([contact.id])[contact.id].column("company_id", LATEST, LATEST) is None


def test_what_is_taken_away_later_is_gone_from_then_on() -> None:
    contact = kari()
    change_many({contact.id: Wanted(attributes={"city": None})}, now=LATER)
    assert [city(contact, at) for at in (NOW, LATER, LATEST)] == ["Bergen", None, None]
    change_many({contact.id: Wanted(attributes={"city": "Odda"})}, now=LATEST)
    assert [city(contact, at) for at in (NOW, LATER, LATEST)] == ["Bergen", None, "Odda"]


def test_a_firm_with_which_a_client_began_is_not_forgotten_with_a_file() -> None:
    """Somebody else's file, taken back, must not take the firm of which a beginning speaks."""
    from tactful.contacts.rules.undoing import Ties  # noqa: PLC0415

    run = actions.import_file(ImportRequest("a.csv", FILE), acting_user=7, now=NOW)
    contact = Contact.objects.get()
    Contact.objects.update(company=None)
    actions.ask_undo(run.id, acting_user=7, now=LATER)
    from tactful.contacts.rules.undoing import Tie  # noqa: PLC0415

    ties = Ties((Tie("identity", "contact_id", "changed"),), ())
    while actions.continue_undoing(ties, now=LATER):
        pass
    assert Contact.objects.get() == contact
    assert Company.objects.get().name == "Fjord AS"


def side(ident: int, began: dict[str, object] | None = None, **attributes: str) -> Side:
    columns = dict.fromkeys(
        ("language", "time_zone", "subdivision", "tier", "source", "country", "given_name", "sort_key"), ""
    )
    more = {"name": "Kari Vik", "company_id": ident, "household_id": None, "manager_id": None}
    spells = (OwnSpell(ident, BEGAN, "", began),) if began else ()
    return Side(ident, {**columns, **more, "created_at": NOW}, attributes, spells=spells)


def test_two_become_one_and_begin_anew_with_what_is_theirs_now() -> None:
    ours = side(1, {"attributes": {"city": "Bergen"}, "company": 1}, city="Voss", pet="cat")
    theirs = side(2, {"attributes": {"city": "Oslo", "size": "M"}}, city="Oslo", size="M")
    plan = plan_merge(ours, theirs)
    assert sorted(plan.ended) == [1, 2]
    assert plan.began == {"attributes": {"city": "Voss", "size": "M"}, "company": 1}
    assert plan_merge(side(1, city="Voss"), side(2)).began is None
