"""Where users and addresses stand: identities of contacts that come from here, and their moves."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from tactful.events.types import LANES
from tactful.foundation import pg
from tactful.tracking.types import Key

_ROOTS = 'SELECT "user", root FROM tracked_user WHERE "user" = ANY(%s::text[])'
_SET_ROOTS = """INSERT INTO tracked_user ("user", root) SELECT * FROM unnest(%s::text[], %s::text[])
ON CONFLICT ("user") DO UPDATE SET root = excluded.root"""
_PLACED = """INSERT INTO placed_identity (kind, value) SELECT * FROM unnest(%s::text[], %s::text[])
ON CONFLICT DO NOTHING"""
_MINE = """SELECT kind, value FROM placed_identity WHERE (kind, value) IN
    (SELECT * FROM unnest(%s::text[], %s::text[]))"""
_OWNERS = """SELECT i.kind, i.value, i.contact_id FROM unnest(%s::text[], %s::text[]) AS asked (kind, value)
JOIN identity i ON i.kind = asked.kind AND i.value = asked.value"""
_EVENTS_OF_USER = f"""UPDATE event e SET contact_id = way.new, lane = way.new %% {LANES}
FROM unnest(%s::text[], %s::bigint[], %s::bigint[]) AS way (ident, old, new)
WHERE e.contact_id = way.old AND e.data -> '$' ->> 'u' = way.ident"""
_EVENTS_OF_ANON = _EVENTS_OF_USER.replace("'u'", "'a'")
_OF_CONTACTS = """SELECT contact_id, value FROM identity
WHERE kind = 'external' AND contact_id = ANY(%s::bigint[])"""
_EMPTY = """SELECT c.id FROM contact c WHERE c.id = ANY(%s::bigint[]) AND c.source LIKE 'tracking:%%'
    AND NOT EXISTS (SELECT FROM identity i WHERE i.contact_id = c.id)
    AND NOT EXISTS (SELECT FROM event e WHERE e.contact_id = c.id AND e.name NOT LIKE 'contact.%%')"""


def roots(users: Collection[str]) -> dict[str, str]:
    return dict(pg.many(_ROOTS, [pg.texts(users)])) if users else {}


def set_roots(found: Mapping[str, str]) -> None:
    if found:
        users = sorted(found)
        pg.run(_SET_ROOTS, [pg.texts(users), pg.texts(found[user] for user in users)])


def mark_placed(keys: Iterable[Key]) -> None:
    given = sorted(keys)
    if given:
        pg.run(_PLACED, [pg.texts(key.kind for key in given), pg.texts(key.value for key in given)])


def placed(keys: Collection[Key]) -> set[Key]:
    params = [pg.texts(key.kind for key in keys), pg.texts(key.value for key in keys)]
    return {Key(*row) for row in pg.many(_MINE, params)} if keys else set()


def owners(keys: Collection[Key]) -> dict[Key, int]:
    params = [pg.texts(key.kind for key in keys), pg.texts(key.value for key in keys)]
    return {Key(row[0], row[1]): row[2] for row in pg.many(_OWNERS, params)} if keys else {}


def move_events(ways: Sequence[tuple[str, int, int]], *, anonymous: bool = False) -> int:
    """What happened under a user id (or an anonymous id): (id, old contact, new contact)."""
    params = [pg.texts(way[0] for way in ways), pg.numbers(way[1] for way in ways)]
    query = _EVENTS_OF_ANON if anonymous else _EVENTS_OF_USER
    return pg.run(query, [*params, pg.numbers(way[2] for way in ways)]) if ways else 0


def users_of(contact_ids: Collection[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for contact, user in pg.many(_OF_CONTACTS, [pg.numbers(contact_ids)]) if contact_ids else ():
        found.setdefault(contact, []).append(user)
    return found


def emptied(contact_ids: Collection[int]) -> list[int]:
    """Of these, contacts that were made here and of whom nothing is left but that they were made."""
    return [row[0] for row in pg.many(_EMPTY, [pg.numbers(contact_ids)])] if contact_ids else []
