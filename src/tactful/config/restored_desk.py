"""What the command line says and does about a restored house. Loads Django, so commands import it by name."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tactful.config.settings")
django.setup()

from tactful.contacts import queries as contacts  # noqa: E402, Django must be set up first
from tactful.delivery import actions as delivery  # noqa: E402
from tactful.delivery import queries as outbox  # noqa: E402
from tactful.foundation.clock import business_now  # noqa: E402
from tactful.foundation.staff.queries import person_by_email  # noqa: E402

SHAPE = "%Y-%m-%d %H:%M"


def show() -> int:
    found = outbox.restored(business_now())
    if found is None:
        print("Sending is not stopped by a restore.")
        return 0
    if found.copied:
        print(f"A copy, noticed {found.restored_at:{SHAPE}} UTC; last at work {found.backup_at:{SHAPE}} UTC.")
    else:
        print(f"Backup of {found.backup_at:{SHAPE}} UTC, restored {found.restored_at:{SHAPE}} UTC.")
    if found.known_until:
        print(
            f"What left is known until {found.known_until:{SHAPE}} UTC: {found.gone} messages, "
            "which are not sent again."
        )
    else:
        print("What left since is not known.")
    print(f"{found.unclear} were handed over without an answer; a person is asked about each.")
    print(f"{found.total} would be sent now:")
    names = contacts.people({each.contact_id for each in found.waiting})
    for each in found.waiting:
        print(f"  {each.due_at:{SHAPE}}  {names[each.contact_id].name if each.contact_id in names else '?'}")
    return 0


def confirm(since: str, email: str) -> int:
    user = person_by_email(email)
    if user is None or not user.is_owner:
        print("Say which owner confirms: --by with their e-mail address.", file=sys.stderr)
        return 1
    try:
        delivery.confirm_restored(since=delivery.Since(since), acting_user=user.id, now=business_now())
    except delivery.NothingRestored as error:
        print(error, file=sys.stderr)
        return 1
    print("The house sends again.")
    return 0
