"""Making the demo business: ``python -m tactful.demo.seed``. Prints the lines that the start shows.

Everything goes through the product's own doors: the import reads CSV files as other systems export
them, the line is drawn by decisions, the journey comes from its YAML, mail is read from the raw store.
"""

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tactful.config.settings")
django.setup()

from django.conf import settings  # noqa: E402, Django must be set up first
from django.db import transaction  # noqa: E402

from tactful.channels.actions import (  # noqa: E402
    AccountForm,
    RawMail,
    save_mail_account,
    set_inquiries,
    store_raw,
)
from tactful.channels.queries import mail_accounts  # noqa: E402
from tactful.contacts import queries as contacts  # noqa: E402
from tactful.contacts.actions import import_file  # noqa: E402
from tactful.contacts.types import ContactLine, Declaration, ImportRequest, ListSource  # noqa: E402
from tactful.content.actions import NewTemplate, publish_template  # noqa: E402
from tactful.content.templates_seed import load_seed_templates  # noqa: E402
from tactful.demo import cast  # noqa: E402
from tactful.demo.morning import next_morning  # noqa: E402
from tactful.demo.postbox.client import AUTHSERV_ID, Draft, Person, write_new  # noqa: E402
from tactful.demo.year import asked_for  # noqa: E402
from tactful.engagements.actions import open_engagements  # noqa: E402
from tactful.engagements.types import NewEngagement  # noqa: E402
from tactful.foundation.actions import change_settings  # noqa: E402
from tactful.foundation.clock import business_now, shift_business_clock  # noqa: E402
from tactful.foundation.ids import new_id  # noqa: E402
from tactful.foundation.models import Role, User  # noqa: E402
from tactful.foundation.setting_up.actions import close_first_run  # noqa: E402
from tactful.journeys.actions import import_journey, switch_on  # noqa: E402
from tactful.kernel.zones import local_day  # noqa: E402
from tactful.touchpoints import actions as touchpoints  # noqa: E402
from tactful.touchpoints import queries as the_map  # noqa: E402
from tactful.touchpoints.rules.catalogue import suggestions  # noqa: E402
from tactful.touchpoints.types import Line  # noqa: E402
from tactful.wiring.inbound import read_waiting  # noqa: E402
from tactful.wiring.reactor import run_all  # noqa: E402

RECIPE = "annual-accounts-documents.yaml"


def main() -> int:
    if User.objects.exists():
        print(login_line())
        return 0
    with transaction.atomic():
        start_on_a_working_morning()
        now = business_now()
        owner = hire(now)
        furnish(owner, now)
        draw_the_line(owner, now)
        bring_in_clients(owner, now)
        close_first_run(acting_user=owner.id, now=now)
    listen_first(business_now())
    ask_for_documents(business_now())
    print(login_line())
    return 0


def login_line() -> str:
    norwegian, english = cast.STAFF[0].email, next(who.email for who in cast.STAFF if who.language == "en")
    return (
        f"Sign in as {norwegian} with the password {cast.PASSWORD}\n"
        f"Who reads English signs in as {english} with the same password"
    )


def start_on_a_working_morning() -> None:
    """Before there is a business, its place is that of the cast."""
    now = business_now()
    shift_business_clock(next_morning(now, cast.BUSINESS["time_zone"], cast.BUSINESS["country"]) - now)


def hire(now: datetime) -> User:
    people = [
        User.objects.add(email=who.email, name=who.name, role=who.role, password=cast.PASSWORD)
        for who in cast.STAFF
    ]
    for user, who in zip(people, cast.STAFF, strict=True):
        user.title, user.language = who.title, who.language
        user.save(update_fields=["title", "language"])
    owner = next(user for user in people if user.role == Role.OWNER)
    change_settings(values=dict(cast.BUSINESS), acting_user=owner.id, now=now)
    return owner


def furnish(owner: User, now: datetime) -> None:
    """The mail account, the templates and the journey."""
    form = AccountForm(
        name="Post",
        address=f"post@{cast.DOMAIN}",
        sender_name=cast.BUSINESS["name"],
        settings={
            "smtp_host": "127.0.0.1",
            "smtp_port": settings.ENVIRONMENT.postbox_port,
            "smtp_security": "none",
            "trusted_servers": [AUTHSERV_ID],
        },
    )
    account = save_mail_account(form, account_id=None, acting_user=owner.id, now=now)
    set_inquiries(account.id, True, acting_user=owner.id, now=now)
    seeds = load_seed_templates()
    names = {(seed.slug, seed.language): seed.name for seed in seeds}
    for seed in seeds:
        new = NewTemplate(seed.slug, names[seed.slug, "en"], names[seed.slug, "nb"], seed.source)
        publish_template(new, acting_user=owner.id, now=now)
    recipe = files("tactful.journeys").joinpath("recipes", RECIPE).read_text("utf-8")
    version = import_journey(recipe, acting_user=owner.id, now=now)
    switch_on(version.journey_id, acting_user=owner.id, now=now)


def draw_the_line(owner: User, now: datetime) -> None:
    """Decide as suggested, each with its reason; judgement goes to somebody."""
    touchpoints.adopt(suggestions(), now=now)
    colleagues = list(User.objects.filter(role=Role.STAFF).order_by("name"))
    for place, row in enumerate(the_map.on_the_map()):
        if row.slug in cast.UNDECIDED:
            continue
        line = Line(row.suggested_line)
        keeper = colleagues[place % len(colleagues)] if line is Line.JUDGEMENT else owner
        touchpoints.decide(
            row.id, line, cast.REASONS[line], owner_id=keeper.id, acting_user=owner.id, now=now
        )


def bring_in_clients(owner: User, now: datetime) -> None:
    declared = Declaration(
        source=ListSource.SALE,
        collected_on=(now - timedelta(days=320)).date(),
        opt_out_offered=True,
        words="Kundeavtaler siden 2009",
    )
    for name in cast.CSV_FILES:
        request = ImportRequest(file_name=name, content=example(name), declared=declared)
        import_file(request, acting_user=owner.id, now=now)


def example(name: str) -> bytes:
    """From the package, or from the checkout's ``examples`` folder."""
    packed = files("tactful.demo").joinpath("examples", name)
    if packed.is_file():
        return packed.read_bytes()
    return (Path(__file__).parents[3] / "examples" / name).read_bytes()


def listen_first(now: datetime) -> None:
    """What has come in overnight is read before automation says anything."""
    account = mail_accounts()[0].id
    mails = []
    for said in cast.SAID:
        contact = contacts.find_by_address("email", said.who)
        name = contacts.people([contact])[contact].name if contact else ""
        letter = write_new(
            Person(said.who, name),
            f"post@{cast.DOMAIN}",
            Draft(said.text, subject=said.subject, language="nb"),
            now,
        )
        mails.append(RawMail(account, f"demo:{new_id()}", letter.raw))
    store_raw(mails, now=now)
    read_waiting(now)


def ask_for_documents(now: datetime) -> None:
    """Open the annual accounts of some clients; the journey does the rest."""
    run_all(now)
    wanted = [_engagement(line.id, now) for line in _clients()]
    open_engagements(wanted, acting_user=_owner_id(), now=now)
    run_all(now)


def _clients() -> list[ContactLine]:
    """Those who have just written, and then the first of the list who can be reached by mail."""
    said = [line for each in cast.SAID for line in contacts.search(each.who) if line.mail == each.who]
    others = [
        line for line in contacts.in_order(limit=cast.WANTED_FROM * 2).lines if line.mail and line not in said
    ]
    return [*said, *others][: cast.WANTED_FROM]


def _engagement(contact_id: int, now: datetime) -> NewEngagement:
    year, due_on = asked_for(local_day(now, cast.BUSINESS["time_zone"]))
    manager: Mapping[int, int | None] = {
        ident: person.manager_id for ident, person in contacts.people([contact_id]).items()
    }
    return NewEngagement(
        contact_id=contact_id,
        kind="annual_accounts",
        title_en=f"The annual accounts for {year}",
        title_nb=f"Årsregnskapet for {year}",
        documents=cast.DOCUMENTS[: 2 + contact_id % 3],
        year=year,
        owner_id=manager[contact_id],
        due_on=due_on,
    )


def _owner_id() -> int:
    return User.objects.get(role=Role.OWNER).id


if __name__ == "__main__":
    raise SystemExit(main())
