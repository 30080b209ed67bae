"""A whole file is taken back: all tables as they were, and whoever something has happened with stays."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tactful.contacts import actions
from tactful.contacts.actions import ContactError, undoing
from tactful.contacts.actions.importing import import_file
from tactful.contacts.models import (
    BasisSpell,
    Company,
    ConsentReceipt,
    Contact,
    ContactSpell,
    Identity,
    ImportRun,
    ImportTouch,
)
from tactful.contacts.rules.headings import guess_mapping
from tactful.contacts.rules.tables import read_table
from tactful.contacts.types import ColumnMapping, Declaration, ImportRequest, ListSource
from tactful.events.actions import record
from tactful.events.models import Event
from tactful.events.types import NewFact
from tactful.foundation.models import Audit
from tactful.inbox.actions.tasks import open_tasks
from tactful.inbox.types import NewTask
from tactful.wiring.holdings import HOLDINGS
from tactful.wiring.merging import merge
from tactful.wiring.undoing import STAYING, TIES, continue_undoing, preview

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 9, 7, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=2)
BY = 7
SALE = Declaration(ListSource.SALE, NOW.date(), True, "They bought.")
HEAD = "Navn;E-post;Telefon;Firma;Org.nr;Poststed;Etiketter;Språk;Samtykke\n"
#: What stays as evidence and as the account of what was done, and numbers that only ever grow.
RECORDS = {"consent_receipt", "import_run", "import_row", "event", "audit", "audit_payload"}


def bring(text: str, now: datetime = NOW, newer: bool = False, declared: Declaration = SALE) -> ImportRun:
    content = text.encode()
    table = read_table(content)
    guess = guess_mapping(table.header, table.rows)
    mapping = ColumnMapping(guess.columns, guess.date_order, guess.region, newer)
    return import_file(ImportRequest("kunder.csv", content, mapping, declared), acting_user=BY, now=now)


def take_back(run: ImportRun, now: datetime = LATER, size: int = 2000) -> ImportRun:
    actions.ask_undo(run.id, acting_user=BY, now=now)
    while actions.continue_undoing(TIES, now=now, size=size):
        pass
    run.refresh_from_db()
    return run


CLIENT = """to_jsonb(t) - 'gate_rev'
    || jsonb_build_object('pieces', (SELECT array_agg(each ORDER BY each) FROM unnest(t.pieces) AS each))"""


def everything() -> dict[str, list[Any]]:
    """All rows of all tables that speak of clients, but records and the tally of the gate. The pieces by
    which a client is searched have no order of their own."""
    found = {}
    tables = {each.table for each in HOLDINGS} | {"contact", "company", "household", "import_part"}
    with connection.cursor() as cursor:
        for table in sorted(tables - RECORDS):
            row = CLIENT if table == "contact" else "to_jsonb(t)"
            cursor.execute(f"SELECT r FROM (SELECT {row} AS r FROM {table} t) AS rows ORDER BY r::text")
            found[table] = cursor.fetchall()
    return found


def without_ended_grounds(state: dict[str, list[Any]], ended: set[int]) -> dict[str, list[Any]]:
    """Grounds that a file gave to clients who were here end: they are evidence, and not taken out."""
    kept = [row for row in state["basis_spell"] if _json(row)["id"] not in ended]
    return {**state, "basis_spell": kept}


def _json(row: Any) -> dict[str, Any]:
    return dict(json.loads(row[0]) if isinstance(row[0], str) else row[0])


BEFORE = f"""{HEAD}Kari Hansen;kari@hansen.example;;;;;;;
Ola Berg;;90000102;Berg AS;;Oslo;gull;;
Per Lie;per@lie.example;90000103;Lie Rør;;Bergen;sølv;nb;
"""
AFTER = f"""{HEAD}Kari Hansen;kari@hansen.example;90000101;Berg AS;914778271;Moss;ny, gull;nb;
Ola Berg;ola@berg.example;90000102;Nytt Firma;;Oslo;gull;;
Per Lie;per@lie.example;90000103;Annet AS;;Bodø;sølv;en;
Nina Vik;nina@vik.example;90000104;Vik AS;;Moss;ny;;
Nina Vik;nina@vik.example;90000105;Vik AS;;Moss;flere;;
Uten Adresse;;;;;;;;
"""


@pytest.mark.parametrize("newer", [False, True])
@pytest.mark.parametrize("size", [1, 2000])
def test_what_a_file_did_is_as_if_it_had_never_been(newer: bool, size: int) -> None:
    bring(BEFORE)
    state = everything()
    run = bring(AFTER, NOW + timedelta(days=1), newer)
    brought = everything()
    assert brought["contact"] != state["contact"]
    seen = preview(run)
    assert (seen.goes, seen.stays) == (1, {})
    take_back(run, size=size)
    ended = set(BasisSpell.objects.filter(to_at=LATER).values_list("id", flat=True))
    assert without_ended_grounds(everything(), ended) == state
    assert run.undone is not None
    assert (run.undone["removed"], run.undone["stayed"]) == (1, 0)
    assert run.undone["grounds"] == len(ended) == seen.grounds > 0
    assert ConsentReceipt.objects.filter(kind="taken_back", how="import_undone").count() == len(ended)
    assert run.undone["clients"] == seen.clients
    assert run.undone["fields"] >= seen.fields > 3
    assert Event.objects.filter(name="contact.removed").count() == 1
    assert Audit.objects.filter(verb="contacts.import_undone", subject=f"import:{run.id}").count() == 1


NAMES = st.sampled_from(["Kari Hansen", "Ola Berg", "Per Lie", "Hansen, Kari", "Eva Ås", "OLA BERG", ""])
MAILS = st.sampled_from(
    ["kari@hansen.example", "ola@berg.example", "PER@lie.example", "", "x", "ny@å.example"]
)
PHONES = st.sampled_from(["90000101", "90000102", "+47 900 00 103", "", "12", "99999999999999999"])
FIRMS = st.sampled_from(["", "Berg AS", "BERG as", "Lie & sønn", '=1+1"'.replace('"', "")])
NUMBERS = st.sampled_from(["", "914778271", "923609016"])
PLACES = st.sampled_from(["", "Oslo", "Moss", "Bodø"])
TAGS = st.sampled_from(["", "gull", "gull, ny", "sølv"])
TONGUES = st.sampled_from(["", "nb", "en"])
NO = st.just("")
ROWS = st.tuples(NAMES, MAILS, PHONES, FIRMS, NUMBERS, PLACES, TAGS, TONGUES, NO).map(";".join)
FILES = st.lists(ROWS, min_size=1, max_size=8).map(lambda rows: HEAD + "\n".join(rows) + "\n")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=FILES, after=FILES, newer=st.booleans(), size=st.integers(1, 3))
def test_any_file_after_any_file_leaves_no_trace(before: str, after: str, newer: bool, size: int) -> None:
    with transaction.atomic():
        bring(before)
        state = everything()
        run = bring(after, NOW + timedelta(days=1), newer)
        counts = dict(run.counts)
        take_back(run, size=size)
        ended = set(BasisSpell.objects.filter(to_at=LATER).values_list("id", flat=True))
        assert without_ended_grounds(everything(), ended) == state
        again = bring(after, NOW + timedelta(days=3), newer)
        assert again.counts == counts  # the same file comes in as it did the first time
        transaction.set_rollback(True)


def _task(ident: int) -> None:
    open_tasks([NewTask(kind="call", code="x", dedupe_key="x", contact_id=ident)], now=LATER)


def _edit(ident: int) -> None:
    actions.update_contact(ident, {"name": "Nina Viken"}, acting_user=BY, now=LATER)


def _merge(ident: int) -> None:
    other = Contact.objects.get(name="Kari Hansen")
    merge(ident, other.id, acting_user=BY, now=LATER)


def _second_file(_ident: int) -> None:
    bring(HEAD + "Nina Vik;nina@vik.example;;;;;;;\n", LATER)


def _fact_alone(ident: int) -> None:
    record([NewFact("contact.objection_corrected", ident, {})], now=LATER)


def _flag(ident: int) -> None:
    actions.set_flag(ident, "flag", "bereaved", acting_user=BY, now=LATER)


@pytest.mark.parametrize(
    ("happens", "code"),
    [
        (_task, "task"),
        (_edit, "changed"),
        (_merge, "merged"),
        (_second_file, "other_file"),
        (_flag, "changed"),
        (_fact_alone, "changed"),
    ],
)
def test_with_whom_something_has_happened_stays(happens: Callable[[int], None], code: str) -> None:
    bring(BEFORE)
    run = bring(AFTER, NOW + timedelta(hours=1))
    nina = Identity.objects.get(value="nina@vik.example").contact_id
    happens(nina)
    assert code in preview(run).stays[nina]
    take_back(run, LATER + timedelta(hours=1))
    assert Contact.objects.filter(id=nina).exists()
    assert Identity.objects.filter(contact_id=nina, value="nina@vik.example").exists()
    assert Company.objects.filter(name="Vik AS").exists()
    assert run.undone is not None
    assert (run.undone["removed"], run.undone["stayed"]) == (0, 1)


def test_what_somebody_has_written_since_stays_and_the_rest_goes_back() -> None:
    bring(BEFORE)
    run = bring(AFTER, NOW + timedelta(hours=1), newer=True)
    per = Contact.objects.get(name="Per Lie")
    assert (per.attributes["city"], per.language) == ("Bodø", "en")
    bring(HEAD + "Per Lie;per@lie.example;;;;Vadsø;;;\n", NOW + timedelta(hours=2), newer=True)
    take_back(run)
    per.refresh_from_db()
    assert (per.attributes["city"], per.language) == ("Vadsø", "nb")
    assert per.company is not None
    assert per.company.name == "Lie Rør"
    cities = ContactSpell.objects.running().filter(contact=per, kind="attribute", key="city")
    assert [spell.value for spell in cities] == ["Vadsø"]


def test_a_no_that_the_file_brought_stays() -> None:
    bring(BEFORE)
    run = bring(HEAD + "Kari Hansen;kari@hansen.example;;;;;;;nei\n", NOW + timedelta(hours=1))
    kari = Contact.objects.get(name="Kari Hansen")
    flags = ContactSpell.objects.running().filter(contact=kari, key="objected:marketing")
    assert flags.count() == 1
    take_back(run)
    assert flags.count() == 1
    assert not BasisSpell.objects.running().filter(
        contact=kari, purpose="marketing", kind="existing_customer"
    )


def test_a_second_click_says_that_it_was_done_and_changes_nothing() -> None:
    run = bring(AFTER)
    take_back(run)
    state = everything()
    with pytest.raises(ContactError, match="taken back already"):
        actions.ask_undo(run.id, acting_user=BY, now=LATER)
    assert not continue_undoing(LATER)
    assert everything() == state


def test_after_thirty_days_or_without_its_traces_it_is_too_late() -> None:
    run = bring(AFTER)
    with pytest.raises(ContactError, match="too long ago"):
        actions.ask_undo(run.id, acting_user=BY, now=NOW + timedelta(days=31))
    run.parts.all().delete()
    with pytest.raises(ContactError, match="read before"):
        actions.ask_undo(run.id, acting_user=BY, now=LATER)


def test_a_kill_in_the_middle_leaves_the_rest_for_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f"Navn Nr{n};n{n}@vik.example;;;;;;;\n" for n in range(5))
    state = everything()
    run = bring(HEAD + rows)
    actions.ask_undo(run.id, acting_user=BY, now=LATER)
    assert actions.continue_undoing(TIES, now=LATER, size=2)
    assert Contact.objects.count() == 3

    def killed(*_args: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(undoing, "_count", killed)
        with pytest.raises(KeyboardInterrupt):
            actions.continue_undoing(TIES, now=LATER, size=2)
    assert Contact.objects.count() == 3
    while continue_undoing(LATER):
        pass
    run.refresh_from_db()
    assert run.undone is not None
    assert (run.undone["removed"], run.undone_at) == (5, LATER)
    assert everything() == state
    assert not ImportTouch.objects.exists()


def test_every_table_that_names_a_contact_holds_goes_or_stays() -> None:
    told = {tie.table for tie in TIES.holding} | {table for table, _ in TIES.going} | set(STAYING)
    assert {each.table for each in HOLDINGS} == told
    names = {model._meta.db_table for model in apps.get_models()}
    assert told <= names
