"""Clients as lines of a list: all that is said of one there, in one statement, without rows of the ORM."""

from collections.abc import Iterable
from typing import NamedTuple

from tactful.contacts.types import ContactLine
from tactful.foundation import pg

_LINES = """SELECT c.id, c.name, c.sort_key, c.language, COALESCE(firm.name, ''), COALESCE(ours.name, ''),
    COALESCE(reached.mails, '{}'), COALESCE(reached.phones, '{}')
FROM contact c
LEFT JOIN company firm ON firm.id = c.company_id
LEFT JOIN staff ours ON ours.id = c.manager_id
CROSS JOIN LATERAL (
    SELECT array_agg(value::text ORDER BY is_primary DESC, added_at, id)
            FILTER (WHERE kind = 'email') AS mails,
        array_agg(value::text ORDER BY is_primary DESC, added_at, id)
            FILTER (WHERE kind = 'phone') AS phones
    FROM identity WHERE contact_id = c.id) AS reached
WHERE c.id = ANY(%s::bigint[]) ORDER BY c.sort_key, c.id"""


class Found(NamedTuple):
    """A line, and what a search looks into: names of the person and the company, all addresses."""

    line: ContactLine
    names: tuple[str, str]
    mails: list[str]
    phones: list[str]


def found(ids: Iterable[int]) -> list[Found]:
    """In the order of the list."""
    return [
        Found(
            ContactLine(
                id=ident,
                name=name,
                sort_key=key,
                company=company,
                mail=mails[0] if mails else "",
                phone=phones[0] if phones else "",
                language=language,
                manager=manager,
            ),
            (name, company),
            mails,
            phones,
        )
        for ident, name, key, language, company, manager, mails, phones in pg.many(_LINES, [pg.numbers(ids)])
    ]


def lines(ids: Iterable[int]) -> list[ContactLine]:
    """In the order of the list."""
    return [each.line for each in found(ids)]
