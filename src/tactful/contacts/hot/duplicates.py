"""Contacts that may be one person, found in the database: one statement for each ground, over everybody.

Addresses are kept in one form and belong to one contact each, so two contacts never share one as it stands.
What can still be doubled is looked for here: an address written in another way, an address that stands
among the attributes of somebody else, and the same name beside something that few share.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from tactful.contacts.rules.addresses import HOME_CODE
from tactful.foundation import pg
from tactful.foundation.ids import new_ids

MOST_ALIKE = 4
"""Where more contacts than these have a thing in common, it tells nothing: a switchboard, an office mail."""

#: The postbox behind an address: what follows a plus is for its owner to sort by, and Google reads no dots.
_BOX: Final = """CASE WHEN split_part(i.value, '@', 2) IN ('gmail.com', 'googlemail.com')
    THEN replace(split_part(split_part(i.value, '@', 1), '+', 1), '.', '') || '@gmail.com'
    ELSE split_part(split_part(i.value, '@', 1), '+', 1) || '@' || split_part(i.value, '@', 2) END"""

#: Attributes in which other systems and lists put a further number or address.
PHONE_KEYS: Final = ("phone", "phone2", "mobile", "mobile_phone", "telephone", "telefon", "mobil", "tlf")
MAIL_KEYS: Final = ("email", "email2", "mail", "e_mail", "work_email", "private_email", "epost", "e_post")

#: What stands in such attributes, in one form. ``written``: all of it, to find whose address it is.
_SAID: Final = """(SELECT c.id AS contact_id, {written} AS written
    FROM contact c CROSS JOIN LATERAL unnest(%(keys)s::text[]) AS named (key)
    WHERE c.attributes ?| %(keys)s::text[] AND c.attributes ->> named.key <> '')"""
_MAIL: Final = _SAID.format(written="lower(trim(c.attributes ->> named.key))")
_PHONE: Final = _SAID.format(written="regexp_replace(c.attributes ->> named.key, '[^0-9]', '', 'g')")

#: Of a number, what does not depend on how its country is written; shorter ones tell nothing.
_NUMBER: Final = "right(said.written, 8)"
#: The same number as an address is kept: with its country, or at home without.
_KEPT: Final = f"""VALUES ('+' || said.written), ('+' || substr(said.written, 3)),
    ('+{HOME_CODE}' || said.written)"""

_GROUNDS: Final = {
    "same_postbox": f"SELECT i.contact_id, {_BOX} AS alike FROM identity i WHERE i.kind = 'email'",
    "same_phone_noted": f"""SELECT said.contact_id, {_NUMBER} AS alike FROM {_PHONE} AS said
        WHERE length(said.written) >= 8
        UNION SELECT i.contact_id, {_NUMBER} FROM {_PHONE} AS said
        CROSS JOIN LATERAL ({_KEPT}) AS form (value)
        JOIN identity i ON i.kind = 'phone' AND i.value = form.value WHERE length(said.written) >= 8""",
    "same_mail_noted": f"""SELECT said.contact_id, said.written AS alike FROM {_MAIL} AS said
        WHERE said.written LIKE '%%@%%'
        UNION SELECT i.contact_id, said.written FROM {_MAIL} AS said
        JOIN identity i ON i.kind = 'email' AND i.value = said.written""",
    "name_birthday": """SELECT id AS contact_id, sort_key || ' ' || (attributes ->> 'birthday') AS alike
        FROM contact WHERE attributes ->> 'birthday' <> '' AND sort_key LIKE '%% %%'""",
    "name_company": """SELECT id AS contact_id, sort_key || ' ' || company_id AS alike
        FROM contact WHERE company_id IS NOT NULL AND sort_key LIKE '%% %%'""",
}
REASONS: Final = tuple(_GROUNDS)

#: A pair that somebody has decided on is decided, whatever else speaks for it now.
_FIND = """
WITH alike AS (
    SELECT array_agg(DISTINCT contact_id ORDER BY contact_id) AS ids FROM ({ground}) AS ground
    GROUP BY alike HAVING count(DISTINCT contact_id) BETWEEN 2 AND %(most)s)
SELECT DISTINCT a.id, b.id
FROM alike CROSS JOIN LATERAL unnest(alike.ids) AS a (id) CROSS JOIN LATERAL unnest(alike.ids) AS b (id)
WHERE a.id < b.id AND NOT EXISTS (
    SELECT FROM duplicate_pair p WHERE p.one = a.id AND p.other = b.id
        AND (p.verdict <> '' OR p.reason = %(reason)s))
ORDER BY 1, 2 LIMIT %(limit)s"""
_NOTE = """INSERT INTO duplicate_pair (id, one, other, reason, evidence, found_at)
SELECT id, one, other, %(reason)s, %(evidence)s::jsonb, %(now)s
FROM unnest(%(ids)s::bigint[], %(ones)s::bigint[], %(others)s::bigint[]) AS new (id, one, other)
ON CONFLICT (one, other, reason) DO NOTHING"""
#: What two rested on may be gone: a name was corrected, an address taken away, a contact erased.
_STALE = """DELETE FROM duplicate_pair p WHERE p.verdict = '' AND (
    NOT EXISTS (SELECT FROM contact c WHERE c.id = p.one)
    OR NOT EXISTS (SELECT FROM contact c WHERE c.id = p.other))"""

AT_ONCE = 10_000


def find(reason: str) -> list[tuple[int, int]]:
    """Pairs for which this ground speaks and which nobody has noted or decided yet, the smaller id first."""
    keys = PHONE_KEYS if reason == "same_phone_noted" else MAIL_KEYS
    params = {"keys": pg.texts(keys), "most": MOST_ALIKE, "reason": reason, "limit": AT_ONCE}
    query = _FIND.format(ground=_GROUNDS[reason])
    return [(one, other) for one, other in pg.many(query, params)]


def note(pairs: Collection[tuple[int, int]], reason: str, now: datetime) -> int:
    if not pairs:
        return 0
    given = sorted(pairs)
    params = {
        "ids": pg.numbers(new_ids(len(given))),
        "ones": pg.numbers(one for one, _ in given),
        "others": pg.numbers(other for _, other in given),
        "reason": reason,
        "evidence": "{}",
        "now": now,
    }
    return pg.run(_NOTE, params)


def forget_the_gone() -> int:
    """Open pairs of which one is not here any more."""
    return pg.run(_STALE)
