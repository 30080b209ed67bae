"""``/health``, ``/ready``, ``/metrics``: answered before Django, without sessions, for machines that watch.

* ``/health``: this process is alive and answers.
* ``/ready``: it can do its work: the database answers and has what this release needs, and a worker lives.
* ``/metrics``: figures in Prometheus' text format, with ``TACTFUL_METRICS_TOKEN``, or for this
  machine while the house is reached on no other.
"""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from functools import cache
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connection

from tactful.config.home import PACKAGE
from tactful.config.release import release
from tactful.foundation.egress import is_loopback

PATHS = ("/health", "/ready", "/metrics")
LIVING_WORKERS: Final = "SELECT count(*) FROM sending_worker WHERE lease_until > clock_timestamp()"
APPLIED: Final = "SELECT app || '.' || name FROM django_migrations"
FIGURES: Final = (
    ("workers", "Workers whose lease runs.", LIVING_WORKERS),
    (
        "messages_due",
        "Messages that are due and have not left.",
        (
            "SELECT count(*) FROM dispatch, instance"
            " WHERE shelf = 1 AND not_before <= clock_timestamp() + clock_shift"
        ),
    ),
    (
        "messages_oldest_due_seconds",
        "How long the oldest of them has been due.",
        (
            "SELECT COALESCE(extract(epoch FROM max(clock_timestamp() + clock_shift - not_before)), 0)"
            " FROM dispatch, instance WHERE shelf = 1 AND not_before <= clock_timestamp() + clock_shift"
        ),
    ),
    ("messages_held", "Messages that the gate holds.", "SELECT count(*) FROM dispatch WHERE shelf = 2"),
    ("messages_unknown", "Messages of which nobody knows.", "SELECT count(*) FROM dispatch WHERE shelf = 3"),
    ("tasks_open", "Tasks that wait for a person.", "SELECT count(*) FROM task WHERE done_at IS NULL"),
    (
        "sending_paused",
        "1 while nothing may leave.",
        (
            "SELECT (sending_paused <> '' OR EXISTS (SELECT FROM sending_pause"
            " WHERE scope = 'everything' AND ended_at IS NULL))::int FROM instance"
        ),
    ),
    (
        "accounts_paused",
        "Mail accounts that are stopped.",
        "SELECT count(*) FROM account WHERE paused_reason <> ''",
    ),
    ("inbound_waiting", "Mails not read yet.", "SELECT count(*) FROM inbound_raw WHERE processed_at IS NULL"),
    ("database_bytes", "Size of the database.", "SELECT pg_database_size(current_database())"),
)

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


async def vitals(scope: dict[str, Any], send: Send) -> None:
    path = scope["path"]
    if path == "/health":
        await _answer(send, 200, "text/plain", "alive\n")
    elif path == "/ready":
        troubles = await asyncio.to_thread(_closing, not_ready)
        body = json.dumps({"ready": not troubles, "troubles": troubles}) + "\n"
        await _answer(send, 503 if troubles else 200, "application/json", body)
    elif not _may_read(scope):
        await _answer(send, 404, "text/plain", "There is nothing here.\n")
    else:
        text = await asyncio.to_thread(_closing, figures)
        await _answer(send, 200 if text else 503, "text/plain; version=0.0.4", text or "")


def not_ready() -> list[str]:
    """Sentences about what is missing; none when work can be done."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(APPLIED)
            missing = missing_migrations(name for (name,) in cursor.fetchall())
            cursor.execute(LIVING_WORKERS)
            (workers,) = cursor.fetchone()
    except DatabaseError:
        return ["The database does not answer."]
    troubles = ["The database is older than this release; run the migrations."] if missing else []
    return troubles if workers else [*troubles, "No worker is alive."]


def figures() -> str:
    """One gauge a line, as Prometheus reads them; empty when the database does not answer."""
    lines = [
        "# HELP tactful_info The release.",
        "# TYPE tactful_info gauge",
        f'tactful_info{{version="{release()}"}} 1',
    ]
    try:
        with connection.cursor() as cursor:
            for name, what, query in FIGURES:
                cursor.execute(query)
                value = float(cursor.fetchone()[0])
                lines += [
                    f"# HELP tactful_{name} {what}",
                    f"# TYPE tactful_{name} gauge",
                    f"tactful_{name} {value:g}",
                ]
    except DatabaseError:
        return ""
    return "\n".join(lines) + "\n"


def missing_migrations(applied: Iterable[str]) -> set[str]:
    """Ours that this release has and the database has not. That it knows more is an upgrade under way."""
    return set(_ours()) - set(applied)


@cache
def _ours() -> frozenset[str]:
    found = PACKAGE.glob("*/migrations/[0-9]*.py")
    return frozenset(f"{path.parent.parent.name}.{path.stem}" for path in found)


def _closing(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    finally:
        connection.close()


def _may_read(scope: dict[str, Any]) -> bool:
    """With the token from anywhere; without, from this machine, and not through a proxy on it: where the
    house has an address for others, every proxy counts as one that tells nothing of itself."""
    headers = dict(scope["headers"])
    token = settings.ENVIRONMENT.metrics_token
    if token:
        return hmac.compare_digest(headers.get(b"authorization", b""), b"Bearer " + token.encode())
    if not is_loopback(urlsplit(settings.BASE_URL).hostname or ""):
        return False
    return b"x-forwarded-for" not in headers and _is_here((scope.get("client") or ("",))[0])


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


async def _answer(send: Send, status: int, content_type: str, body: str) -> None:
    headers = [(b"content-type", content_type.encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})
