"""Every table that knows something of clients says what becomes of it when one of them is erased (R75)."""

import pytest
from django.apps import apps

from tactful.wiring.erasing_steps import BESIDE, STEPS, Emptied, Gone, Stays
from tactful.wiring.personal_data import SECTIONS
from tests.architecture.test_personal_data import nowhere, wordy

HELD = {each.table for section in SECTIONS for each in section.tables}
TABLES = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


def test_every_table_of_clients_stands_there_once() -> None:
    named = [step.table for step in STEPS]
    assert len(named) == len(set(named))
    assert HELD - set(named) == set(), "what becomes of it when the client is erased? say so"
    assert set(named) - HELD == BESIDE
    assert set(nowhere()) >= BESIDE


@pytest.mark.parametrize(
    "step", [step for step in STEPS if isinstance(step, Emptied)], ids=lambda step: step.table
)
def test_a_row_that_stays_loses_every_word_or_says_why_not(step: Emptied) -> None:
    columns = {str(field.column) for field in TABLES[step.table]._meta.concrete_fields}
    assert set(step.sets) | set(step.keeps) <= columns
    assert not set(step.sets) & set(step.keeps)
    left = wordy(TABLES[step.table]) - set(step.sets) - set(step.keeps)
    assert left - {"contact_id", "shelf"} == set(), "could it hold their words? empty it, or say why not"
    assert all(step.keeps.values())


def test_whatever_stays_has_a_reason() -> None:
    assert all(step.why for step in STEPS if isinstance(step, Stays))


def test_rows_go_before_those_they_hang_on() -> None:
    """By the keys that the database enforces; and what is found by an identity before it goes."""
    order = {step.table: place for place, step in enumerate(STEPS) if isinstance(step, Gone)}
    for table, place in order.items():
        for field in TABLES[table]._meta.concrete_fields:
            related = field.related_model
            if related is None or isinstance(related, str) or not getattr(field, "db_constraint", False):
                continue
            other = related._meta.db_table
            assert other == table or place < order.get(other, len(STEPS)), f"{table} before {other}"
