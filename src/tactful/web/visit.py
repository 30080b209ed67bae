"""One visit of one of our people to a page: who, when, at whose house, in which language."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar, cast

from django.utils.translation import get_language

from tactful.foundation.clock import business_now
from tactful.foundation.models import User
from tactful.foundation.queries import business_at
from tactful.foundation.types import Business
from tactful.gate.sentences import Reader
from tactful.web.rules.when import known
from tactful.web.types import Person

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Visit:
    """``now``: the business clock, read once. ``staff``: everybody of ours by id, gone people too."""

    user: User
    now: datetime
    house: Business
    staff: Mapping[int, User]
    language: str  # en or nb
    _read: dict[Hashable, object] = field(default_factory=dict, compare=False, repr=False)

    def once(self, read: Callable[..., T], *given: Hashable) -> T:
        """What ``read`` answers to ``given``, asked once for a page and the frame around it. Only for pages
        that change nothing."""
        key = (read, *given)
        if key not in self._read:
            self._read[key] = read(*given)
        return cast(T, self._read[key])

    def knows(self, answer: T, read: Callable[..., T], *given: Hashable) -> None:
        """What ``once`` need not ask any more: a larger read has answered it by the way."""
        self._read[(read, *given)] = answer

    @property
    def reader(self) -> Reader:
        return Reader(self.language, self.house.time_zone)

    def person(self, user_id: int | None) -> Person | None:
        """One of ours, or None for nobody."""
        found = self.staff.get(user_id or 0)
        return Person(found.name, title=found.title) if found else None

    def names(self, client: str = "") -> dict[str, str]:
        """First names for the gate's sentences: of us all, and of the client if one is meant."""
        ours = {str(ident): _first(user.name) for ident, user in self.staff.items()}
        return ours | ({"client": _first(client)} if client else {})


def begin_visit(user: User) -> Visit:
    now = business_now()
    staff = {each.id: each for each in User.objects.all()}
    return Visit(user, now, business_at(now), staff, known(get_language() or "en"))


def _first(name: str) -> str:
    return name.split(" ", maxsplit=1)[0]
