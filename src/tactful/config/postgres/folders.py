"""The folders of the server, owned by its account, and reachable for it."""

import os
import shutil
import stat
from importlib.metadata import PackageNotFoundError, version
from itertools import count
from pathlib import Path

from tactful.config.postgres import postmaster
from tactful.config.postgres.account import Account
from tactful.config.postgres.binaries import WHEEL, Binaries
from tactful.config.postgres.places import place_digest
from tactful.config.trouble import Trouble, disk_trouble

STATE = Path("/var/lib/tactful")
"""Where root keeps what the account cannot reach below a private folder such as /root."""


def reachable_data(wanted: Path, account: Account) -> Path:
    """The real folder for the database behind ``<home>/postgres``.

    When the account cannot get there, the database lives below /var/lib/tactful and a symbolic link
    remembers it, so that a later change of modes never makes us start an empty one.
    """
    if wanted.exists() or not account.is_another:
        return wanted.resolve()
    _let_through(wanted.parent, account)
    if account.reaches(wanted.parent):
        return wanted
    real = STATE / f"db-{place_digest(wanted.parent)}"
    wanted.unlink(missing_ok=True)
    _lay_aside(real)
    wanted.symlink_to(real)
    return real


def _lay_aside(real: Path) -> None:
    """A database of a data folder that was deleted here: a new folder begins empty, and nothing is lost."""
    if not real.exists():
        return
    if pid := postmaster.find(real):
        raise Trouble(
            f"PostgreSQL (process {pid}) still runs for a data folder that was here before. "
            "End it, then start again."
        )
    aside = next(
        path for number in count(1) if not (path := real.with_name(f"{real.name}.old-{number}")).exists()
    )
    real.rename(aside)


def _let_through(home: Path, account: Account) -> None:
    """Let the account's group pass through our own data folder, without reading it."""
    found = home.stat()
    if found.st_uid == os.geteuid() and not found.st_mode & stat.S_IXOTH:
        os.chown(home, -1, account.gid)
        home.chmod(stat.S_IMODE(found.st_mode) & ~stat.S_IRWXG | stat.S_IXGRP)


def private_folder(path: Path, account: Account) -> Path:
    """Make ``path`` for the account alone, or verify that it is so: others could plant a socket there."""
    try:
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        try:
            path.mkdir(mode=0o700)
            os.chown(path, account.uid, account.gid)
        except FileExistsError:
            _verify_ours(path, account)
    except OSError as error:
        raise disk_trouble(error, path) from error
    return path


def _verify_ours(path: Path, account: Account) -> None:
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid:
        raise Trouble(
            f"{path} should be a folder of the user '{account.name}' and is not. "
            "Remove it, or start Tactful as the user who made it."
        )
    if stat.S_IMODE(found.st_mode) != 0o700:
        path.chmod(0o700)


def reachable_binaries(found: Binaries, account: Account) -> Binaries:
    """The same programs, copied once below /var/lib/tactful if the account cannot reach them."""
    if not account.is_another or account.reaches(found.folder):
        return found
    install = found.folder.parent
    copy = STATE / f"pg-{found.major}-{_wheel_version()}"
    if not (copy / "complete").exists():
        _copy_install(install, copy)
    return Binaries(copy / install.parent.name / install.name / "bin", found.major, found.from_wheel)


def _copy_install(install: Path, copy: Path) -> None:
    """Keep the relative place of the wheel's own libraries, which the programs look for beside them."""
    aside = copy.with_name(f"{copy.name}.{os.getpid()}")
    libraries = install.parent.with_name(f"{WHEEL}.libs")
    try:
        STATE.mkdir(mode=0o755, parents=True, exist_ok=True)
        target = aside / install.parent.name / install.name
        shutil.copytree(install, target, ignore=shutil.ignore_patterns("include"), symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, aside / libraries.name, symlinks=True)
        (aside / "complete").touch()
        shutil.rmtree(copy, ignore_errors=True)
        aside.rename(copy)
    except OSError as error:
        shutil.rmtree(aside, ignore_errors=True)
        raise disk_trouble(error, copy) from error
    _readable(copy)


def _readable(tree: Path) -> None:
    """Folders 755, files as they were plus reading: a strict umask must not hide them again."""
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o444 | _executable(path)))


def _executable(path: Path) -> int:
    return 0o111 if path.stat().st_mode & stat.S_IXUSR else 0


def _wheel_version() -> str:
    try:
        return version(WHEEL.replace("_", "-"))
    except PackageNotFoundError:
        return "system"
