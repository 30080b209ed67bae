"""Statements of our own beside those of Django."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tactful.foundation import pg
from tactful.foundation.models import Instance, Role, User

pytestmark = pytest.mark.django_db


def test_rows_of_a_statement_are_the_model_with_what_stands_behind() -> None:
    query = f"SELECT {pg.columns(Instance, 'i')}, 1 + 1, 'more' FROM instance AS i WHERE id = %s"
    ((row, behind),) = pg.models_of(Instance, query, [1])
    assert behind == (2, "more")
    known = Instance.objects.get(id=1)
    assert {field.attname: getattr(row, field.attname) for field in Instance._meta.concrete_fields} == {
        field.attname: getattr(known, field.attname) for field in Instance._meta.concrete_fields
    }


def test_what_a_statement_leaves_out_is_read_when_somebody_asks() -> None:
    user = User.objects.add(email="kari@fjord.example", name="Kari Fjord", role=Role.OWNER)
    only = ("name", "id")
    query = f"SELECT {pg.columns(User, 'staff', only)} FROM staff WHERE id = %s"
    ((row, _),) = pg.models_of(User, query, [user.id], only)
    assert (row.id, row.name, row.get_deferred_fields() >= {"email", "role"}) == (user.id, user.name, True)
    assert row.email == user.email


def test_who_counts_statements_counts_these_too() -> None:
    pg.one("SELECT 1")
    with CaptureQueriesContext(connection) as counted:
        pg.one("SELECT 2")
        User.objects.exists()
        pg.many("SELECT 3")
    assert [each["sql"] for each in counted.captured_queries][::2] == ["SELECT 2", "SELECT 3"]
    assert len(counted) == 3
