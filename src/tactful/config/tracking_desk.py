"""What the command line does with write keys. Loads Django, so the command imports it by name."""

import os
import sys
from collections.abc import Sequence

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tactful.config.settings")
django.setup()

from tactful.foundation.clock import business_now  # noqa: E402, Django must be set up first
from tactful.tracking.actions import SourceError, add_source, revoke_source  # noqa: E402
from tactful.tracking.queries import sources  # noqa: E402
from tactful.tracking.types import KeyKind  # noqa: E402


def add_key(name: str, sites: Sequence[str]) -> int:
    kind = KeyKind.BROWSER if sites else KeyKind.SERVER
    try:
        made = add_source(name, kind, sites, acting_user=None, now=business_now())
    except SourceError as error:
        print(error, file=sys.stderr)
        return 1
    print(made.key)
    if made.secret:
        print(f"Secret for signing user ids: {made.secret}")
    return 0


def list_keys() -> int:
    for row in sources():
        state = (
            "revoked" if row.revoked_at else f"used {row.used_at:%Y-%m-%d %H:%M}" if row.used_at else "new"
        )
        print(f"{row.id}  {row.kind:8}{row.prefix}…  {state:24}{row.name}")
    return 0


def revoke_key(source_id: int) -> int:
    if revoke_source(source_id, acting_user=None, now=business_now()):
        return 0
    print(f"There is no open key with the id {source_id}. See 'tactful tracking keys list'.", file=sys.stderr)
    return 1
