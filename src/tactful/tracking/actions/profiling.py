"""From what was said of user ids to what stands on their contacts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from tactful.contacts import actions as contacts
from tactful.contacts.actions import Wanted
from tactful.tracking.hot import claims, places
from tactful.tracking.hot import traits as hot
from tactful.tracking.rules.profile import Trait, changes, latest, name_of
from tactful.tracking.rules.traits import COLUMNS, COMPANY, FAMILY, GIVEN, LANGUAGE, NAME, ZONE
from tactful.tracking.rules.value_types import type_of
from tactful.tracking.types import Heard

MOST_ATTRIBUTES = 500
"""Of a whole house; what comes beyond is kept of the user id, but shown nowhere."""


def write_traits(heard: Sequence[Heard]) -> set[str]:
    """Keep what these calls say of user ids; answers with those of whom something was new."""
    last: dict[tuple[str, str], Trait] = {}
    for call in heard:
        if call.user and call.verified:
            for key, value in call.traits.items():
                trait, known = Trait(call.user, key, value, call.clock), last.get((call.user, key))
                if known is None or known.clock < trait.clock:
                    last[call.user, key] = trait
    return hot.write(last.values())


def contacts_of(users: Collection[str]) -> set[int]:
    ends = places.roots(users)
    names = {ends[user][1:] if ends.get(user, "").startswith(">") else user for user in users}
    return set(claims.homes(names).values())


def refresh(contact_ids: Collection[int], now: datetime) -> None:
    """Write on each contact what was last said of any of its user ids, unless somebody of ours or an
    import has written there."""
    if not contact_ids:
        return
    told = _told(contact_ids)
    _discover(told.values(), now)
    held, written = hot.held(contact_ids), hot.written(contact_ids)
    otherwise = hot.first_addresses(contact_ids)
    wanted: dict[int, Wanted] = {}
    noted: dict[int, dict[str, Any]] = {}
    for ident in sorted(held):
        values, before = told.get(ident, {}), written.get(ident, {})
        wish, after = _wish(values, held[ident], before, otherwise.get(ident, ""))
        if wish is not None:
            wanted[ident] = wish
        if after != before:
            noted[ident] = after
    contacts.change_many(wanted, now=now)
    hot.set_written(noted)


def _told(contact_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    by_contact = places.users_of(contact_ids)
    owners = {user: ident for ident, users in by_contact.items() for user in users}
    for older, user in hot.older_ids(list(owners)).items():
        owners.setdefault(older, owners[user])
    traits: dict[int, list[Trait]] = {}
    for trait in hot.of_users(list(owners)):
        traits.setdefault(owners[trait.user], []).append(trait)
    return {ident: latest(found) for ident, found in traits.items()}


def _wish(
    values: Mapping[str, Any], held: Mapping[str, Any], before: Mapping[str, Any], address: str
) -> tuple[Wanted | None, dict[str, Any]]:
    """What is to be written, and what will then be ours."""
    name = name_of(values, address)
    wished = {key: value for key, value in values.items() if key not in (NAME, GIVEN)}
    wished |= {NAME: name.full} if name.full else {}
    wished |= {FAMILY: name.family} if name.family else {}
    found = changes(wished, held, before)
    after = {key: value for key, value in before.items() if key not in found}
    after |= {key: value for key, value in found.items() if value is not None}
    if not found:
        return None, after
    columns = {key: found[key] or "" for key in (LANGUAGE, ZONE, COMPANY) if key in found}
    attributes = {key: value for key, value in found.items() if key not in COLUMNS}
    return Wanted(name if NAME in found else None, columns, attributes), after


def _discover(told: Iterable[Mapping[str, Any]], now: datetime) -> None:
    keys = {key: value for values in told for key, value in values.items() if key not in COLUMNS}
    known = hot.known_keys() if keys else set()
    fresh = sorted(keys.keys() - known)[: max(0, MOST_ATTRIBUTES - len(known))]
    if fresh:
        hot.discover({key: type_of(keys[key]).value for key in fresh}, now)
