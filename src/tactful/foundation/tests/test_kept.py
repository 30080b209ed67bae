"""Connections that outlive requests: had alone, bounded, replaced when they die, never kept half used."""

import gc
from collections.abc import Callable, Iterator
from threading import Thread
from typing import TypeVar

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from tactful.foundation import pg
from tactful.foundation.kept import connections
from tactful.foundation.kept.connections import Kept
from tactful.testing.fixtures import CommittedDatabase
from tactful.testing.threads import together

Answer = TypeVar("Answer")
MOST = 2


@pytest.fixture
def keeper(committed_db: CommittedDatabase, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    connection.close()  # what this thread has was opened before anything is kept
    made = Kept(MOST)
    monkeypatch.setattr("tactful.foundation.kept._kept", made)
    yield made
    connection.close()
    made.close()


def request(asks: Callable[[], Answer]) -> Answer:
    """As one is served: in a thread of its own, which lets go of its connection."""
    told: list[Answer] = []
    together(lambda: told.append(asks()))
    (answer,) = told
    return answer


def backend() -> int:
    found = pg.one("SELECT pg_backend_pid()")
    assert found
    return int(found[0])


def opened() -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(**connection.get_connection_params(), autocommit=True)


def end(committed_db: CommittedDatabase, pid: int) -> None:
    with psycopg.connect(committed_db.owner_url, autocommit=True) as own:
        own.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])


def test_one_request_after_another_has_the_same(keeper: Kept) -> None:
    assert len({request(backend) for _ in range(5)}) == 1


def test_nobody_keeps_any_where_that_was_not_asked_for(committed_db: CommittedDatabase) -> None:
    assert request(backend) != request(backend)


def test_a_third_waits_for_the_first_that_comes_back(keeper: Kept) -> None:
    held = [keeper.take(opened) for _ in range(MOST)]
    found: list[int] = []
    third = Thread(target=lambda: found.append(request(backend)))
    third.start()
    keeper.give(held[0])
    third.join()
    assert found == [held[0].info.backend_pid]
    assert held[1].info.backend_pid not in found


def test_where_none_comes_back_that_is_said(keeper: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "PATIENCE", 0.05)
    held = [keeper.take(opened) for _ in range(MOST)]
    with pytest.raises(OperationalError, match="busy"):
        request(backend)
    keeper.give(held[1])
    assert request(backend) == held[1].info.backend_pid


def test_one_that_has_died_meanwhile_is_replaced_and_nobody_hears_of_it(
    keeper: Kept, committed_db: CommittedDatabase
) -> None:
    before = request(backend)
    end(committed_db, before)
    assert request(backend) != before


def test_one_that_may_have_been_forgotten_is_asked(
    keeper: Kept, committed_db: CommittedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a machine between has let it go, nothing comes that could be noticed."""
    monkeypatch.setattr(connections, "_has_news", lambda _: False)
    before = request(backend)
    assert request(backend) == before
    monkeypatch.setattr(connections, "QUIET", 0.0)
    assert request(backend) == before
    end(committed_db, before)
    assert request(backend) != before


def test_one_that_dies_in_use_is_not_kept(keeper: Kept, committed_db: CommittedDatabase) -> None:
    def dies() -> int:
        pid = backend()
        end(committed_db, pid)
        with pytest.raises(OperationalError):
            backend()
        return pid

    died = [request(dies) for _ in range(MOST + 1)]
    assert request(backend) not in died


def test_what_comes_back_in_the_middle_of_something_is_thrown_away(keeper: Kept) -> None:
    def begins() -> int:
        connection.ensure_connection()
        transaction.set_autocommit(False)
        pid = backend()
        connection.close()
        return pid

    assert request(begins) != request(backend)


def test_an_old_one_is_not_kept(keeper: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "LIFE", 0.0)
    assert request(backend) != request(backend)


def test_one_that_nobody_wants_is_closed(
    keeper: Kept, committed_db: CommittedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "REST", 0.02)
    request(backend)
    clock = keeper._clock
    assert clock
    clock.join()
    with psycopg.connect(committed_db.owner_url, autocommit=True) as own:
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
        while own.execute(query, [committed_db.name]).fetchone() != (0,):
            pass  # PostgreSQL notices a moment later


def test_what_a_thread_forgets_is_missing_only_until_it_is_cleared_away(keeper: Kept) -> None:
    def forgets() -> None:
        backend()

    for _ in range(MOST + 1):
        thread = Thread(target=forgets)
        thread.start()
        thread.join()
        gc.collect()
    assert request(backend)


def test_what_cannot_be_opened_takes_no_place(keeper: Kept) -> None:
    def fails() -> psycopg.Connection:
        raise OperationalError("nobody is there")

    for _ in range(MOST + 1):
        with pytest.raises(OperationalError, match="nobody"):
            keeper.take(fails)
    assert request(backend)
