"""What lies inside a backup: a tar stream with a description first and an account of itself last."""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from tactful.config.backup.sealing import Unreadable

FORMAT = 1
MANIFEST, SECRET, PUBLIC, END = "manifest.json", "secret-key", "recovery-key.pub", "end.json"
DATABASE, FILES = "database/", "files/"
SLICE = 4 * 1024 * 1024
"""A tar wants to know sizes beforehand and a dump does not know its own, so it comes in slices."""
MOST = 256 * 1024 * 1024
"""Bytes of one member: stored files are far smaller, and each is held whole while it is restored."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """``made_at``: business time as ISO 8601, before the snapshot was taken. ``postgres``: major version
    that wrote the dump. ``migrations``: "app.name" of each that had been applied. ``grants``: what the
    application's role may do, as [table, privilege, column or ""]; empty where it owns the tables itself."""

    made_at: str
    release: str
    postgres: int
    migrations: tuple[str, ...]
    grants: tuple[tuple[str, str, str], ...]
    base_url: str
    format: int = FORMAT

    @classmethod
    def from_json(cls, raw: bytes) -> "Manifest":
        body = json.loads(raw)
        if body.get("format") != FORMAT:
            raise Unreadable("This backup was made by a newer Tactful. Install that one to restore it.")
        body["migrations"] = tuple(body["migrations"])
        body["grants"] = tuple(tuple(each) for each in body["grants"])
        return cls(**body)


@dataclass(slots=True)
class Account:
    """What went in, so that what comes out can be held against it."""

    files: int = 0
    dump_bytes: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def summary(self) -> dict[str, Any]:
        return {"files": self.files, "dump_bytes": self.dump_bytes, "sha256": self.digest.hexdigest()}


class Packer:
    """Writes the members one after the other; ``end`` closes the account."""

    def __init__(self, out: BinaryIO) -> None:
        self._tar = tarfile.open(fileobj=cast(Any, out), mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self._account = Account()

    def describe(self, manifest: Manifest) -> None:
        self._add(MANIFEST, json.dumps(asdict(manifest)).encode())

    def secret(self, secret_key: str, public: bytes) -> None:
        self._add(SECRET, secret_key.encode())
        self._add(PUBLIC, public.hex().encode())

    def dump(self, source: IO[bytes]) -> None:
        number = 0
        while piece := _exactly(source, SLICE):
            self._add(f"{DATABASE}{number:06}", piece)
            self._account.dump_bytes += len(piece)
            number += 1

    def file(self, path: Path, name: str) -> None:
        """A stored file. One that has just been discarded is not missed."""
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return
        self._add(FILES + name, content)
        self._account.files += 1

    def end(self) -> dict[str, Any]:
        summary = self._account.summary()
        self._add(END, json.dumps(summary).encode(), counted=False)
        self._tar.close()
        return summary

    def _add(self, name: str, content: bytes, *, counted: bool = True) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(content), 0o600
        self._tar.addfile(member, io.BytesIO(content))
        if counted:
            self._account.digest.update(_mark(name, content))


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    content: bytes


def members(source: BinaryIO) -> Iterator[Member]:
    """In the order in which they were written. Raises ``Unreadable`` when the account does not add up."""
    digest = hashlib.sha256()
    ended = False
    try:
        with tarfile.open(fileobj=cast(Any, source), mode="r|") as tar:
            for info in tar:
                if not info.isreg() or info.size > MOST:
                    raise Unreadable("The backup holds what we put into none.")
                taken = tar.extractfile(info)
                content = taken.read() if taken else b""
                if info.name == END:
                    ended = json.loads(content)["sha256"] == digest.hexdigest()
                    continue
                digest.update(_mark(info.name, content))
                yield Member(info.name, content)
    except (tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise Unreadable("The backup has been changed or cut off; it cannot be used.") from error
    if not ended:
        raise Unreadable("The backup is not whole: its account of itself does not add up.")


def _mark(name: str, content: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\0" + content).digest()


def _exactly(source: IO[bytes], size: int) -> bytes:
    """As many bytes as asked for, fewer only at the end: a pipe gives what it has."""
    pieces, left = [], size
    while left and (piece := source.read(left)):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)
