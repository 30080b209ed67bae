"""Connections to the database that outlive the request for which they were opened (decision 0025).

Each request runs in a thread of its own, and Django opens a connection for each thread: ten milliseconds,
and a process of PostgreSQL's. A process that serves pages keeps some of them (``keep``); others do as Django
does.

A request takes one, and has it alone until its end. What comes back in the middle of something is thrown
away. One that has died meanwhile, of a restart for example, is noticed when it is taken: nobody hears of it.
"""

from tactful.foundation.kept.connections import Kept

_kept: Kept | None = None


def keep(most: int) -> None:
    """From now on, for this process. ``most``: so many are open at a time; who comes then waits for one."""
    global _kept  # noqa: PLW0603, a process decides this once, before its first request
    _kept = Kept(most)


def kept() -> Kept | None:
    """None: this process keeps none."""
    return _kept
