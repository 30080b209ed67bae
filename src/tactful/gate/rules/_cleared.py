"""The one class whose objects let a message out. Only ``check`` may import it."""

from datetime import datetime

from tactful.gate.types import Check, Clearance


class Cleared(Clearance):
    __slots__ = ("_checks", "_cleared_at", "_mask", "_message_id")

    def __init__(self, message_id: int, cleared_at: datetime, checks: tuple[Check, ...], mask: int) -> None:
        self._message_id = message_id
        self._cleared_at = cleared_at
        self._checks = checks
        self._mask = mask

    @property
    def message_id(self) -> int:
        return self._message_id

    @property
    def cleared_at(self) -> datetime:
        return self._cleared_at

    @property
    def checks(self) -> tuple[Check, ...]:
        return self._checks

    @property
    def mask(self) -> int:
        return self._mask
