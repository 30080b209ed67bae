"""Personal links: each token opens one door for one client."""

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest
from django.utils import translation

from tactful.contacts import queries as contacts
from tactful.contacts.types import Person
from tactful.delivery.queries import contact_of
from tactful.foundation.clock import business_now
from tactful.foundation.models import User
from tactful.foundation.queries import business_at
from tactful.foundation.secrets import key_ring
from tactful.foundation.types import Business as House
from tactful.kernel.tokens import TokenError, verify
from tactful.portal.types import Business, Someone
from tactful.wiring.letters import logo_path


@dataclass(frozen=True, slots=True)
class Visit:
    """Who opened which link. ``language``: the client's own, unless the page was asked in another."""

    house: House
    person: Person
    language: str

    @property
    def business(self) -> Business:
        return Business(
            self.house.name, self.house.address, logo_path(self.house), bool(self.house.brand.accent)
        )

    @property
    def someone(self) -> Someone:
        """The person to talk to: the account manager, or else the house."""
        manager = User.objects.filter(id=self.person.manager_id or 0).first()
        name = manager.name if manager else self.house.name
        role = (manager.title if manager else "") or self.house.name
        return Someone(name=name, role=role, phone=self.house.phone, mail=manager.email if manager else "")


def ident_of(token: str, *purposes: str) -> int:
    """The id behind a token made for one of these doors. Raises 404, which tells nothing."""
    for purpose in purposes:
        try:
            return verify(key_ring(), purpose, token)
        except TokenError:
            continue
    raise Http404


def person_visit(request: HttpRequest, contact_id: int) -> Visit:
    person = contacts.people([contact_id]).get(contact_id)
    if person is None:
        raise Http404
    house = business_at(business_now())
    language = _language(request, person.language or house.language)
    translation.activate(language)
    return Visit(house, person, language)


def message_visit(request: HttpRequest, token: str, *purposes: str) -> tuple[Visit, int]:
    """The client to whom this message went, and the message's id."""
    ident = ident_of(token, *purposes)
    return person_visit(request, _contact_of(ident)), ident


def _contact_of(message_id: int) -> int:
    contact = contact_of(message_id)
    if contact is None:
        raise Http404
    return contact


def _language(request: HttpRequest, own: str) -> str:
    asked = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    chosen = asked if asked in ("en", "nb") else own
    return "nb" if chosen.startswith(("nb", "no", "nn")) else "en"
