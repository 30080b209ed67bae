"""What servers have claimed of user ids, and how much of it hangs together with a few of them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from tactful.foundation import pg
from tactful.tracking.rules.identity import Claim, Known, Link
from tactful.tracking.types import Clock, Key

MOST_ROUNDS = 30
MOST_CLAIMS = 20_000

_OF_USERS = """SELECT c."user", c.kind, c.value, c.ts, c.message_id FROM identity_claim c
WHERE c."user" = ANY(%s::text[])"""
_EARLIEST = """SELECT c."user", c.kind, c.value, c.ts, c.message_id
FROM unnest(%s::text[], %s::text[]) AS asked (kind, value)
CROSS JOIN LATERAL (SELECT * FROM identity_claim i WHERE i.kind = asked.kind AND i.value = asked.value
                    ORDER BY i.ts, i.message_id, i."user" LIMIT 1) AS c"""
_ALL_ON = """SELECT c."user", c.kind, c.value, c.ts, c.message_id
FROM unnest(%s::text[], %s::text[]) AS asked (kind, value)
JOIN identity_claim c ON c.kind = asked.kind AND c.value = asked.value"""
_LINKS_OF = """SELECT ident, "user", ts, message_id, upto FROM identity_link WHERE ident = ANY(%s::text[])"""
_LINKS_TO = """SELECT ident, "user", ts, message_id, upto FROM identity_link WHERE "user" = ANY(%s::text[])"""
_HELD = """SELECT i.kind, i.value, i.contact_id FROM unnest(%s::text[], %s::text[]) AS asked (kind, value)
JOIN identity i ON i.kind = asked.kind AND i.value = asked.value
WHERE NOT EXISTS (SELECT FROM placed_identity p WHERE p.kind = i.kind AND p.value = i.value)"""
_SPEAKERS = """
SELECT c."user" FROM identity i JOIN identity_claim c ON c.kind = i.kind AND c.value = i.value
WHERE i.contact_id = ANY(%(ids)s::bigint[])
UNION SELECT value FROM identity WHERE kind = 'external' AND contact_id = ANY(%(ids)s::bigint[])"""
_CLAIM = """INSERT INTO identity_claim ("user", kind, value, ts, message_id)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::text[])
ON CONFLICT ("user", kind, value) DO UPDATE SET ts = excluded.ts, message_id = excluded.message_id
WHERE (excluded.ts, excluded.message_id) < (identity_claim.ts, identity_claim.message_id)"""
_LINK = """INSERT INTO identity_link (ident, "user", ts, message_id, upto)
SELECT * FROM unnest(%s::text[], %s::text[], %s::timestamptz[], %s::text[], %s::timestamptz[])
ON CONFLICT (ident, "user") DO UPDATE SET
    ts = least(identity_link.ts, excluded.ts),
    message_id = CASE WHEN (excluded.ts, excluded.message_id) < (identity_link.ts, identity_link.message_id)
        THEN excluded.message_id ELSE identity_link.message_id END,
    upto = greatest(identity_link.upto, excluded.upto)"""
_HOMES = """SELECT value, contact_id FROM identity WHERE kind = 'external' AND value = ANY(%s::text[])"""


def homes(users: Collection[str]) -> dict[str, int]:
    """The contacts of those user ids that have one."""
    return dict(pg.many(_HOMES, [pg.texts(users)])) if users else {}


def who_speaks_of(contact_ids: Collection[int]) -> set[str]:
    """User ids of these contacts, and those who claim an address of theirs."""
    return {row[0] for row in pg.many(_SPEAKERS, {"ids": pg.numbers(contact_ids)})}


def claims_of(users: Collection[str]) -> list[Claim]:
    return [_claim(row) for row in pg.many(_OF_USERS, [pg.texts(users)])] if users else []


def links_of(idents: Collection[str]) -> list[Link]:
    return [_link(row) for row in pg.many(_LINKS_OF, [pg.texts(idents)])] if idents else []


def write_claims(claims: Iterable[Claim]) -> None:
    """The earliest word stays."""
    given = sorted(claims)
    if given:
        pg.run(
            _CLAIM,
            [
                pg.texts(claim.user for claim in given),
                pg.texts(claim.key.kind for claim in given),
                pg.texts(claim.key.value for claim in given),
                pg.moments(claim.clock.ts for claim in given),
                pg.texts(claim.clock.message_id for claim in given),
            ],
        )


def write_links(links: Iterable[Link]) -> None:
    given = sorted(links, key=lambda link: (link.ident, link.user))
    if given:
        pg.run(
            _LINK,
            [
                pg.texts(link.ident for link in given),
                pg.texts(link.user for link in given),
                pg.moments(link.clock.ts for link in given),
                pg.texts(link.clock.message_id for link in given),
                pg.moments(link.upto for link in given),
            ],
        )


@dataclass(slots=True)
class _Gathered:
    claims: dict[tuple[str, Key], Claim] = field(default_factory=dict)
    links: dict[tuple[str, str], Link] = field(default_factory=dict)
    users: set[str] = field(default_factory=set)
    keys: set[Key] = field(default_factory=set)


def gather(users: Collection[str], *, widely: bool) -> Known:
    """All that decides where these users are at home; ``widely``: and all whose homes follow theirs."""
    found, frontier = _Gathered(), set(users)
    for _ in range(MOST_ROUNDS):
        frontier -= found.users
        if not frontier or len(found.claims) > MOST_CLAIMS:
            break
        found.users |= frontier
        frontier = _round(found, frontier, widely)
    claims = list(found.claims.values())
    return Known(claims, list(found.links.values()), _held(found.keys), _fixed(found.users))


def _round(found: _Gathered, users: set[str], widely: bool) -> set[str]:
    fresh = claims_of(users)
    keys = {claim.key for claim in fresh} - found.keys
    found.keys |= keys
    fresh += _on(keys, _ALL_ON if widely else _EARLIEST)
    found.claims |= {(claim.user, claim.key): claim for claim in fresh}
    links = links_of(users)
    links += [_link(row) for row in pg.many(_LINKS_TO, [pg.texts(users)])]
    found.links |= {(link.ident, link.user): link for link in links}
    return {claim.user for claim in fresh} | {name for link in links for name in (link.ident, link.user)}


def _on(keys: Collection[Key], query: str) -> list[Claim]:
    if not keys:
        return []
    params = [pg.texts(key.kind for key in keys), pg.texts(key.value for key in keys)]
    return [_claim(row) for row in pg.many(query, params)]


def earliest_on(keys: Collection[Key]) -> dict[Key, Claim]:
    return {claim.key: claim for claim in _on(keys, _EARLIEST)}


def _held(keys: Collection[Key]) -> dict[Key, int]:
    if not keys:
        return {}
    params = [pg.texts(key.kind for key in keys), pg.texts(key.value for key in keys)]
    return {Key(kind, value): contact for kind, value, contact in pg.many(_HELD, params)}


def _fixed(users: Collection[str]) -> dict[str, int]:
    found = _held([Key("external", user) for user in users])
    return {key.value: contact for key, contact in found.items()}


def _claim(row: pg.Row) -> Claim:
    return Claim(row[0], Key(row[1], row[2]), Clock(row[3], row[4]))


def _link(row: pg.Row) -> Link:
    return Link(row[0], row[1], Clock(row[2], row[3]), row[4])
