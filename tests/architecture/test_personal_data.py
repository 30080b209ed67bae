"""Every table of the house says whether it knows something of clients (R74)."""

import re

import pytest
from django.apps import apps
from django.db import connection, models

from tactful.web.build.personal_copy import LABELS
from tactful.wiring.no_personal_data import NOWHERE
from tactful.wiring.personal_copy import copy_of
from tactful.wiring.personal_data import SECTIONS, Holds

#: What cannot hold anybody's words: numbers, moments, yes and no, and what only points elsewhere.
WORDLESS = (
    models.BooleanField,
    models.DateField,
    models.FloatField,
    models.ForeignKey,
    models.IntegerField,
    models.TimeField,
    models.UUIDField,
)


def tables() -> dict[str, type[models.Model]]:
    return {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


def held() -> dict[str, Holds]:
    return {each.table: each for section in SECTIONS for each in section.tables}


def nowhere() -> dict[str, tuple[str, ...]]:
    return {table: words for each in NOWHERE for table, words in each.tables.items()}


def wordy(model: type[models.Model]) -> set[str]:
    return {str(field.column) for field in model._meta.concrete_fields if not isinstance(field, WORDLESS)}


def test_every_table_stands_in_one_of_both_lists() -> None:
    assert set(held()) & set(nowhere()) == set()
    assert set(tables()) - set(held()) - set(nowhere()) == set(), "is it known of a client? say so"
    assert set(held()) | set(nowhere()) == set(tables()), "of tables that are no more"
    assert all(each.why for each in NOWHERE)


@pytest.mark.parametrize("table", sorted(nowhere()))
def test_a_table_without_clients_has_no_new_words(table: str) -> None:
    assert wordy(tables()[table]) == set(nowhere()[table])


@pytest.mark.parametrize("table", sorted(held()))
def test_what_is_shown_and_hidden_is_there(table: str) -> None:
    columns = {str(field.column) for field in tables()[table]._meta.concrete_fields}
    found = held()[table]
    assert set(found.shows) <= columns | set(found.adds)
    assert set(found.hides) <= columns
    assert all(found.hides.values()), "what is kept back has a reason"
    assert not found.files or found.files in found.hides


def test_each_column_that_people_see_has_a_name() -> None:
    assert {column for each in held().values() for column in each.shows} <= set(LABELS)


def test_a_table_that_names_a_contact_is_of_clients() -> None:
    """Whoever points at a contact knows something of them."""
    for table in nowhere():
        columns = {str(field.column) for field in tables()[table]._meta.concrete_fields}
        assert not any(re.fullmatch(r"contact(_id)?", column) for column in columns), table


@pytest.mark.django_db
def test_each_question_can_be_asked() -> None:
    """Also of somebody of whom nothing is known at all."""
    copy = copy_of(1)
    assert {table.name for part in copy.parts for table in part.tables} == set(held())
    assert not any(table.rows for part in copy.parts for table in part.tables)
    assert connection.in_atomic_block
