"""What several builders need: clients as people, names of touchpoints, links."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from tactful.contacts import queries as contacts
from tactful.contacts.types import Person as Contact
from tactful.content import queries as content
from tactful.delivery.queries import Message
from tactful.inbox import queries as inbox
from tactful.inbox.queries import Board
from tactful.touchpoints.queries import at_a_glance
from tactful.web.types import Act, Person
from tactful.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Around:
    """Read once for a page: the clients it speaks of, and how touchpoints and letters are called."""

    visit: Visit
    clients: Mapping[int, Contact]
    touchpoints: Mapping[int, str]
    letters: Mapping[str, str]

    def client(self, contact_id: int | None) -> Person:
        """A client with a link to the profile; somebody unknown for an id that is gone."""
        found = self.clients.get(contact_id or 0)
        if found is None:
            return Person(_("Somebody we do not know"), is_client=True)
        return Person(found.name, True, found.company, reverse("web:client", args=[found.id]))

    def first_name(self, contact_id: int | None) -> str:
        found = self.clients.get(contact_id or 0)
        return found.given_name if found else _("the client")

    def names(self, contact_id: int | None) -> dict[str, str]:
        found = self.clients.get(contact_id or 0)
        return self.visit.names(found.given_name if found else "")

    def title(self, message: Message) -> str:
        """A message as we call it everywhere: by its letter (of a broadcast, by its name), so that
        a first and a second reminder are told apart; else by its touchpoint, or by its subject."""
        known = self.letters.get(message.template) or self.touchpoint(message)
        return known or message.subject or message.template.replace("-", " ").capitalize() or _("A message")

    def touchpoint(self, message: Message) -> str:
        """How the place is called at which it is said; "" if there is none."""
        return self.touchpoints.get(message.touchpoint_id or 0, "")


def needs_person(visit: Visit) -> int:
    """How much asks: owners see what anybody has to do, the others their own and what nobody has taken."""
    return visit.once(inbox.asking, _whose(visit), visit.now)


def board_for(visit: Visit, most: int, most_listed: int) -> Board:
    """The same things, and what has time. The frame around the page need not count them again."""
    board = inbox.board(_whose(visit), visit.now, most=most, most_listed=most_listed)
    visit.knows(board.asking, inbox.asking, _whose(visit), visit.now)
    return board


def _whose(visit: Visit) -> int | None:
    return None if visit.user.is_owner else visit.user.id


def look_around(visit: Visit, contact_ids: Collection[int | None]) -> Around:
    """Three queries, however many clients."""
    people = contacts.people({ident for ident in contact_ids if ident is not None})
    nb = visit.language == "nb"
    touchpoints = {each.id: each.name_nb if nb else each.name_en for each in visit.once(at_a_glance)}
    return Around(visit, people, touchpoints, content.names(visit.language))


def link(text: str, name: str, *args: object, strong: bool = False, key: str = "") -> Act:
    return Act(text, reverse(f"web:{name}", args=args), post=False, strong=strong, key=key)


def post(text: str, name: str, *args: object, fields: Mapping[str, object] | None = None) -> Act:
    given = tuple((key, str(value)) for key, value in (fields or {}).items())
    return Act(text, reverse(f"web:{name}", args=args), fields=given)


def person_named(visit: Visit, owner: str) -> Person | None:
    """The owner of a step. None for whoever has a role: the verb says which, and a role has no initials."""
    mail = owner.removeprefix("person:")
    named = next((user for user in visit.staff.values() if user.email == mail), None)
    return Person(named.name) if named is not None else None
