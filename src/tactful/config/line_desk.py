"""``tactful line``. 0: done, or nothing to do. 1: something is wrong, as printed."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tactful.config.settings")
django.setup()

from tactful.foundation.clock import business_now  # noqa: E402, Django must be set up first
from tactful.foundation.staff.queries import person_by_email  # noqa: E402
from tactful.touchpoints.rules.document import BadLine  # noqa: E402
from tactful.wiring import line_file  # noqa: E402


def export() -> int:
    print(line_file.export(), end="")
    return 0


def bring_in(text: str, email: str) -> int:
    """Without a name it only says what would change."""
    try:
        moved = line_file.changes(text)
    except BadLine as trouble:
        print(*trouble.problems, sep="\n", file=sys.stderr)
        return 1
    print(*line_file.sentences(moved) or ["Nothing would change."], sep="\n")
    if not email or not moved:
        return 0
    user = person_by_email(email)
    if user is None or not user.is_owner or not user.is_active:
        print(f"Only an owner moves the line, and {email} is none. Nothing was changed.", file=sys.stderr)
        return 1
    count = line_file.bring_in(text, acting_user=user.id, now=business_now())
    print(f"{count} touchpoints were changed, in the name of {user.name}.")
    return 0
