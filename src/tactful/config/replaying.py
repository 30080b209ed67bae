"""A replay on two cores: this process tells one half, a process of its own the other.

A small replay stays in one process, for starting another one takes two seconds.
"""

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tactful.config.settings")
django.setup()

from django.db import connection  # noqa: E402, Django must be set up first

from tactful.foundation.collector import calm_collector  # noqa: E402
from tactful.journeys.rules.definition import document, parse  # noqa: E402
from tactful.journeys.rules.replayed import Replay, together  # noqa: E402
from tactful.journeys.types import Definition  # noqa: E402
from tactful.wiring.replay import replay, whom  # noqa: E402

WORTH_TWO = 8_000  # clients


def replay_on_two_cores(
    definition: Definition,
    since: datetime,
    until: datetime,
    progress: Callable[[int, int], None] | None = None,
    worth_two: int = WORTH_TWO,
) -> Replay:
    """As ``wiring.replay.replay``. ``progress`` speaks of all clients: the halves are equally long."""
    calm_collector()
    among = whom(definition, since, until)
    if len(among) < worth_two:
        return replay(definition, since=since, until=until, progress=progress, among=among)

    def twice(done: int, total: int) -> None:
        if progress is not None:
            progress(2 * done, 2 * total)

    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        other = pool.submit(other_half, document(definition), since, until, among)
        mine = replay(definition, since=since, until=until, progress=twice, part=(0, 2), among=among)
        return together([mine, other.result()])


def other_half(definition: dict[str, Any], since: datetime, until: datetime, among: Sequence[int]) -> Replay:
    """In the process of its own."""
    calm_collector()
    try:
        return replay(parse(definition), since=since, until=until, part=(1, 2), among=among)
    finally:
        connection.close()
