"""Who is who, from what servers have claimed: the same set of claims gives the same answer in any order.

A *claim* is a server's word that a user id has an address; its clock is when it was said. Three rules:

1. An address that a contact has from elsewhere (typed, imported) stays with that contact. Of the others,
   each belongs to the user with the earliest claim on it.
2. A user is at home where the address of their earliest claim is. If that address is theirs by rule 1 and
   nobody else's, they are the *root* of a contact of their own.
3. Where another claim of theirs leads elsewhere, nothing is merged: it is a pair for a person to look at.

Rule 2 follows claims that are strictly earlier each time, so it comes to an end.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from tactful.tracking.types import Clock, Key


class Claim(NamedTuple):
    """``clock``: the earliest call that said so."""

    user: str
    key: Key
    clock: Clock


class Link(NamedTuple):
    """A server's word that an anonymous id, or an older user id, is this user. ``clock``: the earliest
    call that said so; ``upto``: the moment of the latest."""

    ident: str
    user: str
    clock: Clock
    upto: datetime


class Home(NamedTuple):
    """Where somebody is at home: with the contact ``contact``, or with that of the user ``root``."""

    contact: int | None
    root: str


class Pair(NamedTuple):
    """Two homes that one user id, or two ids of one user, lead to."""

    one: Home
    other: Home
    reason: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Known:
    """All claims and links that hang together with those in question. ``held``: addresses that contacts
    have from elsewhere. ``fixed``: user ids that contacts have from elsewhere."""

    claims: Iterable[Claim]
    links: Iterable[Link] = ()
    held: Mapping[Key, int] = field(default_factory=dict)
    fixed: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Resolved:
    """``homes``: of users who have one. ``ends``: for those without a claim of their own, the user whose
    home is theirs. ``places``: where each address that nobody else has belongs."""

    homes: Mapping[str, Home]
    ends: Mapping[str, str]
    places: Mapping[Key, Home]
    pairs: frozenset[Pair]


def resolve(known: Known) -> Resolved:
    return _Resolver(known).answer()


class _Resolver:
    def __init__(self, known: Known) -> None:
        self.known = known
        self.claims = list(known.claims)
        self.first: dict[str, Claim] = {}
        self.owner: dict[Key, Claim] = {}
        for claim in sorted(self.claims, key=_order):
            self.first.setdefault(claim.user, claim)
            self.owner.setdefault(claim.key, claim)
        self.links: dict[str, list[Link]] = {}
        for link in sorted(known.links, key=lambda each: (each.clock, each.user)):
            self.links.setdefault(link.ident, []).append(link)

    def answer(self) -> Resolved:
        users = {claim.user for claim in self.claims} | {link.user for link in self.known.links}
        users |= {link.ident for link in self.known.links} | set(self.known.fixed)
        ends = {user: end for user in sorted(users) if (end := self._end(user)) is not None}
        homes = {user: self._of(end) for user, end in ends.items()}
        places = {
            key: self._of(self.owner[key].user) for key in sorted(self.owner) if key not in self.known.held
        }
        others = {user: end for user, end in ends.items() if end != user}
        return Resolved(homes, others, places, frozenset(self._pairs(homes)))

    def _end(self, user: str) -> str | None:
        """They themselves, or the user that they are by the earliest link that leads to somebody with an
        address. None: nobody knows an address of any of them."""
        seen: set[str] = set()
        waiting = [user]
        while waiting:
            here = waiting.pop()
            if here in self.known.fixed or here in self.first:
                return here
            if here not in seen:
                seen.add(here)
                waiting += [link.user for link in reversed(self.links.get(here, ()))]
        return None

    def _of(self, user: str) -> Home:
        """Of a user who has claims."""
        while True:
            if user in self.known.fixed:
                return Home(self.known.fixed[user], "")
            first = self.first[user]
            if first.key in self.known.held:
                return Home(self.known.held[first.key], "")
            earliest = self.owner[first.key].user
            if earliest == user:
                return Home(None, user)
            user = earliest

    def _pairs(self, homes: Mapping[str, Home]) -> Iterable[Pair]:
        for claim in self.claims:
            here = homes[claim.user]
            there = self._of(self.owner[claim.key].user)
            if claim.key in self.known.held:
                there = Home(self.known.held[claim.key], "")
            if here != there:
                yield _pair(here, there, f"same_user_{claim.key.kind}", claim.user)
        for link in self.known.links:
            old, new = homes.get(link.ident), homes.get(link.user)
            if old is not None and new is not None and old != new:
                yield _pair(old, new, "alias", link.user)


def _order(claim: Claim) -> tuple[Clock, str, Key]:
    return claim.clock, claim.user, claim.key


def _pair(one: Home, other: Home, reason: str, evidence: str) -> Pair:
    first, second = sorted((one, other), key=lambda home: (home.contact or 0, home.root))
    return Pair(first, second, reason, evidence)
