"""Five people, their clients, the line, the templates and every recipe of the house, all live."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from django.db import transaction

from tactful.channels.actions import AccountForm, save_mail_account
from tactful.contacts.actions import create_contact, record_basis, update_contact
from tactful.contacts.models import Contact, Household
from tactful.contacts.types import Ground, NewContact
from tactful.foundation.actions import change_settings
from tactful.foundation.models import Role, User
from tactful.journeys import recipes
from tactful.journeys.actions import switch_on
from tactful.touchpoints.actions import adopt, decide
from tactful.touchpoints.models import Touchpoint
from tactful.touchpoints.rules.catalogue import suggestions
from tactful.touchpoints.types import Line
from tactful.wiring.recipes import take_in
from tests.year.notebook import Client, Notebook

US = "post@fjord.example"
SERVER = "mx.fjord.example"
NAMES = ("Åse", "Bjørn", "Kari", "Ola", "Liv", "Nils", "Ingrid", "Øystein", "Mary", "John")
PLACES = (("Europe/Oslo", "NO"),) * 8 + (("Europe/London", "GB"), ("America/New_York", "US"))


@dataclass(frozen=True, slots=True)
class Firm:
    """``staff``: ids, the owner first."""

    account: int
    staff: tuple[int, ...]

    @property
    def owner(self) -> int:
        return self.staff[0]


@transaction.atomic
def found(dice: Random, clients: int, now: datetime) -> tuple[Firm, Notebook]:
    firm, book = _house(now), Notebook()
    _draw_the_line(firm, book, now)
    owner = User.objects.get(id=firm.owner)
    for slug in recipes.names():
        version = take_in(slug, by=owner, now=now)
        switch_on(version.journey_id, acting_user=firm.owner, now=now)
    for number in range(clients):
        bring_in(firm, book, dice, number, now)
    _live_together(dice, book)
    return firm, book


def _house(now: datetime) -> Firm:
    people = [
        User.objects.add(email=f"person{n}@fjord.example", name=f"Person {n}", role=role)
        for n, role in enumerate([Role.OWNER, *[Role.STAFF] * 4])
    ]
    values = {"name": "Fjordkontoret", "address": "Bryggen 1, 5003 Bergen", "language": "nb"}
    change_settings(values=values, acting_user=people[0].id, now=now)
    form = AccountForm(
        "Post", US, "Fjordkontoret", {"smtp_host": "127.0.0.1", "smtp_port": 2, "trusted_servers": [SERVER]}
    )
    account = save_mail_account(form, account_id=None, acting_user=people[0].id, now=now)
    return Firm(account.id, tuple(user.id for user in people))


def _draw_the_line(firm: Firm, book: Notebook, now: datetime) -> None:
    adopt(suggestions(), now=now)
    for place, point in enumerate(Touchpoint.objects.order_by("position", "id")):
        line = Line(point.suggested_line)
        keeper = firm.staff[place % len(firm.staff)]
        decide(point.id, line, "As suggested", owner_id=keeper, acting_user=firm.owner, now=now)
        book.lines[point.id] = line is Line.STRUCTURAL


def bring_in(firm: Firm, book: Notebook, dice: Random, number: int, now: datetime) -> Client:
    """A new client, with a contract, and perhaps a yes to news."""
    zone, country = dice.choice(PLACES)
    language = "en" if country != "NO" or dice.random() < 0.1 else "nb"
    address, name = f"client{number}@client.example", f"{dice.choice(NAMES)} Hansen{number}"
    company = f"Firm {number // 5}" if dice.random() < 0.2 else ""
    new = NewContact(name, (address,), (), language, company)
    ident = create_contact(new, acting_user=firm.owner, now=now).id
    manager, marketing = dice.choice(firm.staff), dice.random() < 0.7
    day = date(1960, 1, 1) + timedelta(days=dice.randrange(15_000))
    since = date(2015, 1, 1) + timedelta(days=dice.randrange(3_500))
    values = {
        "manager_id": manager,
        "time_zone": zone,
        "country": country,
        "birthday": day.isoformat(),
        "client_since": since.isoformat(),
    }
    update_contact(ident, values, acting_user=firm.owner, now=now)
    record_basis(ident, Ground("service", "mail", "contract", "in_person"), acting_user=None, now=now)
    if marketing:
        said = Ground("marketing", "mail", "consent", "in_person", wording="Yes, send me news.")
        record_basis(ident, said, acting_user=None, now=now)
    client = Client(ident, number, address, language, zone, country, manager, marketing, company=company)
    book.clients[ident] = client
    return client


def _live_together(dice: Random, book: Notebook) -> None:
    """Some share a household."""
    singles = sorted(book.clients)
    for first, second in zip(singles[::10], singles[1::10], strict=False):
        home = Household.objects.create(name=f"Home {first}")
        Contact.objects.filter(id__in=(first, second)).update(household=home)
        for ident in (first, second):
            book.clients[ident].household = home.pk
