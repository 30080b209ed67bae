"""Some thousand clients in bunches of a few: the story of a bunch is told by itself, and all that is known of
it stays near the processor."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from tactful.journeys.rules.past import ClientPast
from tactful.journeys.rules.tale import Taken

AT_ONCE = 40  # clients; twice or half as many take as long
Shared = tuple[str, int]
"""A household or a company with its id: its members share caps."""


@dataclass(frozen=True, slots=True)
class Bunch:
    """``shared``: every household and company to which one of them has ever belonged."""

    ids: list[int]
    shared: frozenset[Shared]


def bunches(ids: Sequence[int], clients: Mapping[int, ClientPast]) -> Iterator[Bunch]:
    """In the given order. Whoever has ever shared a household or a company stays together."""
    shared = {ident: _shared(clients.get(ident)) for ident in ids}
    few: list[int] = []
    for circle in _circles(shared):
        few += circle
        if len(few) >= AT_ONCE:
            yield _bunch(few, shared)
            few = []
    if few:
        yield _bunch(few, shared)


def _bunch(few: list[int], shared: Mapping[int, frozenset[Shared]]) -> Bunch:
    return Bunch(few, frozenset[Shared]().union(*(shared[ident] for ident in few)))


NOTHING: frozenset[Shared] = frozenset()


def _shared(client: ClientPast | None) -> frozenset[Shared]:
    places = [place for _, place in client.places if place is not None] if client is not None else []
    if all(place.household_id is None and place.company_id is None for place in places):
        return NOTHING
    pairs = [("household", place.household_id) for place in places]
    pairs += [("company", place.company_id) for place in places]
    return frozenset((kind, ident) for kind, ident in pairs if ident is not None)


def _circles(shared: Mapping[int, frozenset[Shared]]) -> Iterable[list[int]]:
    leader: dict[int, int] = {}
    first: dict[Shared, int] = {}

    def head(ident: int) -> int:
        while leader[ident] != ident:
            leader[ident] = ident = leader[leader[ident]]
        return ident

    for ident, places in shared.items():
        leader[ident] = ident
        for place in places:
            leader[head(ident)] = head(first.setdefault(place, ident))
    circles: dict[int, list[int]] = defaultdict(list)
    for ident in shared:
        circles[head(ident)].append(ident)
    return circles.values()


class OfContact(Protocol):
    @property
    def contact(self) -> int | None: ...


T = TypeVar("T", bound=OfContact)


class ByContact(Generic[T]):
    """What was told or sent, client by client, each in the order in which it came."""

    def __init__(self, each: Iterable[T]) -> None:
        self._of: dict[int | None, list[T]] = defaultdict(list)
        for one in each:
            self._of[one.contact].append(one)

    def of(self, bunch: Bunch) -> list[T]:
        return [one for ident in bunch.ids for one in self._of.get(ident, ())]


class TakenPlaces:
    """Places under caps that messages of others have taken."""

    def __init__(self, taken: Iterable[Taken]) -> None:
        self._of: dict[Shared, list[tuple[int, Taken]]] = defaultdict(list)
        for number, use in enumerate(taken):
            for place in _places(use):
                self._of[place].append((number, use))

    def of(self, bunch: Bunch) -> list[Taken]:
        """Those that count for one of them: their own, and those of their households and companies, of whom
        others may have been members; in the order in which they came."""
        wanted = [*(("contact", ident) for ident in bunch.ids), *bunch.shared]
        found = dict(use for place in wanted for use in self._of.get(place, ()))
        return [found[number] for number in sorted(found)]


def _places(use: Taken) -> Iterator[Shared]:
    yield "contact", use.contact
    if use.scope.household_id is not None:
        yield "household", use.scope.household_id
    if use.scope.company_id is not None:
        yield "company", use.scope.company_id
