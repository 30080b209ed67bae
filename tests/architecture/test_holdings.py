"""Every column of the house that names a contact says what becomes of it when two contacts become one."""

import re
from collections.abc import Iterator

from django.apps import apps
from django.db import models

from tactful.contacts.models import Contact
from tactful.wiring.holdings import HOLDINGS

#: How such columns are called; what stands in JSON is told to people, and nothing is found by it.
NAMES_ONE = re.compile(r"(^|_)contact(_id)?$|^(scope|subject)_id$")
OTHERWISE = {
    ("contact", "id"): "It is the contact.",
    ("duplicate_pair", "one"): "",
    ("duplicate_pair", "other"): "",
    ("contact_merge", "kept"): "",
    ("contact_merge", "gone"): "",
}
NO_CONTACT = {
    ("sending_pause", "scope_id"): "A broadcast or an account; sending is never paused for one contact.",
}


def naming_columns() -> Iterator[tuple[str, str]]:
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            place = (model._meta.db_table, str(field.column))
            if isinstance(field, models.JSONField) or place in NO_CONTACT:
                continue
            if field.related_model is Contact or NAMES_ONE.search(place[1]) or OTHERWISE.get(place) == "":
                yield place


def told() -> set[tuple[str, str]]:
    return {(each.table, column) for each in HOLDINGS for column in (each.column, *each.also)}


def test_every_column_that_names_a_contact_stands_in_the_table() -> None:
    assert set(naming_columns()) - told() == set()


def test_the_table_names_no_column_that_is_not_there() -> None:
    columns = {
        (model._meta.db_table, str(field.column))
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
    }
    assert told() - columns == set()
    assert set(NO_CONTACT) - columns == set()


def test_each_has_steps_or_a_reason_and_stands_once() -> None:
    assert [each.table for each in HOLDINGS if bool(each.steps) == bool(each.stays)] == []
    places = [(each.table, each.column) for each in HOLDINGS]
    assert len(places) == len(set(places))


def test_a_new_column_is_found() -> None:
    """The pattern bites: each way in which columns of today name a contact is one that it knows."""
    assert ("identity", "contact_id") in set(naming_columns())
    assert ("cap_use", "scope_id") in set(naming_columns())
    assert ("task", "subject_id") in set(naming_columns())
    assert NAMES_ONE.search("main_contact_id")
    assert not NAMES_ONE.search("contacted_at")
