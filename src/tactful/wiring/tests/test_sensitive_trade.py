"""R91: where clients write about their health, neither topic nor sentiment is kept, only hold or no hold."""

import pytest
from django.db import connection

from tactful.foundation import pg
from tactful.foundation.actions import change_settings
from tactful.gate.types import GateSettings
from tactful.inbox.models import Task
from tactful.inbox.queries import talks_at
from tactful.wiring.reactor import run_all
from tactful.wiring.tests.cast import Cast

SAID = (
    "Jeg er innlagt på sykehuset og må vente med timen. Hva gjør jeg?",
    "Dette er helt uakseptabelt, jeg vil klage på behandlingen!",
    "Jeg er bekymret og har ikke fått svar på spørsmålet mitt.",
    "Jeg har fått kreft.",
)
FINDINGS = (
    "complaint", "sensitive", "negative",
    "sykehus", "innlagt", "uakseptabelt", "klage", "bekymret", "ikke fått svar", "kreft",
)  # fmt: skip
"""What a detector says of them, and the words by which it knows."""
OWN_WORDS = {("entry", "text"), ("entry", "full_text"), ("entry", "html"), ("inbound_raw", "raw")}
"""The mail itself, as the client has written it."""
OURS = {("staff",), ("template_version",), ("journey_version",), ("touchpoint",)}


def found_in_the_database() -> set[tuple[str, str, str]]:
    """(table, column, finding) of every text, JSON and search column of every table."""
    columns = pg.many(
        """SELECT c.table_name, c.column_name FROM information_schema.columns c
        JOIN information_schema.tables t USING (table_schema, table_name)
        WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
            AND (c.data_type IN ('text', 'character varying', 'json', 'jsonb', 'tsvector', 'ARRAY'))""",
        [],
    )
    hits = set()
    for table, column in columns:
        if (table, column) in OWN_WORDS or (table,) in OURS:
            continue
        for finding in FINDINGS:
            sql = f'SELECT count(*) FROM "{table}" WHERE lower("{column}"::text) LIKE %s'
            (count,) = pg.one(sql, [f"%{finding}%"]) or (0,)
            if count:
                hits.add((table, column, finding))
    return hits


def listen(cast: Cast, trade: str) -> set[tuple[str, str, str]]:
    change_settings(values={"trade": trade}, acting_user=None, now=cast.now)
    before = found_in_the_database()
    for words in SAID:
        cast.writes(words)
    run_all(cast.now)
    return found_in_the_database() - before


def test_no_column_of_the_database_says_what_it_was_about(cast: Cast) -> None:
    assert listen(cast, "health") == set()
    tasks = Task.objects.filter(subject_kind="conversation")
    assert {(task.code, task.params["evidence"]) for task in tasks} == {("answer", "")}


def test_automation_is_quiet_all_the_same(cast: Cast) -> None:
    listen(cast, "health")
    ident = cast.liv.id
    kinds = {talk.kind for talk in talks_at([ident], cast.now, GateSettings().mood_days)[ident]}
    assert {"conversation", "question", "hold"} == kinds


@pytest.mark.parametrize("trade", ["accounting", ""])
def test_the_search_would_find_it(cast: Cast, trade: str) -> None:
    tables = {(table, column) for table, column, _ in listen(cast, trade)}
    assert {("talk_spell", "kind"), ("task", "params"), ("event", "name")} <= tables
    assert connection.vendor == "postgresql"
