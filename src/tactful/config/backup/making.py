"""Write a backup, read it again from end to end, and only then let it count."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

from psycopg.conninfo import conninfo_to_dict

from tactful.config.backup import dump, recovery, rotation
from tactful.config.backup.archive import DATABASE, Manifest, Packer, members
from tactful.config.backup.sealing import Opener, Sealer, Unreadable
from tactful.config.environment import Environment
from tactful.config.release import release
from tactful.config.trouble import Trouble, disk_trouble

NOW = "SELECT clock_timestamp() + clock_shift, clock_timestamp() FROM instance"
MIGRATIONS = "SELECT app || '.' || name FROM django_migrations ORDER BY app, name"
GRANTS = """
SELECT table_name, privilege_type, '' FROM information_schema.role_table_grants
WHERE grantee = %(role)s AND table_schema = 'public'
UNION ALL
SELECT c.table_name, c.privilege_type, c.column_name FROM information_schema.role_column_grants c
WHERE c.grantee = %(role)s AND c.table_schema = 'public' AND NOT EXISTS (
    SELECT FROM information_schema.role_table_grants t WHERE t.grantee = c.grantee
        AND t.table_name = c.table_name AND t.table_schema = 'public'
        AND t.privilege_type = c.privilege_type)
ORDER BY 1, 2, 3"""


@dataclass(frozen=True, slots=True)
class Made:
    path: Path
    size: int
    files: int


def make(environment: Environment, to: Path | None = None) -> Made:
    """A verified backup in the folder of backups, or in the file ``to``. Raises ``Trouble``; then nothing
    half-made is left, and no older backup was touched."""
    manifest, moment = _describe(environment)
    target = to or environment.backup_folder / rotation.name_of(moment)
    _folder(target.parent)
    partial = target.with_name(f"{target.name}.partial")
    try:
        files, key = _write(environment, manifest, partial)
        _verify(partial, key, manifest.postgres)
        os.replace(partial, target)  # noqa: PTH105, with the line below one idea
        _sync_folder(target.parent)
    except OSError as error:
        raise _trouble(error, target) from error
    finally:
        partial.unlink(missing_ok=True)
    return Made(target, target.stat().st_size, files)


def rotate(folder: Path) -> list[Path]:
    """Take away what the rule of seven days and four weeks lets go. Answers with what went."""
    ours = {moment: path for path in _ours(folder) if (moment := rotation.moment_of(path.name))}
    staying = rotation.staying(ours)
    gone = [path for moment, path in sorted(ours.items()) if moment not in staying]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def newest(folder: Path) -> tuple[datetime, Path] | None:
    """The last backup and its moment."""
    found = [(moment, path) for path in _ours(folder) if (moment := rotation.moment_of(path.name))]
    return max(found, default=None)


def _ours(folder: Path) -> Iterator[Path]:
    yield from folder.glob("tactful-*.backup") if folder.is_dir() else ()


def _describe(environment: Environment) -> tuple[Manifest, datetime]:
    url = environment.owner_database_url
    role = conninfo_to_dict(environment.database_url).get("user") or ""
    owner = conninfo_to_dict(url).get("user") or ""
    with dump.connected(url) as connection:
        row = connection.execute(NOW).fetchone()
        assert row is not None
        grants = connection.execute(GRANTS, {"role": role}).fetchall() if role != owner else []
        names = connection.execute(MIGRATIONS).fetchall()
        major = connection.info.server_version // 10_000
    return Manifest(
        made_at=row[0].isoformat(),
        release=release(),
        postgres=major,
        migrations=tuple(str(name) for (name,) in names),
        grants=tuple((str(table), str(what), str(column)) for table, what, column in grants),
        base_url=environment.base_url,
    ), row[1]


def _write(environment: Environment, manifest: Manifest, partial: Path) -> tuple[int, bytes]:
    recipient = recovery.recipient(environment.home)
    with _fresh(partial) as out:
        sealer = Sealer(out, recipient)
        try:
            packer = Packer(cast(BinaryIO, sealer))
            packer.describe(manifest)
            packer.secret(environment.secret_key, recipient)
            with dump.dumping(environment.owner_database_url) as source:
                packer.dump(source)
            # After the database: a file is kept before it is told of, so none that it tells of is missing.
            for path, name in _stored(environment.home / "files"):
                packer.file(path, name)
            summary = packer.end()
            sealer.close()
        except BaseException:
            sealer.abandon()
            raise
        out.flush()
        os.fsync(out.fileno())
    return int(summary["files"]), sealer.key


def _verify(path: Path, key: bytes, major: int) -> None:
    """Every byte is opened, every member counted, and the dump read by PostgreSQL's own program."""
    try:
        with path.open("rb") as file, dump.reading(major) as inlet:
            for member in members(cast(BinaryIO, Opener(file, key=key))):
                if member.name.startswith(DATABASE):
                    inlet.write(member.content)
    except Unreadable as error:
        raise Trouble(
            f"The backup was written but cannot be read again, so it was thrown away: {error}"
        ) from error


def _stored(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.glob("??/*")):
        if path.is_file():
            yield path, f"{path.parent.name}/{path.name}"


def _folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise disk_trouble(error, folder) from error


@contextmanager
def _fresh(path: Path) -> Iterator[BinaryIO]:
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        yield file


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _trouble(error: OSError, target: Path) -> Trouble:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        free = shutil.disk_usage(target.parent).free // 1_000_000
        return Trouble(
            f"There is no room for a backup in {target.parent} ({free} MB free). Free some space there, or "
            "choose another disk with TACTFUL_BACKUP_FOLDER. Older backups are untouched."
        )
    return disk_trouble(error, target)
