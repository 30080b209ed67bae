from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.db.utils import Error
from pytest_django import DjangoAssertNumQueries

from tactful.foundation.actions import record_audit
from tactful.foundation.models import Audit, AuditPayload
from tactful.foundation.sealing import first_break, seal

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 9, 7, 0, tzinfo=UTC)


def three_acts() -> None:
    for number in range(3):
        record_audit(
            actor=1, verb="contact.changed", subject=f"contact:{number}", now=NOW, body={"name": "Liv"}
        )


def test_a_chain_holds_and_grows() -> None:
    three_acts()
    assert seal(Audit) == 3
    three_acts()
    assert seal(Audit) == 3
    assert seal(Audit) == 0
    assert first_break(Audit) is None


def test_many_rows_are_sealed_at_once(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for _times in range(20):
        three_acts()
    with django_assert_max_num_queries(5):
        assert seal(Audit) == 60
    assert first_break(Audit) is None


def test_the_database_refuses_to_change_or_remove_a_row() -> None:
    three_acts()
    for change in ("UPDATE audit SET verb = 'x'", "DELETE FROM audit", "TRUNCATE audit CASCADE"):
        with pytest.raises(Error, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_one_altered_row_is_found_even_when_the_triggers_are_off() -> None:
    three_acts()
    seal(Audit)
    victim = Audit.objects.get(sealed_order=2)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit SET verb = 'nothing.happened' WHERE id = %s", [victim.id])
        cursor.execute("ALTER TABLE audit ENABLE TRIGGER USER")
    found = first_break(Audit)
    assert found is not None
    assert (found.row_id, found.order) == (victim.id, 2)


def test_erasing_personal_words_keeps_the_chain() -> None:
    three_acts()
    seal(Audit)
    AuditPayload.objects.all().delete()
    assert first_break(Audit) is None
