"""What many tests begin with: made once by the product's own actions, after that its rows are copied in."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from time import monotonic
from typing import Any, TypeVar

from django.db import connection, transaction
from psycopg import sql

FRESH_SECONDS = 15.0
"""What is made has a ``now``; so far may it lie behind that of the test."""

Made = TypeVar("Made")
Rows = dict[str, bytes]
"""All rows of each table, as COPY writes them."""


@dataclass(frozen=True, slots=True)
class Kept:
    """``rows``: of the tables that are empty in the template."""

    result: Any
    rows: Rows
    made_at: float

    @property
    def is_fresh(self) -> bool:
        return monotonic() - self.made_at < FRESH_SECONDS


_kept: dict[Callable[[], object], Kept] = {}


def remembered(make: Callable[[], Made]) -> Made:
    """What ``make()`` answers, with all that it wrote, in the transaction of the test that asks.

    ``make`` must depend on nothing but the template: it does not see what the test has done before.
    """
    if not _may_copy():
        return make()
    kept = _kept.get(make)
    if kept is None or not kept.is_fresh:
        # In a session of its own, which sees no row of this test.
        with ThreadPoolExecutor(max_workers=1) as aside:
            kept = _kept[make] = aside.submit(_made_aside, make).result()
    _put_in(kept.rows)
    made: Made = deepcopy(kept.result)
    return made


@cache
def _may_copy() -> bool:
    """Triggers and foreign keys have spoken once. Only a superuser may spare them the second time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def _made_aside(make: Callable[[], object]) -> Kept:
    try:
        with transaction.atomic():
            before = _all_rows()
            made_at, result = monotonic(), make()
            connection.check_constraints()
            rows = {table: rows for table, rows in _all_rows().items() if rows != before[table]}
            transaction.set_rollback(True)
    finally:
        connection.close()
    if changed := [table for table in rows if before[table]]:
        raise ValueError(f"Only new rows can be copied in, but {make} changed what is in {changed}.")
    return Kept(result, rows, made_at)


def _all_rows() -> Rows:
    rows = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            with cursor.copy(_statement("COPY {} TO STDOUT", table)) as copy:
                rows[table] = b"".join(copy)
    return rows


def _put_in(added: Rows) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, rows in added.items():
            with cursor.copy(_statement("COPY {} FROM STDIN", table)) as copy:
                copy.write(rows)
        cursor.execute("SET LOCAL session_replication_role = origin")


def _statement(text: str, table: str) -> sql.Composed:
    return sql.SQL(text).format(sql.Identifier(table))
