"""A long file is read batch by batch: the same end, restarts included, and nothing left lying about."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tactful.contacts import actions
from tactful.contacts.actions import ContactError, _import_batch, importing
from tactful.contacts.models import (
    Company,
    Contact,
    ContactSpell,
    Identity,
    ImportRow,
    ImportRun,
    WaitingFile,
)
from tactful.contacts.rules.headings import guess_mapping
from tactful.contacts.rules.tables import read_table
from tactful.contacts.types import BEGAN, ColumnMapping, ImportRequest
from tactful.foundation import pg
from tactful.foundation.files import path_of
from tactful.foundation.models import Audit, Role, User

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 9, 7, 0, tzinfo=UTC)
EXAMPLES = Path(__file__).parents[4] / "examples"
FILES = sorted(file.name for file in EXAMPLES.glob("*.csv"))


@pytest.fixture(autouse=True)
def store(settings: LazySettings, tmp_path: Path) -> Iterator[None]:
    settings.FILES_ROOT = tmp_path / "files"
    yield
    importing._table.cache_clear()


def begin(content: bytes, mapping: ColumnMapping | None = None, by: int | None = None) -> ImportRun:
    stored = actions.put_aside(content, acting_user=by, now=NOW)
    return actions.begin_import(
        ImportRequest("kunder.csv", content, mapping), stored, acting_user=by, now=NOW
    )


def read_on(size: int) -> int:
    rounds = 0
    while actions.continue_imports(now=NOW, size=size):
        rounds += 1
    return rounds


def rows_of(run: ImportRun) -> list[tuple[object, ...]]:
    rows = ImportRow.objects.filter(run=run).order_by("number")
    return list(rows.values_list("number", "outcome", "raw", "reasons", "contact__name"))


def house() -> list[object]:
    """Everything that an import writes, without ids."""
    return [
        sorted(
            Contact.objects.values_list("name", "given_name", "sort_key", "language", "company__name"),
            key=str,
        ),
        sorted(
            (
                (name, attributes, words, sorted(pieces))
                for name, attributes, words, pieces in Contact.objects.values_list(
                    "name", "attributes", "search", "pieces"
                )
            ),
            key=str,
        ),
        sorted(Identity.objects.values_list("contact__name", "kind", "value", "is_primary"), key=str),
        sorted(Company.objects.values_list("name", "org_number"), key=str),
        sorted(details().items(), key=str),
    ]


def details() -> dict[tuple[str, str, str], object]:
    """What the running spells say, however many of them there are; the firms have ids."""
    found: dict[tuple[str, str, str], object] = {}
    rows = ContactSpell.objects.running().exclude(kind="company").order_by("from_at", "id")
    for name, kind, key, value in rows.values_list("contact__name", "kind", "key", "value"):
        if kind == BEGAN:
            found |= {(name, "attribute", each): said for each, said in value["attributes"].items()}
        else:
            found[name, kind, key] = value
    return found


def empty() -> None:
    for model in (ImportRun, ContactSpell, Contact, Company):
        model.objects.all().delete()


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_many_batches_end_as_one(size: int) -> None:
    whole = []
    for name in FILES:
        run = actions.import_file(
            ImportRequest("kunder.csv", (EXAMPLES / name).read_bytes()), acting_user=None, now=NOW
        )
        whole.append((run.counts, rows_of(run)))
    expected = house()
    empty()
    for name, (counts, rows) in zip(FILES, whole, strict=True):
        run = begin((EXAMPLES / name).read_bytes())
        assert read_on(size) == -(-run.total // size)
        run.refresh_from_db()
        assert (run.counts, run.done, run.error, run.finished_at) == (counts, run.total, "", NOW)
        assert rows_of(run) == rows
    assert house() == expected


people = st.sampled_from(["Kari Hansen", "K. Hansen", "Ola Vik", "Kari Vik"])
mails = st.sampled_from(["", "kari@x.example", "ola@x.example", "post@x.example", "kari at x"])
phones = st.sampled_from(["", "412 00 137", "41200138", "+47 41 20 01 39"])
towns = st.sampled_from(["", "Bergen", "Oslo"])


@given(rows=st.lists(st.tuples(people, mails, phones, towns), min_size=1, max_size=8), newer=st.booleans())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_where_a_batch_ends_makes_no_difference(rows: list[tuple[str, ...]], newer: bool) -> None:
    lines = "\n".join(";".join(row) for row in rows)
    content = f"Navn;E-post;Telefon;Sted\nPer Ås;per@x.example;;Voss\n{lines}".encode()
    table = read_table(content)
    guessed = guess_mapping(table.header, table.rows)
    mapping = ColumnMapping(guessed.columns, guessed.date_order, "NO", prefer_file=newer)
    empty()
    run = actions.import_file(ImportRequest("kunder.csv", content, mapping), acting_user=None, now=NOW)
    one, expected = [row[:3] for row in rows_of(run)], house()
    empty()
    run = begin(content, mapping)
    read_on(1)
    assert [row[:3] for row in rows_of(run)] == one
    assert house() == expected
    begin(content, mapping)
    read_on(2)
    assert house() == expected


def test_a_restart_goes_on_behind_the_last_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker dies in the middle of a batch: it is rolled back whole, and read again."""
    run = begin((EXAMPLES / FILES[0]).read_bytes())
    assert actions.continue_imports(now=NOW, size=5)
    before = house()

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(_import_batch, "_tell", dies)
        with pytest.raises(KeyboardInterrupt):
            actions.continue_imports(now=NOW, size=5)
    importing._table.cache_clear()  # as in a new process
    run.refresh_from_db()
    assert (run.done, house()) == (5, before)
    read_on(5)
    run.refresh_from_db()
    assert (run.done, run.finished_at) == (run.total, NOW)
    assert ImportRow.objects.filter(run=run).count() == run.total


def test_only_the_last_batch_waits_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def notify(_names: set[str]) -> None:
        row = pg.one("SHOW synchronous_commit")
        assert row is not None
        told.append(row[0])
        pg.run("SET LOCAL synchronous_commit = 'on'")  # the test's own transaction lasts longer than a batch

    monkeypatch.setattr(_import_batch, "notify", notify)
    begin(b"Navn;E-post\nKari;k@x.example\nOla;o@x.example\nLiv;l@x.example\n")
    read_on(2)
    assert told == ["off", "on"]


def test_a_batch_that_fails_again_and_again_ends_the_run_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    run = begin((EXAMPLES / FILES[0]).read_bytes())
    actions.continue_imports(now=NOW, size=5)

    def broken(*_: object) -> None:
        raise IntegrityError("two at once")

    monkeypatch.setattr(_import_batch, "_tell", broken)
    assert read_on(5) == importing.TRIES
    run.refresh_from_db()
    assert (run.error, run.done, ImportRow.objects.filter(run=run).count()) == ("run.broken", 5, 5)


def test_one_bad_file_stops_no_other() -> None:
    first, second = begin(b"Navn;E-post\nKari;k@x.example\n"), begin(b"Navn;E-post\nOla;o@x.example\n")
    path_of(first.stored).unlink()
    read_on(10)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.error, second.error) == ("run.gone", "")
    assert second.counts["created"] == 1


def test_a_batch_needs_the_same_number_of_queries_however_many_rows() -> None:
    rows = "\n".join(f"Kari Nr{n};kari{n}@x.example" for n in range(600))
    run = begin(f"Navn;E-post\n{rows}".encode())
    counts = []
    for size in (50, 500):
        with CaptureQueriesContext(connection) as caught:
            actions.continue_imports(now=NOW, size=size)
        counts.append(len(caught))
    run.refresh_from_db()
    assert run.done == 550
    assert counts[0] >= counts[1] - 2


def test_a_person_s_import_is_in_the_audit_log_once() -> None:
    owner = User.objects.add(email="kari@fjord.example", name="Kari", role=Role.OWNER)
    run = begin((EXAMPLES / FILES[0]).read_bytes(), by=owner.id)
    read_on(10)
    assert Audit.objects.filter(verb="contacts.imported", subject=f"import:{run.id}").count() == 1


def test_files_that_nobody_brings_in_are_swept_after_a_day() -> None:
    old = actions.put_aside(b"Navn;E-post\n", acting_user=1, now=NOW)
    fresh = actions.put_aside(b"Navn;E-post\n", acting_user=1, now=NOW + timedelta(hours=2))
    being_read = begin(b"Navn;E-post\nKari;k@x.example\n").stored
    assert actions.sweep_waiting_files(now=NOW + timedelta(hours=23)) == 0
    assert actions.sweep_waiting_files(now=NOW + timedelta(hours=25)) == 1
    assert [path_of(name).exists() for name in (old, fresh, being_read)] == [False, True, True]
    read_on(10)
    assert not path_of(being_read).exists()
    assert list(WaitingFile.objects.values_list("stored", flat=True)) == [fresh]


def test_a_file_that_was_swept_cannot_be_brought_in() -> None:
    content = b"Navn;E-post\nKari;k@x.example\n"
    stored = actions.put_aside(content, acting_user=1, now=NOW)
    actions.sweep_waiting_files(now=NOW + timedelta(days=2))
    with pytest.raises(ContactError, match="no longer here"):
        actions.begin_import(ImportRequest("a.csv", content), stored, acting_user=1, now=NOW)
    assert not ImportRun.objects.exists()
