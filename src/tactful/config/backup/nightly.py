"""The worker's part: a backup each night, in a process of its own, and an owner told when it fails."""

import logging
import subprocess
import sys
import threading
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection

from tactful.config.backup.making import newest
from tactful.config.backup.rotation import is_due
from tactful.config.environment import Environment
from tactful.delivery.queries import sending_paused
from tactful.delivery.rules.departures import MADE_OF_ANOTHER
from tactful.events import actions as events
from tactful.events.types import NewFact
from tactful.foundation.clock import business_now, machine_now

logger = logging.getLogger(__name__)

LOOK = 60.0  # seconds
AGAIN = 3600.0  # seconds after a failure
LOCK = 7_302_004
FAILED = "backup_failed"
_told = threading.Event()
"""An owner has been told that it fails; they are told again only after it has gone well."""


def back_up_when_due(stop: threading.Event) -> None:
    """One of the workers, if one is due. A house of a backup that nobody has confirmed makes none, nor does a
    copy: it would push better ones out."""
    environment: Environment = settings.ENVIRONMENT
    wait = LOOK
    if environment.nightly_backups and _due(environment) and sending_paused() not in MADE_OF_ANOTHER:
        wait = LOOK if _alone(environment) else AGAIN
    stop.wait(wait)


def _due(environment: Environment) -> bool:
    last = newest(environment.backup_folder)
    begun = (
        (environment.home / "secret-key").stat().st_mtime if (environment.home / "secret-key").exists() else 0
    )
    return is_due(last[0] if last else None, datetime.fromtimestamp(begun, UTC), machine_now())


def _alone(environment: Environment) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return True
        try:
            return not _due(environment) or _back_up()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _back_up() -> bool:
    command = [sys.executable, "-m", "tactful", "backup", "--rotate"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        logger.info("%s", done.stdout.strip())
        _told.clear()
        return True
    said = (done.stderr.strip().splitlines() or ["It said nothing."])[-1][:300]
    logger.error("The nightly backup failed: %s", said)
    if not _told.is_set():
        _told.set()
        events.record([NewFact("task.wanted", None, {"kind": FAILED, "reason": said})], now=business_now())
    return False
