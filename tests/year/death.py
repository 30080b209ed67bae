"""Dying at an enumerated point: before or after any commit, before or after any final dot."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.db import connection, connections


class Killed(BaseException):
    """As little a worker can do about it as about a SIGKILL."""


class Death:
    """``at``: the number of the point at which it comes, from 1; None: never. ``reached``: points so far."""

    def __init__(self, at: int | None = None) -> None:
        self.at = at
        self.reached = 0
        self.where = ""

    @property
    def happened(self) -> bool:
        return bool(self.where)

    def point(self, where: str) -> None:
        """The connection goes first: whatever a ``finally`` still wants of the server comes too late."""
        self.reached += 1
        if self.reached == self.at:
            self.where = where
            lose_connection()
        if self.happened:
            raise Killed


def lose_connection() -> None:
    if connection.connection is not None:
        connection.connection.close()


def forget_connection() -> None:
    """A new process has a new one, and has never heard of a transaction."""
    lose_connection()
    connection.connection = None
    connection.in_atomic_block = connection.closed_in_transaction = connection.needs_rollback = False
    connection.savepoint_ids, connection.atomic_blocks, connection.run_on_commit = [], [], []


@contextmanager
def mortal(death: Death, part: "Part") -> Iterator[None]:
    """Each commit inside is two points."""
    wrapper: Any = type(connections["default"])
    commit, connect = wrapper._commit, wrapper.get_new_connection

    def around(one: Any) -> None:
        death.point(f"{part.name}: before a commit")
        commit(one)
        death.point(f"{part.name}: after a commit")

    def anew(one: Any, parameters: Any) -> Any:
        if death.happened:
            raise Killed
        return connect(one, parameters)

    with patch.object(wrapper, "_commit", around), patch.object(wrapper, "get_new_connection", anew):
        yield


class Part:
    """Which part of the worker is at work."""

    name = ""


Deaths = Counter[str]
