"""R21: the same calls in any order, twice, late and in any portions give the same profiles.

On the real database, for the order matters only where state is kept. Each example runs twice in a
transaction that is rolled back.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tactful.contacts.models import Contact, DuplicatePair, Identity
from tactful.events.models import Event
from tactful.tracking.actions import add_source, take_in
from tactful.tracking.hot import received
from tactful.tracking.models import VisitorEvent
from tactful.tracking.types import KeyKind

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HELD = "held@example.no"

users = st.sampled_from(["u1", "u2", "u3"])
anons = st.sampled_from(["x1", "x2"])
mails = st.sampled_from(["a@example.no", "b@example.no", "c@example.no", HELD])
moments = st.integers(0, 12)


def _with(*parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(*parts).map(lambda found: {key: value for part in found for key, value in part.items()})


def _field(name: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return values.map(lambda value: {name: value})


maybe_anon = st.one_of(st.just({}), _field("anonymousId", anons))
traits = st.fixed_dictionaries(
    {},
    optional={
        "email": mails,
        "plan": st.sampled_from(["gold", "silver", None]),
        "name": st.sampled_from(["Kari Nordmann", "Ola Nordmann"]),
        "language": st.sampled_from(["nb", "en"]),
    },
)
calls = st.one_of(
    _with(st.just({"type": "identify"}), _field("userId", users), maybe_anon, _field("traits", traits)),
    _with(st.just({"type": "track", "event": "Seen"}), _field("userId", users)),
    _with(st.just({"type": "track", "event": "Looked"}), _field("anonymousId", anons)),
    _with(st.just({"type": "alias"}), _field("previousId", st.one_of(users, anons)), _field("userId", users)),
    _with(
        st.just({"type": "track", "event": "In a browser", "key": "browser"}), _field("anonymousId", anons)
    ),
)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[int]]:
    """Calls in one order, the same ones in another with some of them twice, and where the second is cut."""
    said = draw(st.lists(st.tuples(calls, moments), min_size=1, max_size=9))
    numbered = [
        {**call, "messageId": f"m{number}", "timestamp": (NOW - timedelta(hours=20 - at)).isoformat()}
        for number, (call, at) in enumerate(said)
    ]
    twice = draw(st.lists(st.sampled_from(numbered), max_size=3))
    return numbered, draw(st.permutations(numbered + twice)), draw(st.lists(st.integers(1, 3), max_size=12))


@pytest.mark.django_db
@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories())
def test_any_order_gives_the_same_profiles(
    history: tuple[list[dict[str, Any]], list[dict[str, Any]], list[int]],
) -> None:
    straight, shuffled, cuts = history
    assert _outcome([straight]) == _outcome(_portions(shuffled, cuts)), f"{straight}\n{shuffled}\n{cuts}"


@pytest.mark.django_db
def test_an_id_of_somebody_known_takes_its_words_along_whenever_it_is_told() -> None:
    """All at one moment, and the alias first of all: then it was the last to be taken in."""
    at = {"timestamp": (NOW - timedelta(hours=20)).isoformat()}
    said: list[dict[str, Any]] = [
        {"type": "alias", "previousId": "u1", "userId": "u3"},
        {"type": "track", "event": "Seen", "userId": "u1"},
        {"type": "identify", "userId": "u3", "traits": {"email": "a@example.no"}},
        {"type": "track", "event": "Seen", "userId": "u1"},
        {"type": "identify", "userId": "u1", "traits": {}},
        {"type": "identify", "userId": "u1", "traits": {"plan": "gold"}},
        {"type": "track", "event": "Seen", "userId": "u1"},
        {"type": "identify", "userId": "u1", "traits": {}},
    ]
    numbered = [{**call, **at, "messageId": f"m{number}"} for number, call in enumerate(said)]
    other = [numbered[number] for number in (5, 1, 2, 3, 4, 0, 6, 7)]
    assert _outcome([numbered]) == _outcome(_portions(other, [1, 2]))


def _portions(calls: Sequence[dict[str, Any]], cuts: Sequence[int]) -> list[list[dict[str, Any]]]:
    rest, portions = list(calls), []
    for size in [*cuts, len(calls)]:
        portions.append(rest[:size])
        rest = rest[size:]
    return [portion for portion in portions if portion]


def _outcome(portions: Sequence[Sequence[dict[str, Any]]]) -> dict[str, Any]:
    with transaction.atomic():
        held = Contact.objects.create(name="Held", sort_key="held", created_at=NOW)
        Identity.objects.create(contact=held, kind="email", value=HELD, shown=HELD, added_at=NOW)
        keys = {
            "server": add_source("Shop", KeyKind.SERVER, acting_user=None, now=NOW).source_id,
            "browser": add_source(
                "Site", KeyKind.BROWSER, ["https://shop.example"], acting_user=None, now=NOW
            ).source_id,
        }
        for portion in portions:
            for call in portion:
                body = json.dumps({"batch": [call]}).encode()
                received.keep([(keys[call.get("key", "server")], "batch", body)], NOW)
            while take_in(NOW):
                pass
        found = _snapshot()
        transaction.set_rollback(True)
    return found


def _snapshot() -> dict[str, Any]:
    people = {contact.id: _person(contact) for contact in Contact.objects.all()}
    pairs = DuplicatePair.objects.values_list("one", "other", "reason")
    strangers = VisitorEvent.objects.values_list("visitor__kind", "visitor__value", "name", "ts")
    return {
        "people": sorted(people.values(), key=repr),
        "pairs": sorted({(*sorted((repr(people[a]), repr(people[b]))), why) for a, b, why in pairs}),
        "strangers": sorted(strangers),
    }


def _person(contact: Contact) -> tuple[Any, ...]:
    events = Event.objects.filter(contact_id=contact.id, source="tracking").values_list("name", "ts")
    return (
        contact.name,
        contact.language,
        sorted(contact.attributes.items()),
        sorted(contact.identities.values_list("kind", "value")),
        sorted(events),
    )
