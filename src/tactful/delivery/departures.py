"""Keeps the journal of departures (``rules.departures``) beside the backups, one file a day.

It names messages and clients by their numbers only. It is written before the wire, without fsync: it guards
against the loss of the database, and against that of the machine as far as its disk is elsewhere.
"""

import json
import logging
import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tactful.channels.types import SendResult
from tactful.delivery.batch import Item
from tactful.delivery.hot import departed
from tactful.kernel.clock import machine_ms

ALIVE_MS = 20_000
KEPT_MS = 35 * 86_400_000
"""Longer than the oldest backup."""

log = logging.getLogger(__name__)


class DepartureLog:
    """Any number of processes may write to one folder: each line goes out in one write."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._alive_ms = 0
        self._broken_ms = 0

    def marked(self, items: Sequence[Item], speakers: Iterable[int]) -> None:
        """About to leave. ``speakers``: those whose words carry others along."""
        at = machine_ms()
        said: dict[tuple[object, ...], str] = {}
        lines = []
        for item in items:
            due = item.due
            cause = (due.cause_kind, due.cause_id, due.cause_visit, due.touchpoint_id, due.template)
            words = said.get(cause)
            if words is None:  # a broadcast says the same of all its messages
                words = said[cause] = _json(cause)[1:-1]
            lines.append(
                f'["M",{item.id},{item.attempt},{at},{item.contact_id},{words},{_ms(item.due_at)},'
                f"{item.clearance},0]"
            )
        ids = set(speakers) & {item.id for item in items}
        for rider in (
            departed.riders([item.contact_id for item in items if item.id in ids], ids) if ids else ()
        ):
            ident, contact, kind, cause, visit, touchpoint, template, due, speaker = rider
            row = ("M", ident, 0, at, contact, kind, cause, visit, touchpoint, template, _ms(due), 0, speaker)
            lines.append(_json(row))
        self._write(lines, at)

    def settled(self, outcomes: Iterable[tuple[Item, SendResult]]) -> None:
        lines = [f'["O",{item.id},{result.attempt},"{result.outcome}"]' for item, result in outcomes]
        if lines:
            self._write(lines, machine_ms())

    def alive(self) -> None:
        """Nothing has left that is not written here. Said now and then."""
        at = machine_ms()
        if at - self._alive_ms > ALIVE_MS:
            self._write([_json(("T", at))], at)
            self._alive_ms = at

    def tidy(self) -> None:
        for path in self._folder.glob("*.jsonl"):
            if machine_ms() - path.stat().st_mtime * 1000 > KEPT_MS:
                path.unlink(missing_ok=True)

    def _write(self, lines: Sequence[str], at: int) -> None:
        if self._broken_ms:
            lines = [_json(("H", self._broken_ms)), *lines]
        text = "\n".join([*lines, ""])
        day = datetime.fromtimestamp(at / 1000, UTC)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._folder / f"{day:%Y%m%d}.jsonl"
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            try:
                os.write(handle, text.encode())
            finally:
                os.close(handle)
        except OSError as error:
            if not self._broken_ms:
                log.warning("The journal of departures cannot be written: %s", error)
            self._broken_ms = self._broken_ms or at
        else:
            self._broken_ms = 0


def _json(row: Sequence[object]) -> str:
    return json.dumps(row, separators=(",", ":"), ensure_ascii=False)


def _ms(moment: datetime) -> int:
    return (moment - _BEGINNING) // timedelta(milliseconds=1)


_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
