"""What makes the import quick must not make it wrong: rows read ahead, firms by their key, copies behind."""

import sys
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from tactful.contacts import actions
from tactful.contacts.actions._import_ahead import Batch, ReadAhead, cleaned
from tactful.contacts.migrations import __name__ as migrations
from tactful.contacts.models import Company, Contact, Identity, ImportRun
from tactful.contacts.rules.headings import guess_mapping
from tactful.contacts.rules.names import company_key
from tactful.contacts.rules.tables import read_table
from tactful.contacts.types import ImportRequest, NewContact
from tactful.foundation.copying import GIVE_WAY, Column, copy_columns, copying
from tactful.foundation.ids import new_ids

NOW = datetime(2026, 4, 9, 7, 0, tzinfo=UTC)
TODAY = date(2026, 4, 9)
FILE = "Navn;E-post;Firma;Orgnr\n"


def send(*rows: str) -> ImportRun:
    content = (FILE + "\n".join(rows)).encode()
    return actions.import_file(ImportRequest("a.csv", content), acting_user=None, now=NOW)


def test_rows_read_ahead_are_used_for_their_own_batch_only() -> None:
    table = read_table((FILE + "Kari Vik;k@x.example;;\nOla Dal;o@x.example;;\n").encode())
    mapping = guess_mapping(table.header, table.rows)
    ahead, run, other = ReadAhead(), ImportRun(id=1), ImportRun(id=2)
    ahead.read(run, table, Batch(1, 1), mapping, TODAY)
    for whose, batch, today in (
        (run, Batch(1, 1), TODAY), (run, Batch(0, 1), TODAY), (other, Batch(0, 2), TODAY),
        (other, Batch(0, 2), date(2027, 1, 1)), (run, Batch(2, 1), TODAY),
    ):  # fmt: skip
        assert ahead.rows(whose, table, batch, mapping, today) == cleaned(table, batch, mapping, today)


@pytest.mark.django_db
def test_a_firm_is_found_however_it_is_spelled_and_whoever_wrote_it() -> None:
    actions.create_contact(
        NewContact("Per Ås", mails=("per@x.example",), company="«Kafé» Kråka AS"), acting_user=None, now=NOW
    )
    long_name = "ﬃ" * 200  # three letters each, when it is compared
    send(
        "Kari Vik;k@x.example;KAFÉ KRÅKA;", "Ola Dal;o@x.example;Kafé-Kråka AS;974760673",
        f"Liv Lie;l@x.example;{long_name};",
    )  # fmt: skip
    send("Åse Lie;a@x.example;Et annet navn;974760673", f"Jon Lie;j@x.example;{long_name};")
    assert Company.objects.count() == 2
    kraaka = Company.objects.get(org_number="974760673")
    assert set(kraaka.contact_set.values_list("name", flat=True)) == {
        "Per Ås",
        "Kari Vik",
        "Ola Dal",
        "Åse Lie",
    }
    assert {company.key for company in Company.objects.all()} == {"kafé kråka", "ffi" * 66 + "ff"}


@pytest.mark.django_db
def test_a_client_from_before_gets_a_firm_that_is_new() -> None:
    send("Kari Vik;k@x.example;;")
    run = send("Kari Vik;k@x.example;Fjord AS;974760673", "Ola Dal;o@x.example;Fjord AS;")
    assert (run.counts["updated"], run.counts["created"]) == (1, 1)
    firm = Company.objects.get()
    assert firm.org_number == "974760673"
    assert set(firm.contact_set.values_list("name", flat=True)) == {"Kari Vik", "Ola Dal"}


@pytest.mark.django_db
def test_firms_from_before_get_their_key() -> None:
    from importlib import import_module  # noqa: PLC0415, a name that begins with a digit

    names = [f"Firma «{number}» AS" for number in range(5)]
    Company.objects.bulk_create([Company(name=name) for name in names])
    migration: Any = import_module(f"{migrations}.0007_import_speed")
    migration.BATCH = 2
    migration.name_keys(apps, None)
    assert {company.key for company in Company.objects.all()} == {company_key(name) for name in names}


def identities(owner: int, *values: str) -> list[Column]:
    count = len(values)
    return [
        ("id", "bigint", new_ids(count)), ("contact_id", "bigint", [owner] * count),
        ("kind", "text", ["email"] * count), ("value", "text", values), ("shown", "text", values),
        ("is_primary", "boolean", [True] * count), ("added_at", "timestamptz", [NOW] * count),
    ]  # fmt: skip


def copy_each(given: list[list[Column]]) -> None:
    with transaction.atomic(), copying() as behind:
        for columns in given:
            behind.copy("identity", columns)


@pytest.mark.django_db
def test_what_goes_wrong_behind_is_told_and_undoes_all() -> None:
    owner = Contact.objects.create(name="Kari", sort_key="kari", created_at=NOW).id
    copy_columns("identity", identities(owner, "taken@x.example"))
    with pytest.raises(IntegrityError):
        copy_each(
            [identities(owner, name) for name in ("new@x.example", "taken@x.example", "more@x.example")]
        )
    assert list(Identity.objects.values_list("value", flat=True)) == ["taken@x.example"]
    copy_each([identities(owner), identities(owner, "new@x.example")])
    assert Identity.objects.count() == 2


@pytest.mark.django_db
def test_the_thread_that_sends_gets_python_at_once_and_afterwards_all_is_as_usual() -> None:
    usual = sys.getswitchinterval()
    with transaction.atomic(), copying():
        assert sys.getswitchinterval() == pytest.approx(GIVE_WAY)
    assert sys.getswitchinterval() == usual


@pytest.mark.django_db
def test_search_words_that_are_copied_are_those_that_are_made_anew() -> None:
    from tactful.contacts.actions._writing import refresh_search  # noqa: PLC0415

    def found() -> list[tuple[object, list[int]]]:
        rows = Contact.objects.order_by("id").values_list("search", "pieces")
        return [(words, sorted(pieces)) for words, pieces in rows]

    send("Bjørg O'Brien Ågotnes;bjorg.a-b@åsane.example;Kafé \\ Kråka;", "李 Wei;w@x.example;;")
    copied = found()
    assert "'o''brien'" in str(copied[0][0])
    refresh_search(list(Contact.objects.values_list("id", flat=True)))
    assert found() == copied
