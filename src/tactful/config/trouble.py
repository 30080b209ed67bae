"""The one exception that reaches the operator as a sentence instead of a trace."""

import errno
from pathlib import Path

EXIT_CODE = 2


class Trouble(Exception):
    """One clear sentence: what is wrong, and what to do about it. The command line exits with 2."""


def disk_trouble(error: OSError, path: Path) -> Trouble:
    """The sentence for a file operation that failed."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return full_disk(path)
    reason = error.strerror or str(error)
    return Trouble(
        f"{path} cannot be used: {reason}. Make it writable for the user who runs Tactful, "
        "or choose another data folder with TACTFUL_HOME."
    )


def full_disk(path: Path) -> Trouble:
    return Trouble(f"The disk that holds {path} is full. Free some space there and start again.")
