"""Write keys: made, shown once, revoked."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from tactful.foundation.actions import record_audit
from tactful.foundation.keys.queries import digest
from tactful.foundation.secrets import get_secret, put_secret
from tactful.tracking.models import TrackingSource
from tactful.tracking.types import KeyKind, Source

PREFIXES = {KeyKind.SERVER: "tw_", KeyKind.BROWSER: "tb_"}
SHOWN = 8


class SourceError(ValueError):
    """What was asked cannot be done; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """``key`` and ``secret`` are shown this once; ``secret`` is empty for a server key."""

    source_id: int
    key: str
    secret: str


@transaction.atomic
def add_source(
    name: str, kind: KeyKind, origins: Sequence[str] = (), *, acting_user: int | None, now: datetime
) -> NewKey:
    """A new write key. A browser key needs the addresses of the sites that will use it."""
    called = " ".join(name.split())[:120]
    if not called:
        raise SourceError(_("The name is missing. Write where the calls will come from, such as “Web shop”."))
    sites = [read_origin(each) for each in origins if each.strip()]
    if kind is KeyKind.BROWSER and not sites:
        raise SourceError(
            _("A browser key needs the address of the site that will use it, such as https://shop.example.")
        )
    key = PREFIXES[kind] + secrets.token_urlsafe(24)
    row = TrackingSource(
        name=called, kind=kind.value, prefix=key[:SHOWN], key_hash=digest(key), origins=sites,
        made_at=now, made_by=acting_user,
    )  # fmt: skip
    row.save(force_insert=True)
    secret = secrets.token_urlsafe(32) if kind is KeyKind.BROWSER else ""
    if secret:
        put_secret(_secret_name(row.id), secret)
    record_audit(
        actor=acting_user, verb="source.added", subject=f"source:{row.id}", now=now, body={"name": called}
    )
    return NewKey(row.id, key, secret)


@transaction.atomic
def add_inner_source(name: str, *, now: datetime) -> int:
    """A source for calls that this house makes of what others send in their own ways. No key opens it, and
    it stands in no list of keys."""
    unknown = secrets.token_bytes(32)
    row = TrackingSource(name=name[:120], kind=KeyKind.SERVER.value, prefix="", key_hash=unknown, made_at=now)
    row.save(force_insert=True)
    return row.id


@transaction.atomic
def revoke_source(source_id: int, *, acting_user: int | None, now: datetime) -> bool:
    """Its key opens nothing any more. False: it did not before."""
    rows = TrackingSource.objects.filter(id=source_id, revoked_at__isnull=True)
    if not rows.update(revoked_at=now, revoked_by=acting_user):
        return False
    record_audit(actor=acting_user, verb="source.revoked", subject=f"source:{source_id}", now=now)
    return True


def read_origin(text: str) -> str:
    """``https://shop.example`` as a browser names it. Raises ``SourceError``."""
    given = text.strip().rstrip("/").lower()
    parts = urlsplit(given if "//" in given else f"https://{given}")
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if parts.scheme not in ("https", "http") or not host or parts.path or parts.query:
        raise SourceError(
            _("“%(text)s” is not the address of a site. Write it as https://shop.example.")
            % {"text": text[:80]}
        )
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}"


def open_sources() -> dict[bytes, Source]:
    """By the digest of their keys, those that may write now."""
    rows = TrackingSource.objects.filter(revoked_at__isnull=True).exclude(prefix="")
    return {bytes(row.key_hash): _source(row) for row in rows}


def source_of(key: str) -> Source | None:
    """Whose write key this is, if it opens anything now."""
    row = TrackingSource.objects.filter(key_hash=digest(key), revoked_at__isnull=True).first()
    return _source(row) if row else None


def sources_by_id(ids: Collection[int]) -> dict[int, Source]:
    """Revoked ones too: what was stored before is taken in."""
    return {row.id: _source(row) for row in TrackingSource.objects.filter(id__in=ids)}


def _source(row: TrackingSource) -> Source:
    secret = get_secret(_secret_name(row.id)) if row.kind == KeyKind.BROWSER else ""
    return Source(row.id, row.name, KeyKind(row.kind), secret.encode(), frozenset(row.origins))


def _secret_name(source_id: int) -> str:
    return f"tracking.source.{source_id}"
