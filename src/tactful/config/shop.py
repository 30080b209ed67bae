"""What the command line does with the running house. Loads Django, so commands import it by name."""

import argparse
import os
import sys

import django
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tactful.config.settings")
django.setup()

from tactful.contacts import queries as contacts  # noqa: E402, Django must be set up first
from tactful.contacts.actions import ContactError, import_file  # noqa: E402
from tactful.contacts.types import Declaration, ImportRequest, ListSource  # noqa: E402
from tactful.content import queries as content  # noqa: E402
from tactful.foundation.clock import business_now  # noqa: E402
from tactful.foundation.models import Role  # noqa: E402
from tactful.foundation.queries import business_at  # noqa: E402
from tactful.foundation.staff import actions as staff  # noqa: E402
from tactful.foundation.staff.queries import person_by_email  # noqa: E402
from tactful.journeys.actions import import_journey  # noqa: E402
from tactful.journeys.queries import journey_by_slug  # noqa: E402
from tactful.journeys.rules.checks import Surroundings, run_checks  # noqa: E402
from tactful.journeys.rules.definition import parse, read, write  # noqa: E402
from tactful.journeys.rules.problems import DefinitionError  # noqa: E402
from tactful.journeys.wording import finding_sentence, problem_sentence  # noqa: E402
from tactful.touchpoints import queries as touchpoints  # noqa: E402

LANGUAGE = "en"  # the language of the terminal


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


def add_person(email: str, name: str, role: str) -> int:
    now = business_now()
    try:
        validate_email(email)
        new = staff.Person(name, email, Role(role), language=business_at(now).language)
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


def _tell(email: str, password: str) -> int:
    print(f"{email} signs in with the one-time password {password} and then chooses another.")
    return 0


def check_journey(source: str) -> int:
    """1 when something stops it from being switched on."""
    try:
        definition = read(source)
    except DefinitionError as error:
        return _say(error)
    around = Surroundings(touchpoints=touchpoints.views_of_all(), templates=content.languages_by_slug())
    findings = [finding for checked in run_checks(definition, around) for finding in checked.findings]
    for finding in findings:
        print(f"{finding.id}  {finding.step or '-'}  {finding_sentence(finding, LANGUAGE)}")
    print("All is well." if not findings else f"{len(findings)} to look at.")
    return 1 if any(finding.stops for finding in findings) else 0


def import_journey_file(source: str) -> int:
    try:
        version = import_journey(source, acting_user=None, now=business_now())
    except DefinitionError as error:
        return _say(error)
    print(f"{version.journey.slug}: version {version.number}. Those on the way finish on theirs.")
    return 0


def export_journey(slug: str) -> int:
    journey = journey_by_slug(slug)
    if journey is None or journey.live_version is None:
        print(f"There is no journey “{slug}”.", file=sys.stderr)
        return 1
    print(journey.live_version.source or write(parse(journey.live_version.document)), end="")
    return 0


def _say(error: DefinitionError) -> int:
    for problem in error.problems:
        print(problem_sentence(problem, LANGUAGE), file=sys.stderr)
    return 1
