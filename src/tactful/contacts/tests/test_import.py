"""The example files through the real import: exact outcomes, a second time, basis, and number of queries."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from tactful.contacts import actions, queries
from tactful.contacts.actions import create_contact
from tactful.contacts.models import (
    BasisSpell,
    Company,
    ConsentReceipt,
    Contact,
    ContactSpell,
    Identity,
    ImportRow,
    ImportRun,
)
from tactful.contacts.queries.importing import notes_of
from tactful.contacts.rules.tables import read_table
from tactful.contacts.sentences import codes, sentences
from tactful.contacts.types import Declaration, ImportRequest, ListSource, NewContact, RowOutcome
from tactful.events.models import Event
from tactful.foundation.models import Audit, Role, User

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 9, 7, 0, tzinfo=UTC)
EXAMPLES = Path(__file__).parents[4] / "examples"
SALE = Declaration(ListSource.SALE, date(2026, 4, 1), opt_out_offered=True, words="From our contracts.")

#: file -> created, updated, merged, unchanged, refused; in this order.
GOLDEN = {
    "kunder-regnskapssystem.csv": (66, 0, 2, 0, 4),
    "crm-contacts.csv": (26, 4, 2, 2, 4),
    "gammel-kundeliste.csv": (18, 1, 1, 0, 5),
    "telefonkontakter.csv": (10, 1, 2, 1, 3),
}
OUTCOMES = ("created", "updated", "merged", "unchanged", "refused")
REASONS = {
    "name.missing_in", "org.check", "date.impossible", "phone.short_no", "mail.no_at", "mail.two_persons",
    "reach.missing", "phone.rounded", "date.century", "phone.two_persons", "mail.domain",
}  # fmt: skip


@pytest.fixture
def owner() -> User:
    return User.objects.add(email="kari@fjordkontoret.example", name="Kari Blomdal", role=Role.OWNER)


def send(
    name: str, content: bytes | None = None, declared: Declaration | None = None, by: int | None = None
) -> ImportRun:
    request = ImportRequest(
        name, content or (EXAMPLES / name).read_bytes(), declared=declared or Declaration()
    )
    return actions.import_file(request, acting_user=by, now=NOW)


def text(*rows: str) -> bytes:
    return "\n".join(("Navn;E-post;Telefon;Firma;Nyhetsbrev;Kundeansvarlig", *rows)).encode()


def stored() -> list[object]:
    """Everything that an import could touch, except its own run."""
    models = (Contact, Identity, Company, ContactSpell, BasisSpell, ConsentReceipt, Event)
    return [list(model.objects.order_by("id").values()) for model in models]


def test_all_clients_leave_and_come_back_as_they_were() -> None:
    for name in GOLDEN:
        send(name)
    create_contact(
        NewContact(name="=cmd|' /C calc'!A1", mails=("formula@x.example",), tags=("+1", "vip")),
        acting_user=None,
        now=NOW,
    )
    left = queries.as_csv()
    assert b"\n=" not in left
    everything = [json.loads(line) for line in b"".join(queries.as_json_lines()).splitlines()]
    assert len(everything) == queries.how_many() == left.count(b"\r\n") - 1 == 121
    Identity.objects.all().delete()
    Contact.objects.all().delete()
    Company.objects.all().delete()
    run = send("clients.csv", left)
    assert run.counts["created"] == 121
    assert sorted(queries.as_csv().splitlines()) == sorted(left.splitlines())
    again = [json.loads(line) for line in b"".join(queries.as_json_lines()).splitlines()]
    kept = ("name", "emails", "phones", "tags", "company", "org_number", "objects_to_news", "attributes")
    assert by_name(again, kept) == by_name(everything, kept)


def by_name(lines: list[dict[str, Any]], kept: Sequence[str]) -> list[list[Any]]:
    return sorted(([line[name] for name in kept] for line in lines), key=str)


def test_the_examples_become_120_clients_and_a_second_time_changes_nothing() -> None:
    for name, golden in GOLDEN.items():
        run = send(name)
        assert tuple(run.counts[outcome] for outcome in OUTCOMES) == golden, name
    assert Contact.objects.count() == 120
    refused = ImportRow.objects.filter(outcome=RowOutcome.REFUSED)
    assert {reason["code"] for row in refused for reason in row.reasons} == REASONS
    before = stored()
    for name, golden in GOLDEN.items():
        run = send(name)
        assert run.counts == dict.fromkeys(OUTCOMES, 0) | {"unchanged": sum(golden[:4]), "refused": golden[4]}
    assert stored() == before


def test_languages_and_people_of_the_examples() -> None:
    for name in GOLDEN:
        send(name)
    assert Contact.objects.filter(language="en").count() == 21
    liv = Contact.objects.get(name="Liv Sandal")
    profile = queries.profile(liv.id)
    assert profile.contact.company is not None
    assert profile.contact.company.name == "Sandviken Keramikk"
    assert [i.value for i in profile.identities] == ["liv@sandviken-keramikk.example", "+4790000142"]
    assert [flag.key for flag in profile.flags] == ["objected:marketing"]
    assert liv.attributes["client_since"] == "2019-02-14"
    samuel = Contact.objects.get(name="Samuel Okafor")
    assert samuel.identities.filter(kind="email").count() == 2
    assert (
        samuel.identities.filter(kind="email", is_primary=True).get().value
        == "samuel@okafor-marine-consulting.example"
    )


def test_every_row_says_in_words_what_happened() -> None:
    for name in GOLDEN:
        for row in queries.run_rows(send(name).id):
            assert "%(" not in sentences(notes_of(row))
            assert {note.code for note in notes_of(row)} <= codes()
            assert row.outcome != RowOutcome.REFUSED or sentences(notes_of(row))


def test_refused_rows_are_fixed_and_sent_again() -> None:
    run = send("kunder-regnskapssystem.csv")
    download = queries.refused_csv(run.id)
    assert len(read_table(download).rows) == 4
    assert "a typing error" in download.decode("utf-8-sig")
    fixed = (
        download.decode("utf-8-sig").replace("31.02.2018", "28.02.2018").replace("900 00 14;", "900 00 143;")
    )
    again = send("fixed.csv", fixed.encode())
    assert (again.counts["created"], again.counts["refused"]) == (2, 2)
    assert {row.number for row in queries.run_rows(again.id, RowOutcome.REFUSED)} == {2, 3}


def test_without_a_declaration_only_service_is_allowed() -> None:
    send("a.csv", text("Kari Hansen;kari@x.example;412 00 137;;;"))
    kari = Contact.objects.get()
    service = queries.basis_facts_at([kari.id], "service", "mail", NOW)[kari.id]
    assert (service.kind, service.withdrawn) == ("contract", False)
    assert service.receipt_id is not None
    receipt = ConsentReceipt.objects.get(id=service.receipt_id)
    assert (receipt.how, receipt.source) == ("import", "a.csv; undeclared")
    assert queries.basis_facts_at([kari.id], "service", "sms", NOW)[kari.id].kind == "contract"
    assert queries.basis_facts_at([kari.id], "marketing", "mail", NOW)[kari.id].kind == "none"


def test_a_declared_sale_with_opt_out_allows_marketing_but_a_no_counts_more() -> None:
    send("a.csv", text("Kari Hansen;kari@x.example;;;ja;", "Ola Dal;ola@x.example;;;nei;"), SALE)
    kari, ola = Contact.objects.order_by("name")
    marketing = queries.basis_facts_at([kari.id, ola.id], "marketing", "mail", NOW)
    assert (marketing[kari.id].kind, marketing[kari.id].objected) == ("existing_customer", False)
    assert (marketing[ola.id].kind, marketing[ola.id].objected, marketing[ola.id].withdrawn) == (
        "none",
        True,
        True,
    )
    send("b.csv", text("Kari Hansen;kari@x.example;;;nei;"))
    assert queries.basis_facts_at([kari.id], "marketing", "mail", NOW)[kari.id].objected


@pytest.mark.parametrize("source", [ListSource.COMPETITION, ListSource.BOUGHT])
def test_a_competition_or_a_bought_list_allows_nothing(source: ListSource) -> None:
    declared = Declaration(source, date(2026, 4, 1), opt_out_offered=True)
    send("a.csv", text("Kari Hansen;kari@x.example;;;ja;"), declared)
    assert not BasisSpell.objects.exists()


@pytest.mark.parametrize(
    "declared", [Declaration(ListSource.SALE, date(2026, 4, 1)), Declaration(ListSource.SALE, None, True)]
)
def test_half_a_declaration_allows_no_marketing(declared: Declaration) -> None:
    send("a.csv", text("Kari Hansen;kari@x.example;;;ja;"), declared)
    assert set(BasisSpell.objects.values_list("purpose", flat=True)) == {"service"}


def test_managers_companies_and_facts(owner: User) -> None:
    run = send(
        "a.csv",
        text("Kari Hansen;k@x.example;;Firma AS;;Kari Blomdal", "Ola Dal;o@x.example;;FIRMA;;Ukjent Person"),
        by=owner.id,
    )
    kari, ola = Contact.objects.order_by("name")
    assert kari.manager == owner
    assert ola.attributes["account_manager"] == "Ukjent Person"
    assert kari.company == ola.company
    assert Company.objects.count() == 1
    facts = Event.objects.filter(name="contact.created")
    assert {fact.contact_id for fact in facts} == {kari.id, ola.id}
    assert {fact.data["import"] for fact in facts} == {run.id}
    assert Audit.objects.get(verb="contacts.imported").actor == owner.id


def test_an_update_sends_waiting_messages_back_to_the_gate() -> None:
    send("a.csv", text("Kari Hansen;k@x.example;;;;"))
    assert Contact.objects.get().gate_rev == 0
    send("b.csv", text("Kari Hansen;k@x.example;412 00 137;;;"))
    assert Contact.objects.get().gate_rev == 1
    send("b.csv", text("Kari Hansen;k@x.example;412 00 137;;;"))
    assert Contact.objects.get().gate_rev == 1


def test_the_number_of_queries_does_not_grow_with_the_file(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    rows = [f"Kari Nr{chr(97 + i // 26)}{chr(97 + i % 26)};k{i}@x.example;;Firma {i};;" for i in range(300)]
    send("warm.csv", text("Ola Dal;ola@x.example;;;;"))
    with django_assert_max_num_queries(40):
        run = send("a.csv", text(*rows))
    assert run.counts["created"] == 300
    with django_assert_max_num_queries(40):
        run = send("b.csv", text(*(row.replace(";;Firma", ";55310042;Firma", 1) for row in rows)))
    assert (run.counts["updated"], run.counts["unchanged"]) == (1, 299)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04", "Excel workbook"),
        (b"Navn;Firma\nKari;F\n", "mail addresses or phone"),
        (b"a;b\n1;2\n", "heading"),
    ],
)
def test_a_file_that_cannot_be_read_leaves_nothing(content: bytes, words: str) -> None:
    with pytest.raises(actions.ContactError, match=words):
        send("a.csv", content)
    assert not ImportRun.objects.exists()


def test_hostile_cells_are_only_text(client: object) -> None:
    row = "<script>alert(1)</script> Hansen;k@x.example;;=cmd|' /C calc'!A0;;"
    send("a.csv", text(row, "=1+1;bad;;;;"))
    contact = Contact.objects.get()
    assert contact.company is not None
    assert contact.company.name == "=cmd|' /C calc'!A0"
    run = ImportRun.objects.get()
    assert "\r\n'=1+1;bad" in queries.refused_csv(run.id).decode("utf-8-sig")
