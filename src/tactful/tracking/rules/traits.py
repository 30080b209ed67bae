"""What an identify call says of a person: addresses, fields that we know, and everything else.

Standard traits go through the cleaning of the import; what it cannot use is left out and told. A consent is
never taken from a trait: it has no wording and no proof.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tactful.contacts.rules.addresses import read_mail, read_phone
from tactful.contacts.rules.dates import read_date
from tactful.contacts.rules.names import read_name
from tactful.contacts.rules.trouble import Unusable
from tactful.contacts.rules.words import read_language, read_postal
from tactful.kernel.zones import all_known
from tactful.tracking.types import Key

from .bodies import MOST_KEYS, clean_text, cleaned

LONGEST_KEY = 80
LONGEST_TEXT = 500
#: Nobody is born in the future; which day "today" is makes no difference to any other reading.
NO_LATER = date(9999, 12, 31)

NAME, GIVEN, FAMILY, COMPANY = "name", "given_name", "family_name", "company"
LANGUAGE, ZONE = "language", "time_zone"
COLUMNS = frozenset({NAME, GIVEN, LANGUAGE, ZONE, COMPANY})
"""Traits that live in columns of a contact, or beside it; all others are attributes."""

#: Words of ours that say more than a value: a trait of that name is kept under another.
_NOT_TRAITS = frozenset({"notes", "account_manager", "client_since", "org_number", "tier", "consent"})


@dataclass(frozen=True, slots=True)
class Told:
    values: Mapping[str, Any]
    addresses: tuple[Key, ...] = ()
    notes: tuple[str, ...] = ()


def told(traits: Mapping[str, Any], region: str = "NO") -> Told:
    """Clean values by the name of their attribute, addresses, and codes of what could not be used."""
    values: dict[str, Any] = {}
    addresses: list[Key] = []
    notes: list[str] = []
    for name, given in list(traits.items())[:MOST_KEYS]:
        try:
            if name in ("email", "phone"):
                addresses += _address(name, given, region)
            elif name in _READ:
                values |= _READ[name](given)
            else:
                values |= _other(name, given)
        except Unusable as trouble:
            notes.append(f"{name}: {trouble.note.code}")
    return Told(values, tuple(addresses), tuple(notes))


def _address(kind: str, given: Any, region: str) -> list[Key]:
    text = clean_text(str(given), 400).strip() if isinstance(given, str | int) else ""
    if not text:
        return []
    return [Key(kind, read_mail(text) if kind == "email" else read_phone(text, region))]


def _text(given: Any, longest: int = LONGEST_TEXT) -> str:
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        return ""
    return " ".join(clean_text(str(given), longest).split())


def _named(key: str, longest: int = 200) -> Callable[[Any], dict[str, Any]]:
    return lambda given: {key: _text(given, longest)} if _text(given) else {}


def _full_name(given: Any) -> dict[str, Any]:
    name = read_name(_text(given, 200))
    return {NAME: name.full} if name.full else {}


def _language(given: Any) -> dict[str, Any]:
    text = _text(given, 40).replace("_", "-")
    if not text:
        return {}
    try:
        return {LANGUAGE: read_language(text)}
    except Unusable:
        return {LANGUAGE: read_language(text.partition("-")[0])}


def _zone(given: Any) -> dict[str, Any]:
    text = _text(given, 60)
    if text and not all_known((text,)):
        raise Unusable("zone.unknown", text=text)
    return {ZONE: text} if text else {}


def _birthday(given: Any) -> dict[str, Any]:
    text = _text(given, 40)
    return {"birthday": read_date(text, NO_LATER, "", birthday=True).isoformat()} if text else {}


def _company(given: Any) -> dict[str, Any]:
    name = _text(given.get("name") if isinstance(given, Mapping) else given, 200)
    return {COMPANY: name} if name else {}


def _postal_address(given: Any) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        return _named("address")(given)
    postal, city = read_postal(
        _text(given.get("postalCode", given.get("postal_code")), 20), _text(given.get("city"), 100)
    )
    found = {"address": _text(given.get("street")), "postal_code": postal, "city": city}
    return {key: value for key, value in found.items() if value}


_READ: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "name": _full_name,
    "firstName": _named(GIVEN, 100),
    "first_name": _named(GIVEN, 100),
    "lastName": _named(FAMILY, 100),
    "last_name": _named(FAMILY, 100),
    "birthday": _birthday,
    "address": _postal_address,
    "company": _company,
    "language": _language,
    "locale": _language,
    "timezone": _zone,
    "createdAt": lambda given: _other("signed_up_at", given),
}


def _other(name: str, given: Any) -> dict[str, Any]:
    key = attribute_key(name)
    if not key:
        return {}
    value = cleaned(given, depth=4, keys=50)
    if isinstance(value, str):
        value = value[:LONGEST_TEXT].strip()
    return {key: value}


def attribute_key(name: str) -> str:
    """The name of an attribute: as it came, without odd characters; never one that means more here."""
    text = "".join(c for c in clean_text(name, 200) if c.isprintable()).strip()[:LONGEST_KEY]
    return f"trait_{text}" if text in _NOT_TRAITS or text in COLUMNS else text
