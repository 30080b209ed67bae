"""The letters of the postbox: one ``.eml`` file each, and an index that any process may append to."""

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from pathlib import Path

from tactful.channels.mail.mime import header, read_mime

_INDEX = "index.jsonl"


class Direction(StrEnum):
    RECEIVED = "received"  # by the client
    WRITTEN = "written"  # by the client


@dataclass(frozen=True, slots=True)
class Letter:
    """``client``: the client's address, whoever wrote. ``date``: the Date header as it stands."""

    number: int
    direction: Direction
    client: str
    envelope_sender: str
    from_header: str
    to_header: str
    subject: str
    date: str
    message_id: str


class Mailbox:
    """A folder of letters. Survives restarts and kills: a letter is there when its file has its name."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder

    def add(self, raw: bytes, *, direction: Direction, client: str, envelope_sender: str = "") -> Letter:
        """Keep one letter. Raises ``OSError`` if it cannot be kept."""
        number = self._write(raw)
        letter = _read_letter(number, raw, direction, client, envelope_sender)
        line = json.dumps(asdict(letter), ensure_ascii=False) + "\n"
        with (self._folder / _INDEX).open("ab") as index:
            index.write(line.encode("utf-8", "replace"))
        return letter

    def letters(self, client: str | None = None) -> list[Letter]:
        """Oldest first; of one client if asked for."""
        found = {letter.number: letter for letter in self._indexed()}
        for path in self._folder.glob("*.eml"):
            number = int(path.stem) if path.stem.isdecimal() else 0
            if number and number not in found:  # a kill came between the file and the index
                found[number] = _read_letter(number, path.read_bytes(), Direction.RECEIVED, "", "")
        letters = [found[number] for number in sorted(found)]
        return letters if client is None else [one for one in letters if one.client == client.lower()]

    def read(self, number: int) -> bytes:
        """The whole letter. Raises ``LookupError`` if there is none of this number."""
        try:
            return self._path(number).read_bytes()
        except FileNotFoundError as error:
            raise LookupError(f"There is no letter number {number}.") from error

    def _indexed(self) -> Iterator[Letter]:
        with contextlib.suppress(FileNotFoundError):
            for line in (self._folder / _INDEX).read_bytes().split(b"\n"):
                with contextlib.suppress(ValueError, TypeError, KeyError):
                    known = json.loads(line)
                    values = {name.name: known[name.name] for name in fields(Letter)}
                    yield Letter(**{**values, "direction": Direction(values["direction"])})

    def _write(self, raw: bytes) -> int:
        number = max(
            (int(path.stem) for path in self._folder.glob("*.eml") if path.stem.isdecimal()), default=0
        )
        draft = self._folder / f".{os.getpid()}-{id(raw)}.part"
        draft.write_bytes(raw)
        try:
            while True:
                number += 1
                with contextlib.suppress(FileExistsError):
                    os.link(draft, self._path(number))  # fails if another process was quicker
                    return number
        finally:
            draft.unlink()

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:06}.eml"


def _read_letter(number: int, raw: bytes, direction: Direction, client: str, envelope_sender: str) -> Letter:
    message = read_mime(raw)
    return Letter(
        number=number,
        direction=direction,
        client=(client or header(message, "To")).lower(),
        envelope_sender=envelope_sender,
        from_header=header(message, "From"),
        to_header=header(message, "To"),
        subject=header(message, "Subject"),
        date=header(message, "Date"),
        message_id=header(message, "Message-ID"),
    )
