"""From what servers claim to who is who: addresses and user ids find their contact."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tactful.contacts import actions as contacts
from tactful.contacts.actions import Address, Arrivals
from tactful.contacts.rules.names import PersonName
from tactful.foundation.ids import new_id
from tactful.tracking.hot import claims, places, traits, visitors
from tactful.tracking.hot.visitors import Way
from tactful.tracking.rules.identity import Claim, Home, Known, Link, Resolved, resolve
from tactful.tracking.rules.traits import NAME
from tactful.tracking.types import CallType, Clock, Heard, Key

from .computing import count_anew

SOURCE = "tracking:"
OTHER_END = ">"
REASONS = ("same_user_email", "same_user_phone", "alias")
ALWAYS = datetime(9999, 1, 1, tzinfo=UTC)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def settle(heard: Sequence[Heard], now: datetime) -> set[int]:
    """Take in what these calls claim. Answers with the contacts whose user ids have changed."""
    fresh_claims, fresh_links = _fresh_claims(heard), _fresh_links(heard)
    if not fresh_claims and not fresh_links:
        return set()
    widely = _turns_over(fresh_claims)
    claims.write_claims(fresh_claims)
    claims.write_links(fresh_links)
    asked = {claim.user for claim in fresh_claims}
    asked |= {name for link in fresh_links for name in (link.ident, link.user)}
    known = claims.gather(asked, widely=widely)
    return _Moves(known, resolve(known), now).carry_out()


def _fresh_claims(heard: Sequence[Heard]) -> list[Claim]:
    """Those that are new, or earlier than the same claim was known to be."""
    said: dict[tuple[str, Key], Clock] = {}
    for call in heard:
        for key in call.addresses:
            place = (call.user, key)
            said[place] = min(said.get(place, call.clock), call.clock)
    known = {(each.user, each.key): each.clock for each in claims.claims_of({user for user, _ in said})}
    return [
        Claim(user, key, clock)
        for (user, key), clock in said.items()
        if (user, key) not in known or clock < known[user, key]
    ]


def _fresh_links(heard: Sequence[Heard]) -> list[Link]:
    said: dict[tuple[str, str], Link] = {}
    for call in heard:
        if not call.verified or not call.user:
            continue
        idents = [call.previous] if call.type is CallType.ALIAS else []
        idents += [call.anon] if call.type in (CallType.ALIAS, CallType.IDENTIFY) else []
        for ident in idents:
            if ident and ident != call.user:
                link = Link(ident, call.user, call.clock, call.ts)
                said[ident, call.user] = _widened(said.get((ident, call.user), link), link)
    known = {(each.ident, each.user): each for each in claims.links_of({ident for ident, _ in said})}
    return [
        link for key, link in said.items() if key not in known or _widened(known[key], link) != known[key]
    ]


def _widened(one: Link, other: Link) -> Link:
    return one._replace(clock=min(one.clock, other.clock), upto=max(one.upto, other.upto))


def _turns_over(fresh: Sequence[Claim]) -> bool:
    """Whether a claim is so early that others, whose homes followed from later ones, may have to move."""
    owners = claims.earliest_on({claim.key for claim in fresh})
    firsts: dict[str, Clock] = {}
    for claim in claims.claims_of({claim.user for claim in fresh}):
        firsts[claim.user] = min(firsts.get(claim.user, claim.clock), claim.clock)
    return any(
        (
            claim.key in owners
            and (claim.clock, claim.user) < (owners[claim.key].clock, owners[claim.key].user)
        )
        or (claim.user in firsts and claim.clock <= firsts[claim.user])
        for claim in fresh
    )


def _look_over_pairs(contact_ids: set[int], now: datetime) -> None:
    """Pairs of contacts that somebody has left, or come to, rest on other grounds now, or on none."""
    known = claims.gather(claims.who_speaks_of(contact_ids), widely=True)
    moves = _Moves(known, resolve(known), now)
    moves.look()
    contacts.withdraw_duplicates(contact_ids, REASONS)
    contacts.note_duplicates(moves.pairs(), now=now)


@dataclass(slots=True)
class _Moves:
    """What must change in the tables so that everybody stands where the rules put them."""

    known: Known
    resolved: Resolved
    now: datetime
    stored: Mapping[str, str] = field(default_factory=dict)
    standing: Mapping[Key, int] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=dict)
    added: dict[Address, int] = field(default_factory=dict)
    moved: dict[Address, int] = field(default_factory=dict)
    marked: set[Key] = field(default_factory=set)
    ways: list[Way] = field(default_factory=list)

    def carry_out(self) -> set[int]:
        self.look()
        roots = {user: self._root(user) for user in self.resolved.homes}
        targets = {user: self._contact(home) for user, home in self.resolved.homes.items()}
        self._place_users(targets)
        self._place_addresses()
        people = {ident: PersonName(self._called(root)[:200]) for root, ident in self.made.items()}
        contacts.arrive(Arrivals(people, self.added, self.moved), source=SOURCE, now=self.now)
        traits.set_written({ident: {NAME: name.full} for ident, name in people.items()})
        places.mark_placed(self.marked)
        rehomed = self._move_histories(targets)
        fresh = {user: root for user, root in roots.items() if self.stored.get(user) != root}
        places.set_roots(fresh)
        self._note_pairs()
        if rehomed:
            _look_over_pairs({ident for way in rehomed for ident in way}, self.now)
        joined = {targets[user] for user in fresh}  # what was said of them before is said of a contact now
        return self._after(rehomed) | joined | {*self.added.values(), *self.moved.values()}

    def look(self) -> None:
        homes = self.resolved.homes
        named = {*homes, *(home.root for home in homes.values() if home.root), *self.resolved.ends.values()}
        self.stored = places.roots(named)
        before = {root[1:] for root in self.stored.values() if root.startswith(OTHER_END)}
        keys = [Key("external", user) for user in {*named, *before}]
        self.standing = places.owners([*keys, *self.resolved.places])

    def _root(self, user: str) -> str:
        end = self.resolved.ends.get(user)
        return self.resolved.homes[user].root if end is None else OTHER_END + end

    def _contact(self, home: Home) -> int:
        if home.contact is not None:
            return home.contact
        stands = self.standing.get(Key("external", home.root))
        if stands is not None and self.stored.get(home.root) == home.root:
            return stands
        return self.made.setdefault(home.root, 0) or self._make(home.root)

    def _make(self, root: str) -> int:
        self.made[root] = new_id()
        return self.made[root]

    def _place_users(self, targets: Mapping[str, int]) -> None:
        for user, target in targets.items():
            if user not in self.resolved.ends and user not in self.known.fixed:
                self._place(Key("external", user), target)

    def _place_addresses(self) -> None:
        for key, home in self.resolved.places.items():
            self._place(key, self._contact(home))

    def _place(self, key: Key, target: int) -> None:
        stands = self.standing.get(key)
        if stands is None:
            self.added[Address(*key)] = target
            self.marked.add(key)
        elif stands != target:
            self.moved[Address(*key)] = target

    def _called(self, root: str) -> str:
        own = sorted(key for key, home in self.resolved.places.items() if home.root == root)
        return own[0].value if own else root

    def _move_histories(self, targets: Mapping[str, int]) -> set[tuple[int, int]]:
        """Of visitors who have become known, and of those who stood with another contact until now."""
        self._bring_visitors(targets)
        ways = [
            (user, old, target)
            for user, target in targets.items()
            if (old := self._stood(user)) is not None and old != target
        ]
        places.move_events(ways)
        places.move_events(ways, anonymous=True)
        return {(old, new) for _, old, new in ways}

    def _stood(self, user: str) -> int | None:
        root = self.stored.get(user)
        if root is None:
            return None
        end = root[1:] if root.startswith(OTHER_END) else user
        return self.standing.get(Key("external", end))

    def _bring_visitors(self, targets: Mapping[str, int]) -> None:
        uptos: dict[str, datetime] = {}
        for link in self.known.links:
            uptos[link.ident] = max(uptos.get(link.ident, NEVER), link.upto)
        named = [(kind, user) for user in targets for kind in ("anon", "user")]
        found = visitors.find(named)
        ways = [
            Way(ident, targets[user], ALWAYS if kind == "user" else uptos.get(user, NEVER))
            for (kind, user), ident in found.items()
        ]
        visitors.move(ways, self.now)

    def _note_pairs(self) -> None:
        contacts.note_duplicates(self.pairs(), now=self.now)

    def pairs(self) -> list[tuple[int, int, str, str]]:
        return [
            (self._contact(pair.one), self._contact(pair.other), pair.reason, pair.evidence)
            for pair in self.resolved.pairs
        ]

    def _after(self, rehomed: set[tuple[int, int]]) -> set[int]:
        """Contacts that somebody has left: counted anew, and dissolved where nothing is left of them."""
        touched = {ident for way in rehomed for ident in way}
        left = {old for old, _ in rehomed} | {
            self.standing[Key(*key)] for key in self.moved if Key(*key) in self.standing
        }
        count_anew(touched, self.now)
        gone = set(places.emptied(left))
        if gone:
            contacts.dissolve(gone)
        return (touched | left) - gone
