"""Files, limits, secrets and the log of what people did, against somebody who means harm."""

from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.conf import LazySettings
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.foundation import files
from tactful.foundation.actions import record_audit
from tactful.foundation.limits import Limit, attempt, forget_old_attempts
from tactful.foundation.models import Audit, AuditPayload, RateWindow, SecretValue
from tactful.foundation.sealing import first_altered_payload, first_break, seal
from tactful.foundation.secrets import get_secret, put_secret
from tactful.testing.fixtures import CommittedDatabase

NOW = datetime(2026, 4, 9, 9, tzinfo=UTC)


def note(verb: str = "task.done", **body: object) -> None:
    record_audit(actor=1, verb=verb, subject="task:1", now=NOW, body=body)


@pytest.mark.parametrize(
    "stored", ["", "../../etc/passwd", "/etc/passwd", "A" * 32, "0" * 31, "0" * 33, "0" * 30 + "/."]
)
def test_only_names_of_our_own_making_lead_to_a_file(stored: str) -> None:
    with pytest.raises(FileNotFoundError):
        files.path_of(stored)


def test_a_file_is_ours_alone_and_two_of_a_kind_are_two(tmp_path: Path, settings: LazySettings) -> None:
    settings.FILES_ROOT = tmp_path / "files"
    one, two = files.keep(b"%PDF-1.7"), files.keep(b"%PDF-1.7")
    assert one.stored != two.stored
    assert one.sha256 == two.sha256
    path = files.path_of(one.stored)
    modes = [each.stat().st_mode & 0o777 for each in (path, path.parent, tmp_path / "files")]
    assert modes == [0o600, 0o700, 0o700]
    files.drop(one.stored)
    assert not path.exists()


@given(st.text(max_size=400))
def test_a_shown_name_is_short_on_one_line_and_without_a_path(given: str) -> None:
    name = files.shown_name(given)
    assert 0 < len(name) <= files.LONGEST_NAME
    assert not set(name) & set("/\\\r\n\0\u202e\u200b\u2028")
    assert files.shown_name(name) == name


def test_limits_count_for_each_and_forget_nothing_that_is_young(db: None) -> None:
    limit = Limit("test", 2, 86_400)
    assert [attempt(limit, "kari") for _ in range(3)] == [True, True, False]
    assert attempt(limit, "ola")
    assert attempt(Limit("other", 2, 86_400), "kari")
    assert b"kari" not in b"".join(bytes(key) for key in RateWindow.objects.values_list("key", flat=True))
    assert forget_old_attempts() == 0
    RateWindow.objects.update(begins_at=NOW.replace(year=2020))
    assert forget_old_attempts() == 3


def test_a_secret_rests_unreadable_and_is_empty_under_another_key(db: None) -> None:
    put_secret("account:1:password", "hunter2")
    assert b"hunter2" not in bytes(SecretValue.objects.get().box)
    assert get_secret("account:1:password") == "hunter2"
    SecretValue.objects.update(box=b"made up")
    assert (get_secret("account:1:password"), get_secret("nobody")) == ("", "")


def test_one_altered_word_is_found_and_erased_words_are_no_alteration(db: None) -> None:
    note(answer="yes", nothing="a\0b")
    note(answer="no")
    seal(Audit)
    assert (first_break(Audit), first_altered_payload()) == (None, None)
    first, second = AuditPayload.objects.order_by("audit_id")
    first.delete()
    assert first_altered_payload() is None
    AuditPayload.objects.filter(audit=second.audit_id).update(body={"answer": "yes"})
    assert first_altered_payload() == second.audit_id


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 2",
        "UPDATE audit SET verb = 'nothing'",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "ALTER TABLE audit DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_is_final ON audit",
        "SET session_replication_role = replica",
        "UPDATE consent_receipt SET kind = 'consent'; SELECT 1/count(*) FROM consent_receipt",
    ],
)
def test_the_application_cannot_change_or_empty_the_log(
    committed_db: CommittedDatabase, statement: str
) -> None:
    note()
    seal(Audit)
    with psycopg.connect(committed_db.url, autocommit=True) as intruder, pytest.raises(psycopg.Error):
        intruder.execute(statement)
    assert first_break(Audit) is None
    assert Audit.objects.count() == 1


def test_the_application_may_seal_and_not_more(committed_db: CommittedDatabase) -> None:
    if "tactful_owner" in committed_db.url:
        pytest.skip("This server has no role of the application.")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_column_privilege('audit', 'seal', 'UPDATE'),"
            " has_column_privilege('audit', 'verb', 'UPDATE'),"
            " has_table_privilege('audit', 'DELETE'), has_table_privilege('audit', 'INSERT')"
        )
        assert cursor.fetchone() == (True, False, False, True)


def test_many_kinds_of_facts_at_once_are_all_told(db: None) -> None:
    """A notification of PostgreSQL is shorter than these names together."""
    names = [f"{'æ' * 70}{number}" for number in range(200)]
    assert len(record([NewFact(name, None) for name in names], now=NOW)) == 200
