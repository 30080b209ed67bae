"""The system user that runs PostgreSQL: ourselves, or one of its own when we are root.

PostgreSQL refuses to run as root, and the shared ``nobody`` would let strangers read the database.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tactful.config.trouble import Trouble

NAME = "tactful"
USERADD = (
    "useradd",
    "--system",
    "--user-group",
    "--no-create-home",
    "--home-dir",
    "/nonexistent",
    "--shell",
    "/usr/sbin/nologin",
)
ADDUSER = ("adduser", "-S", "-D", "-H", "-s", "/sbin/nologin")
"""BusyBox; its system users get a group of their own only when asked, and none is needed."""


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    uid: int
    gid: int

    @property
    def is_another(self) -> bool:
        return self.uid != os.geteuid()

    def run(self, command: list[str], *, cwd: Path = Path("/")) -> subprocess.CompletedProcess[str]:
        """Run to the end as this user, with a clean environment. Output is text."""
        process = self.popen(command, subprocess.PIPE, cwd=cwd)
        out, err = process.communicate()
        return subprocess.CompletedProcess(command, process.returncode, str(out), str(err))

    def popen(self, command: list[str], output: int, *, cwd: Path = Path("/")) -> "subprocess.Popen[str]":
        """Start as this user in a session of its own, which a Ctrl-C in our terminal does not reach."""
        switch: dict[str, Any] = {"user": self.uid, "group": self.gid, "extra_groups": []}
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.PIPE if output == subprocess.PIPE else subprocess.STDOUT,
            text=True,
            cwd=cwd,
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            start_new_session=True,
            umask=0o077,
            **(switch if self.is_another else {}),
        )

    def reaches(self, path: Path) -> bool:
        """Whether this user gets into that folder through all those above it."""
        return self.run(["/bin/sh", "-c", 'cd "$0"', str(path)]).returncode == 0


def server_account(say: Callable[[str], None]) -> Account:
    """Who runs the server. Root gets the system user ``tactful``, made once and said so."""
    if os.geteuid() != 0:
        return _ourselves()
    entry = _entry(NAME)
    if entry is None:
        _make_user()
        entry = _entry(NAME)
        if entry is None:
            raise _cannot_make("it did not appear")
        say(f"Made the system user '{NAME}', which runs PostgreSQL because root may not.")
    if entry.pw_uid == 0:
        raise Trouble(f"The user '{NAME}' is root under another name, and PostgreSQL does not run as root.")
    return Account(NAME, entry.pw_uid, entry.pw_gid)


def _ourselves() -> Account:
    try:
        entry = pwd.getpwuid(os.geteuid())
    except KeyError as error:
        raise Trouble(
            f"The user number {os.geteuid()} has no name on this machine, and PostgreSQL asks for one. "
            "Add it to /etc/passwd, or set TACTFUL_DATABASE_URL to a server of yours."
        ) from error
    return Account(entry.pw_name, entry.pw_uid, os.getegid())


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _make_user() -> None:
    tool = next((each for each in (USERADD, ADDUSER) if shutil.which(each[0])), None)
    if tool is None:
        raise _cannot_make("neither useradd nor adduser is here")
    done = subprocess.run([*tool, NAME], capture_output=True, text=True, check=False)
    if done.returncode != 0 and _entry(NAME) is None:
        raise _cannot_make(done.stderr.strip() or f"{tool[0]} ended with {done.returncode}")


def _cannot_make(reason: str) -> Trouble:
    return Trouble(
        f"PostgreSQL may not run as root, and the system user '{NAME}' could not be made ({reason}). "
        "Make that user, run Tactful as a normal user, or set TACTFUL_DATABASE_URL to a server of yours."
    )
