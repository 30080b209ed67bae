"""The program, the disks, the clock."""

import ctypes
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from tactful.config.doctor.finding import Finding, look, unknown, well
from tactful.config.environment import Environment
from tactful.config.home import PACKAGE
from tactful.config.release import release

LEAST_FREE_BYTES = 500_000_000
TIME_ERROR = 5
"""What ``ntp_adjtime`` answers when the kernel's clock follows no other (adjtimex(2))."""


def program(environment: Environment) -> Iterator[Finding]:
    said = f"Tactful {release()} on Python {sys.version.split()[0]}, data in {environment.home}."
    yield well("program", said)
    if (PACKAGE / "web/static/build").is_dir():
        yield well("pages", "Styles and scripts of the pages are built.")
    else:
        yield look("pages", "The styles and scripts of the pages are not built. Run bin/setup.")


def disks(environment: Environment) -> Iterator[Finding]:
    yield _disk("disk", environment.home)
    folder = environment.backup_folder
    if folder.is_dir() and folder.stat().st_dev != environment.home.stat().st_dev:
        yield _disk("backup_disk", folder)


def _disk(name: str, folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        return look(name, f"Only {free // 1_000_000} MB are free on the disk of {folder}. Free some.")
    return well(name, f"{free // 1_000_000_000} GB free on the disk of {folder}.")


def clock(environment: Environment) -> Iterator[Finding]:
    """Whether the kernel's clock follows another. A container sees that of its host."""
    del environment
    try:
        answer = ctypes.CDLL(None, use_errno=True).ntp_adjtime(ctypes.create_string_buffer(512))
    except (OSError, AttributeError):
        answer = -1
    if answer == -1:
        yield unknown("clock", "Whether the clock is right could not be checked on this system.")
    elif answer == TIME_ERROR:
        yield look(
            "clock", "The clock follows no time server, so it may be wrong. Turn on NTP on this machine."
        )
    else:
        yield well("clock", "The clock follows a time server.")
