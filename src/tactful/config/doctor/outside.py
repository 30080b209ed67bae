"""What others see: the certificate. And what is left when this machine is not: the backups."""

import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from tactful.config.backup import making, recovery
from tactful.config.backup.rotation import OVERDUE
from tactful.config.doctor.finding import Finding, look, unknown, well
from tactful.config.environment import Environment
from tactful.kernel.clock import machine_ms

RENEW_BY = timedelta(days=14)
SECONDS = 5.0

Expiry = Callable[[str, int], datetime]
"""Host and port; when the certificate that is shown there ends. Raises ``OSError``."""


def machine_moment() -> datetime:
    return datetime.fromtimestamp(machine_ms() / 1000, UTC)


def certificate(environment: Environment, expiry: Expiry) -> Iterator[Finding]:
    parts = urlsplit(environment.base_url)
    if parts.scheme != "https":
        yield look(
            "certificate",
            "The pages are served without encryption, which is for a trial on one machine. "
            "Start with 'tactful up --domain YOUR.NAME'.",
        )
        return
    host = parts.hostname or ""
    try:
        until = expiry(host, parts.port or 443)
    except ssl.SSLCertVerificationError as error:
        yield look("certificate", f"The certificate of {host} is not trusted: {error.verify_message}.")
        return
    except OSError as error:
        reason = error.strerror or str(error)
        yield unknown("certificate", f"The certificate of {host} could not be checked from here: {reason}.")
        return
    left = until - machine_moment()
    said = f"The certificate of {host} is good until {until:%Y-%m-%d}."
    yield (
        look("certificate", f"{said} It should have been renewed.")
        if left < RENEW_BY
        else well("certificate", said)
    )


def shown_expiry(host: str, port: int) -> datetime:
    context = ssl.create_default_context()
    with (
        socket.create_connection((host, port), SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=host) as secure,
    ):
        shown = secure.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC)


def backups(environment: Environment) -> Iterator[Finding]:
    last = making.newest(environment.backup_folder)
    if not environment.nightly_backups:
        yield unknown(
            "backups", "Nightly backups are off here; whether another machine makes them is not known."
        )
    elif last is None:
        yield look(
            "backups", "There is no backup yet. The first is made tonight, or now with 'tactful backup'."
        )
    elif machine_moment() - last[0] > OVERDUE:
        age = (machine_moment() - last[0]).days
        yield look(
            "backups", f"The last backup is {age} days old. Run 'tactful backup' and see what it says."
        )
    else:
        size = last[1].stat().st_size / 1_000_000
        yield well("backups", f"The last backup was made {last[0]:%Y-%m-%d %H:%M} UTC ({size:.1f} MB).")
    if recovery.kept_here(environment.home):
        yield look(
            "recovery_key",
            "The key to the backups lies on this machine. Print it with 'tactful backup --show-key', keep it "
            "elsewhere, then run 'tactful backup --forget-key'.",
        )
    elif recovery.public_file(environment.home).exists():
        yield well("recovery_key", "The key to the backups is not on this machine.")
