"""What the command line says and does about clients who are erased. Loads Django: commands import it by name.

    python -m tactful.config.erased_desk FOLDER

erases again, in a restored house, who was erased after the backup; FOLDER holds the journal of erasures.
"""

import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tactful.config.settings")
django.setup()

from tactful.contacts import queries as contacts  # noqa: E402, Django must be set up first
from tactful.contacts.actions import ContactError, ErasureWish  # noqa: E402
from tactful.foundation.clock import business_now  # noqa: E402
from tactful.foundation.queries import business_at  # noqa: E402
from tactful.foundation.staff.queries import person_by_email  # noqa: E402
from tactful.wiring import erasing  # noqa: E402

NO_OWNER = "Say which owner does it: --by with their mail address."


def erase(contact_id: int, reason: str, email: str, *, sure: bool) -> int:
    """0 when it has begun; the worker ends what waits."""
    owner = _owner(email)
    person = contacts.people([contact_id]).get(contact_id)
    if owner is None or person is None:
        return _sorry(NO_OWNER if owner is None else "There is no such client.")
    weight = erasing.weight(contact_id)
    went = f"{weight.words} notes and mails, {weight.files} files, {weight.documents} pieces of work"
    print(f"{person.name}: {went} and everything else that is known go;")
    print(f"{weight.planned} planned messages are not sent. What stays, of nobody:")
    print(f"that {weight.messages} messages were sent and {weight.consents} consents given.")
    print("It cannot be taken back. Backups of before hold them until the last of those is gone.")
    if not sure and input("Type the client's number to go on: ").strip() != str(contact_id):
        return _sorry("Nothing was erased.")
    now = business_now()
    row = erasing.ask(ErasureWish(contact_id, reason, "command"), acting_user=owner, now=now)
    if erasing.carry_on(row.id, now):
        print("Erased.")
        return 0
    print("A mail to them is just leaving. The worker erases them as soon as it is out.")
    return 0


def let_in(address: str, email: str) -> int:
    owner, now = _owner(email), business_now()
    if owner is None:
        return _sorry(NO_OWNER)
    try:
        erasing.let_in_again(address, region=business_at(now).country, acting_user=owner, now=now)
    except ContactError as error:
        return _sorry(str(error))
    print("They may come in again.")
    return 0


def _owner(email: str) -> int | None:
    user = person_by_email(email)
    return user.id if user is not None and user.is_owner else None


def _sorry(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    print(erasing.replay(Path(sys.argv[1]), business_now()))
