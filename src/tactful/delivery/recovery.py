"""After a death: what its lease held goes back, what it had marked is decided by its journal."""

import logging
import os
import socket
from functools import cache
from pathlib import Path

from django.db import transaction

from tactful.channels.types import Outcome, SendResult
from tactful.delivery.batch import item_of
from tactful.delivery.hot import claim as hot_claim
from tactful.delivery.hot import handoff as hot_handoff
from tactful.delivery.hot import settle as hot_settle
from tactful.delivery.hot import sweeps
from tactful.delivery.rules.recovery import Fate, fate_of
from tactful.delivery.settle import settle
from tactful.delivery.types import JournalReading, Journals
from tactful.foundation import pg
from tactful.foundation.clock import business_now

LEFT = f"""
SELECT {hot_claim.FIELDS} FROM dispatch d JOIN message m ON m.id = d.message_id
WHERE d.message_id = ANY(%s::bigint[]) AND d.state = 'handoff' AND d.worker = %s ORDER BY d.message_id
"""  # noqa: S608, constants only

log = logging.getLogger(__name__)


@cache
def this_machine() -> str:
    """Two names that differ mean two machines, which cannot read each other's journals."""
    path = Path("/etc/machine-id")
    return f"{path.read_text().strip() if path.exists() else ''}:{socket.gethostname()}"


def recover(journals: Journals) -> int:
    """Take over from every dead worker. Answers with how many there were."""
    return sum(_recover(journals, *row) for row in sweeps.expired_workers())


def _recover(journals: Journals, worker: int, machine: str, journal: str, long_ago: bool) -> bool:
    state: JournalReading | None = None
    if machine == this_machine():
        try:
            state = journals.read(Path(journal))
        except journals.busy:
            if not long_ago:
                return False  # the process lives; it lost its session and will say what became of all
    elif not long_ago:
        return False
    if not _apply(worker, state):
        return False
    if machine == this_machine():
        Path(journal).unlink(missing_ok=True)
    log.warning("Took over from worker %s.", worker)
    return True


@transaction.atomic
def _apply(worker: int, state: JournalReading | None) -> bool:
    if not sweeps.take_over(worker):
        return False
    ids = pg.numbers(sweeps.left_by(worker))
    hot_handoff.give_back(ids, worker)
    now = business_now()
    items = [item_of(row, 0, now) for row in pg.many(LEFT, [ids, worker])]
    found = [(item, fate_of(item.id, item.attempt, state)) for item in items]
    safe = [item for item, fate in found if fate.fate is Fate.NOT_HANDED_OVER]
    hot_settle.unmark([item.id for item in safe], [item.attempt for item in safe], worker)
    settle(
        [
            (item, fate.result or SendResult(item.id, item.attempt, Outcome.AMBIGUOUS))
            for item, fate in found
            if fate.fate is not Fate.NOT_HANDED_OVER
        ],
        worker,
    )
    sweeps.forget(worker)
    return True


def journal_path(folder: Path, worker: int) -> Path:
    return folder / f"{worker}-{os.getpid()}.journal"
