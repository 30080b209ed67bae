"""What foreign keys promised, triggers keep: no row of nobody, and nobody goes of whom a row speaks."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from threading import Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from tactful.contacts.models import BasisSpell, Company, Contact, ContactSpell, Identity
from tactful.foundation import pg
from tactful.foundation.copying import Column, copy_columns
from tactful.foundation.ids import new_id, new_ids

NOW = datetime(2026, 4, 9, 7, 0, tzinfo=UTC)
SPELL = {"from_at": NOW, "recorded_at": NOW}


def kari() -> Contact:
    return Contact.objects.create(name="Kari", sort_key="kari", created_at=NOW)


def rows_of(contact_id: int) -> list[models.Model]:
    return [
        Identity(contact_id=contact_id, kind="email", value=f"{contact_id}@x.example", added_at=NOW),
        ContactSpell(contact_id=contact_id, kind="tag", key="vip", **SPELL),
        BasisSpell(contact_id=contact_id, purpose="service", channel="mail", kind="contract", **SPELL),
    ]


@contextmanager
def whole() -> Iterator[None]:
    """A transaction that is looked at as at its end."""
    with transaction.atomic():
        yield
        connection.check_constraints()


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(IntegrityError), whole():
        yield


@pytest.mark.django_db
@pytest.mark.parametrize("which", range(3))
def test_a_row_names_a_client_who_is_there(which: int) -> None:
    with refused():
        rows_of(new_id())[which].save()
    row: Any = rows_of(kari().id)[which]
    row.save()
    with refused():
        type(row).objects.filter(id=row.id).update(contact_id=new_id())


@pytest.mark.django_db
def test_a_client_names_a_firm_that_is_there() -> None:
    with refused():
        Contact.objects.create(name="Kari", sort_key="kari", created_at=NOW, company_id=new_id())
    contact = kari()
    with refused():
        Contact.objects.filter(id=contact.id).update(company_id=new_id())
    firm = Company.objects.create(name="Fjord")
    Contact.objects.filter(id=contact.id).update(company=firm)
    Contact.objects.filter(id=contact.id).update(company=None)


@pytest.mark.django_db
def test_nobody_hides_among_many() -> None:
    owner, count = kari().id, 50
    ids = new_ids(count)
    owners = [owner] * (count - 1) + [new_id()]
    columns: list[Column] = [
        ("id", "bigint", ids), ("contact_id", "bigint", owners), ("kind", "text", ["tag"] * count),
        ("key", "text", [str(ident) for ident in ids]), ("from_at", "timestamptz", [NOW] * count),
        ("recorded_at", "timestamptz", [NOW] * count),
    ]  # fmt: skip
    with refused():
        copy_columns("contact_spell", columns)
    assert not ContactSpell.objects.exists()


class Regretted(Exception):
    pass


def regretted() -> Contact:
    """Made, and taken back, within a transaction that goes on."""
    with suppress(Regretted), transaction.atomic():
        contact = kari()
        raise Regretted
    return contact


@pytest.mark.django_db
@pytest.mark.parametrize("which", range(3))
def test_whom_the_transaction_itself_has_made_may_be_named_as_long_as_they_are_there(which: int) -> None:
    with whole():
        rows_of(kari().id)[which].save(force_insert=True)
    with refused():
        gone = kari()
        Contact.objects.filter(id=gone.id).delete()
        rows_of(gone.id)[which].save(force_insert=True)
    with refused():
        never = regretted()
        rows_of(never.id)[which].save(force_insert=True)
    with refused():
        one = kari()
        Contact.objects.filter(id=one.id).update(name="Kari Vik")
        row: Any = rows_of(one.id)[which]
        type(row).objects.bulk_create([row, rows_of(new_id())[which]])


@pytest.mark.django_db
@pytest.mark.parametrize("which", range(3))
def test_a_client_of_whom_a_row_speaks_stays(which: int) -> None:
    contact = kari()
    row = rows_of(contact.id)[which]
    row.save()
    with refused(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM contact WHERE id = %s", [contact.id])
    with refused(), connection.cursor() as cursor:
        cursor.execute("UPDATE contact SET id = %s WHERE id = %s", [new_id(), contact.id])
    with whole(), connection.cursor() as cursor:  # in any order, when all go
        cursor.execute("DELETE FROM contact WHERE id = %s", [contact.id])
        row.delete()


@pytest.mark.django_db
def test_a_firm_with_people_in_it_stays() -> None:
    firm = Company.objects.create(name="Fjord")
    Contact.objects.create(name="Kari", sort_key="kari", created_at=NOW, company=firm)
    with refused(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM company")
    firm.delete()  # Django empties the column first
    assert Contact.objects.get().company_id is None


@pytest.mark.usefixtures("committed_db")
@pytest.mark.parametrize("which", range(3))
def test_who_writes_a_row_holds_its_client_until_the_end(which: int) -> None:
    """Somebody who deletes the client at the same time waits, looks again, and is refused."""
    contact = kari()
    told: list[BaseException] = []

    def delete() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM contact WHERE id = %s", [contact.id])
        except IntegrityError as error:
            told.append(error)
        finally:
            connection.close()

    other = Thread(target=delete)
    with transaction.atomic():
        rows_of(contact.id)[which].save(force_insert=True)
        other.start()
        wait_for_a_lock()
    other.join(20)
    assert [type(error) for error in told] == [IntegrityError]
    assert Contact.objects.filter(id=contact.id).exists()


def wait_for_a_lock() -> None:
    with connection.cursor() as cursor:
        waits = 0
        while not waits:
            cursor.execute(
                "SELECT pg_stat_clear_snapshot(), count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            waits = cursor.fetchone()[1]


def tags_of(contacts: list[int]) -> list[Column]:
    count = len(contacts)
    return [
        ("id", "bigint", new_ids(count)), ("contact_id", "bigint", contacts),
        ("kind", "text", ["tag"] * count), ("key", "text", ["vip"] * count),
        ("from_at", "timestamptz", [NOW] * count), ("recorded_at", "timestamptz", [NOW] * count),
    ]  # fmt: skip


@pytest.mark.django_db
def test_many_rows_after_few_are_not_each_compared_with_all() -> None:
    """A plan that was made for a short file, and is kept as a worker keeps plans, must do for a long one."""
    pg.tune()
    for count in (1_000, 12_000):
        ids = new_ids(count)
        Contact.objects.bulk_create(
            [Contact(id=ident, name="Kari", sort_key="kari", created_at=NOW) for ident in ids]
        )
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '4s'")  # a hundred times what it takes
            copy_columns("contact_spell", tags_of(ids))
            cursor.execute("RESET statement_timeout")
    assert ContactSpell.objects.count() == 13_000
