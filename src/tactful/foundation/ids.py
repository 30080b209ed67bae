"""Ids for rows. The node number comes from a database sequence that cycles through 0 to 1023."""

import os

from django.db import connection

from tactful.kernel.clock import machine_ms
from tactful.kernel.ids import IdMaker

_maker: IdMaker | None = None


def new_id() -> int:
    return _this_process().one()


def new_ids(count: int) -> list[int]:
    return _this_process().many(count)


def _this_process() -> IdMaker:
    global _maker  # noqa: PLW0603, one maker per process
    if _maker is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('id_node')")
            (node,) = cursor.fetchone()
        _maker = IdMaker(node, machine_ms)
    return _maker


def _forget() -> None:
    """A forked child is a process of its own and needs a node of its own."""
    global _maker  # noqa: PLW0603
    _maker = None


os.register_at_fork(after_in_child=_forget)
