"""What the command line does with the running house. Loads Django, so commands import it by name."""

import argparse
import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tactful.config.settings")
django.setup()

from tactful.contacts import queries as contacts  # noqa: E402, Django must be set up first
from tactful.contacts.actions import ContactError, import_file  # noqa: E402
from tactful.contacts.types import Declaration, ImportRequest, ListSource  # noqa: E402
from tactful.foundation.clock import business_now  # noqa: E402
from tactful.foundation.models import Role  # noqa: E402
from tactful.foundation.queries import business_at  # noqa: E402
from tactful.foundation.setting_up import queries as setting_up  # noqa: E402
from tactful.foundation.setting_up.actions import invite  # noqa: E402
from tactful.foundation.staff import actions as staff  # noqa: E402
from tactful.foundation.staff.queries import person_by_email  # noqa: E402


def import_contacts(arguments: argparse.Namespace, content_of_file: bytes) -> int:
    declared = Declaration(
        source=ListSource(arguments.source),
        collected_on=arguments.collected_on,
        opt_out_offered=arguments.opt_out_offered,
    )
    request = ImportRequest(file_name=arguments.file.name, content=content_of_file, declared=declared)
    try:
        done = import_file(request, acting_user=None, now=business_now())
    except ContactError as error:
        print(error, file=sys.stderr)
        return 1
    print(", ".join(f"{outcome} {count}" for outcome, count in sorted(done.counts.items())))
    if arguments.refused and done.counts.get("refused"):
        arguments.refused.write_bytes(contacts.refused_csv(done.id))
        print(f"The refused rows are in {arguments.refused}. Mend them and import that file.")
    return 0


def export_contacts(file: Path) -> int:
    if file.suffix not in (".csv", ".jsonl"):
        print("Give the file a name that ends in .csv or .jsonl.", file=sys.stderr)
        return 1
    parts = iter([contacts.as_csv()]) if file.suffix == ".csv" else contacts.as_json_lines()
    with file.open("wb") as out:
        for part in parts:
            out.write(part)
    print(f"{file} has {contacts.how_many()} clients.")
    return 0


def add_person(email: str, name: str, role: str, days: int = staff.HELPER_DAYS) -> int:
    now = business_now()
    try:
        validate_email(email)
        new = staff.Person(name, email, Role(role), language=business_at(now).language, days=days)
        _user, password = staff.add_person(new, acting_user=None, now=now)
    except (ValidationError, staff.PersonError) as error:
        print(*getattr(error, "messages", error.args), file=sys.stderr)
        return 1
    return _tell(email, password)


def give_new_password(email: str) -> int:
    user = person_by_email(email)
    if user is None:
        print(f"Nobody here has the address {email}. Check how it is written.", file=sys.stderr)
        return 1
    _user, password = staff.give_new_password(user.id, acting_user=None, now=business_now())
    return _tell(user.email, password)


def invite_person(email: str) -> int:
    """``email`` empty: for the first owner, as long as nobody works here."""
    user = person_by_email(email) if email else None
    if email and user is None:
        print(f"Nobody here has the address {email}. Add them first.", file=sys.stderr)
        return 1
    if not email and not setting_up.nobody_yet():
        print("Somebody works here already. Give the mail address of whom you invite.", file=sys.stderr)
        return 1
    print(invitation_link(user.id if user else None))
    return 0


def invitation_link(user_id: int | None) -> str:
    token = invite(user_id, acting_user=None, now=business_now())
    return settings.ENVIRONMENT.base_url.rstrip("/") + reverse("invitation", args=[token])


def _tell(email: str, password: str) -> int:
    print(f"{email} signs in with the one-time password {password} and then chooses another.")
    return 0
