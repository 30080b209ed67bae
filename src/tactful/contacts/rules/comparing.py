"""What a row says in the form in which the database can hold it against a client, all rows at once.

Most rows of a file that comes again say what we hold, word for word. Of such a row nothing has to be thought
over: ``planning`` would say "unchanged", without a note. Every other row goes the long way.
"""

from collections.abc import Mapping
from typing import NamedTuple

from tactful.contacts.types import Draft, Field

from .names import compatible, is_full

_COMPANY, _NUMBER = Field.COMPANY, Field.ORG_NUMBER
_FAMILY_NAME, _BIRTHDAY, _CLIENT_SINCE = Field.FAMILY_NAME, Field.BIRTHDAY, Field.CLIENT_SINCE


class Said(NamedTuple):
    """Empty: the row does not say. ``attributes``: as they stand on the client if nothing is new."""

    mail: str
    phone: str
    name: str
    given_name: str
    language: str
    company: str
    org_number: str
    attributes: Mapping[str, str]
    tags: tuple[str, ...]


def said(draft: Draft) -> Said | None:
    """None: it takes the long way."""
    name, given, family, mails, phones, language, birthday, since, values, tags, consent = draft
    if consent is False or len(mails) > 1 or len(phones) > 1 or Field.ACCOUNT_MANAGER in values:
        return None  # a name of one of us stands on the client as a number
    if not compatible(name, name) or not (mails or (phones and is_full(name))):
        return None  # for the long way it would not be the same person, alike as they are
    attributes: dict[str, str] = dict(values.items())
    company, number = attributes.pop(_COMPANY, ""), attributes.pop(_NUMBER, "")
    if family:
        attributes[_FAMILY_NAME] = family
    if birthday:
        attributes[_BIRTHDAY] = birthday.isoformat()
    if since:
        attributes[_CLIENT_SINCE] = since.isoformat()
    mail, phone = mails[0] if mails else "", phones[0] if phones else ""
    return Said(mail, phone, name, given, language, company, number, attributes, tags)
