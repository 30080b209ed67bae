"""A house that was made of another one keeps quiet until an owner has looked (R13)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from tactful.delivery.rules.departures import Departure, Departures, read

BEFORE = timedelta(days=1)
"""A message may have been marked before the snapshot and have left after it."""
LOAD = """
INSERT INTO departed (message_id, at, contact_id, cause_kind, cause_id, cause_visit, touchpoint_id, template,
    due_at, clearance, fate)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"""
FORGET = "DELETE FROM departed"
# Who had these in hand is gone. Without a journal of departures nobody knows what became of those past the
# mark: they stay, and the next worker asks a person about each.
GIVE_BACK = """
UPDATE dispatch SET state = 'queued', worker = NULL, clearance = NULL, cleared_at = NULL
WHERE state = 'claimed' OR (state = 'handoff' AND %s)"""
STOP = """
UPDATE instance SET sending_paused = %(why)s, paused_at = clock_timestamp() + clock_shift,
    paused_by = NULL, epoch = epoch + 1, restored_at = clock_timestamp() + clock_shift,
    restored_from = %(made)s, restored_known = %(known)s, restored_choice = '', stands = %(stands)s"""


@dataclass(frozen=True, slots=True)
class Hold:
    """``why``: "restored", "epoch". ``made``: business time of what this house was made of. ``departures``:
    folder of the journal. ``stands``: the mark of where it is now, "" for the next start to say. ``told``:
    whether the journal was written beside that very state, so that what it does not name has not left."""

    why: str
    made: datetime
    departures: Path
    stands: str = ""
    told: bool = True


def hold(connection: "psycopg.Connection[tuple[object, ...]]", order: Hold) -> Departures:
    """Nothing leaves until an owner confirms. Answers with what has left since, as the journal knows it."""
    found = read(_lines(order.departures), _ms(order.made - BEFORE))
    known = _moment(found.known_until) if found.known_until > _ms(order.made) else None
    connection.execute(FORGET)
    connection.cursor().executemany(LOAD, [_row(each) for each in found.gone])
    connection.execute(GIVE_BACK, [order.told and known is not None])
    words = {"why": order.why, "made": order.made, "known": known, "stands": order.stands}
    connection.execute(STOP, words)
    return found if known else replace(found, known_until=0)


def _lines(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("*.jsonl")):
        with path.open(encoding="utf-8", errors="replace") as file:
            yield from file


def _row(gone: Departure) -> Sequence[object]:
    return (
        gone.id, _moment(gone.at), gone.contact, gone.cause, gone.cause_id, gone.visit, gone.touchpoint,
        gone.template, _moment(gone.due), gone.clearance, gone.fate,
    )  # fmt: skip


def _ms(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def _moment(ms: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
