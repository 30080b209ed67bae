"""Who was erased stays erased in a house that was made of an older one (R76)."""

import subprocess
import sys
from pathlib import Path

from tactful.config import migration
from tactful.config.environment import Environment
from tactful.config.trouble import Trouble
from tactful.contacts.rules.erasure_lines import JOURNAL


def again(environment: Environment, folder: Path) -> int | None:
    """They go before anybody looks in and anything is sent: how many; None without a journal. In a process
    of its own, for it needs all floors, and the key that came with a backup. Raises ``Trouble``."""
    if not (folder / JOURNAL).is_file():
        return None
    command = [sys.executable, "-m", "tactful.config.erased_desk", str(folder.resolve())]
    environ = migration.owner_environ(environment)
    done = subprocess.run(command, env=environ, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise Trouble("Who was erased could not be erased again; what went wrong stands above.")
    return int(done.stdout.split()[-1])
