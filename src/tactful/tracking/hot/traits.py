"""What was said of user ids, and what of it stands on their contacts."""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from tactful.foundation import pg
from tactful.foundation.ids import new_ids
from tactful.tracking.rules.profile import Trait
from tactful.tracking.types import Clock

_WRITE = """INSERT INTO user_trait ("user", key, value, ts, message_id)
SELECT "user", key, value::jsonb, ts, message_id
FROM unnest(%s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::text[])
    AS new ("user", key, value, ts, message_id)
ON CONFLICT ("user", key) DO UPDATE
    SET value = excluded.value, ts = excluded.ts, message_id = excluded.message_id
WHERE (excluded.ts, excluded.message_id) > (user_trait.ts, user_trait.message_id)
RETURNING "user" """
_OF_USERS = (
    """SELECT "user", key, value::text, ts, message_id FROM user_trait WHERE "user" = ANY(%s::text[])"""
)
_LINKED = """SELECT "user", substr(root, 2) FROM tracked_user WHERE root = ANY(%s::text[])"""
_WRITTEN = "SELECT contact_id, written::text FROM tracked_profile WHERE contact_id = ANY(%s::bigint[])"
_SET_WRITTEN = """INSERT INTO tracked_profile (contact_id, written)
SELECT contact_id, written::jsonb FROM unnest(%s::bigint[], %s::text[]) AS new (contact_id, written)
ON CONFLICT (contact_id) DO UPDATE SET written = excluded.written"""
_HELD = """SELECT c.id, c.name, c.language, c.time_zone, COALESCE(f.name, ''), c.attributes::text
FROM contact c LEFT JOIN company f ON f.id = c.company_id WHERE c.id = ANY(%s::bigint[])"""
_ADDRESSES = """SELECT DISTINCT ON (contact_id) contact_id, value FROM identity
WHERE contact_id = ANY(%s::bigint[]) AND kind <> 'external' ORDER BY contact_id, kind, value"""
_KEYS = "SELECT key FROM attribute"
_DISCOVER = """INSERT INTO attribute (id, key, label, type, personal, sensitive, origin, made_at)
SELECT id, key, left(key, 120), type, true, false, 'discovered', %s
FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS new (id, key, type) ON CONFLICT (key) DO NOTHING"""


def write(traits: Iterable[Trait]) -> set[str]:
    """Answers with the users of whom something was new."""
    given = sorted(traits, key=lambda trait: (trait.user, trait.key))
    if not given:
        return set()
    params = [
        pg.texts(trait.user for trait in given),
        pg.texts(trait.key for trait in given),
        pg.texts(json.dumps(trait.value, ensure_ascii=False) for trait in given),
        pg.moments(trait.clock.ts for trait in given),
        pg.texts(trait.clock.message_id for trait in given),
    ]
    return {row[0] for row in pg.many(_WRITE, params)}


def of_users(users: Collection[str]) -> list[Trait]:
    """Also what was said of older ids of theirs, under their own name."""
    return [
        Trait(user, key, json.loads(value) if value is not None else None, Clock(ts, message))
        for user, key, value, ts, message in pg.many(_OF_USERS, [pg.texts(users)])
    ]


def older_ids(users: Collection[str]) -> dict[str, str]:
    """Ids without a home of their own that these users have turned out to be: id -> user."""
    return dict(pg.many(_LINKED, [pg.texts(">" + user for user in users)])) if users else {}


def written(contact_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    return {row[0]: json.loads(row[1]) for row in pg.many(_WRITTEN, [pg.numbers(contact_ids)])}


def set_written(found: Mapping[int, Mapping[str, Any]]) -> None:
    if found:
        ids = sorted(found)
        texts = [json.dumps(found[ident], ensure_ascii=False) for ident in ids]
        pg.run(_SET_WRITTEN, [pg.numbers(ids), pg.texts(texts)])


def held(contact_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Columns and attributes of contacts under the keys of traits."""
    return {
        row[0]: json.loads(row[5])
        | {"name": row[1], "language": row[2], "time_zone": row[3], "company": row[4]}
        for row in pg.many(_HELD, [pg.numbers(contact_ids)])
    }


def first_addresses(contact_ids: Collection[int]) -> dict[int, str]:
    return dict(pg.many(_ADDRESSES, [pg.numbers(contact_ids)]))


def known_keys() -> set[str]:
    return {row[0] for row in pg.many(_KEYS)}


def discover(types: Mapping[str, str], now: datetime) -> None:
    keys = sorted(types)
    pg.run(_DISCOVER, [now, pg.numbers(new_ids(len(keys))), pg.texts(keys), pg.texts(types[k] for k in keys)])
