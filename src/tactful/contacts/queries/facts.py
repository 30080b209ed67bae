"""What the gate is told about people, for a whole batch of ids at once and as of any moment.

Ids without a contact are missing from the answer: an unknown fact never clears.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import lru_cache

from tactful.contacts.address_hash import address_hashes
from tactful.contacts.models import Identity, Suppression
from tactful.contacts.rules.addresses import is_mobile
from tactful.contacts.types import AddressView, BasisState, Client, PlaceState, SensitiveState
from tactful.foundation import pg
from tactful.kernel.calendars import zones_of

#: Where nobody knows better, the day is that of the universal clock.
UNKNOWN_PLACE = ("UTC",)
KIND_OF_CHANNEL = {"mail": Identity.Kind.EMAIL, "sms": Identity.Kind.PHONE, "whatsapp": Identity.Kind.PHONE}

#: A spell in force at a moment, by what had been recorded by then (``foundation.SpellQuery.at``).
_IN_FORCE = """{0}.from_at <= %(at)s AND {0}.recorded_at <= %(at)s
    AND ({0}.to_at IS NULL OR {0}.to_at > %(at)s OR {0}.end_recorded_at > %(at)s)"""

_BASIS = f"""
    SELECT b.contact_id, b.kind, b.from_at, b.receipt_id FROM basis_spell b
    WHERE b.contact_id = ANY(%(ids)s::bigint[]) AND b.purpose = %(purpose)s AND b.channel = %(channel)s
      AND {_IN_FORCE.format("b")}
    ORDER BY b.from_at, b.id"""  # noqa: S608 - put together from constants

_FLAGS = f"""
    SELECT s.contact_id, s.key FROM contact_spell s
    WHERE s.contact_id = ANY(%(ids)s::bigint[]) AND s.kind = 'flag' AND {_IN_FORCE.format("s")}
    """  # noqa: S608 - put together from constants

_KNOWN = "SELECT id FROM contact WHERE id = ANY(%s::bigint[])"

_ADDRESSES = """
    SELECT contact_id, value FROM identity
    WHERE contact_id = ANY(%(ids)s::bigint[]) AND kind = %(kind)s AND added_at <= %(at)s
    ORDER BY contact_id, is_primary DESC, added_at, id"""

_SUPPRESSED = f"""
    SELECT s.address_hash, s.scope, s.reason FROM suppression s
    WHERE s.address_hash = ANY(%(hashes)s::bytea[]) AND s.channel = %(channel)s AND {_IN_FORCE.format("s")}
    """  # noqa: S608 - put together from constants

_CLIENTS = """
    SELECT c.id, c.name, c.given_name, c.language, COALESCE(co.name, ''), COALESCE(m.name, ''),
           c.time_zone, c.country, c.subdivision, c.household_id, c.company_id
    FROM contact c LEFT JOIN company co ON co.id = c.company_id LEFT JOIN staff m ON m.id = c.manager_id
    WHERE c.id = ANY(%s::bigint[])"""

Flags = dict[int, frozenset[str]]
NO_FLAGS: frozenset[str] = frozenset()


def clients(ids: Iterable[int]) -> dict[int, Client]:
    """What gate and letter want of each contact. One query."""
    rows = pg.many(_CLIENTS, [pg.numbers(ids)])
    places = {where: _place(*where) for where in {row[6:] for row in rows}}
    return {row[0]: _tuple(Client, (*row[:6], places[row[6:]])) for row in rows}


_tuple = tuple.__new__  # a thousand at once: what the types' own constructors do, at a third of the price


def flags_at(ids: Collection[int], at: datetime) -> Flags:
    """Flags in force, of those who have any: bereaved, restricted, objected:…, occasion_off:…"""
    found: dict[int, set[str]] = {}
    for ident, key in pg.many(_FLAGS, {"ids": pg.numbers(ids), "at": at}):
        found.setdefault(ident, set()).add(key)
    return {ident: frozenset(keys) for ident, keys in found.items()}


def basis_facts_at(
    ids: Collection[int], purpose: str, channel: str, at: datetime, flags: Flags | None = None
) -> dict[int, BasisState]:
    """Basis, objection and restriction of each contact for ``purpose`` on ``channel``.

    ``flags``: as ``flags_at`` gave them, of contacts that are known to exist; without, all is read here.
    """
    params = {"ids": pg.numbers(ids), "purpose": str(purpose), "channel": str(channel), "at": at}
    spells = {ident: (kind, since, receipt) for ident, kind, since, receipt in pg.many(_BASIS, params)}
    if flags is None:
        ids, flags = _known(ids), flags_at(ids, at)
    return {ident: _basis(spells.get(ident, _NO_SPELL), flags.get(ident, NO_FLAGS), purpose) for ident in ids}


_NO_SPELL: tuple[None, None, None] = (None, None, None)


def _known(ids: Collection[int]) -> set[int]:
    return {row[0] for row in pg.many(_KNOWN, [pg.numbers(ids)])}


def _basis(
    spell: tuple[str | None, datetime | None, int | None], flags: frozenset[str], purpose: str
) -> BasisState:
    kind, since, receipt_id = spell
    withdrawn = kind == "withdrawn"
    known = "none" if withdrawn or kind is None else kind
    objected = bool(flags) and f"objected:{purpose}" in flags
    return _tuple(BasisState, (known, since, receipt_id, objected, withdrawn, "restricted" in flags))


def address_facts_at(
    ids: Collection[int], channel: str, at: datetime, *, known: Collection[int] | None = None
) -> dict[int, AddressView]:
    """The address that ``channel`` would use, and what stands against it. Suppressions are looked up by
    keyed hash. ``known``: those of ``ids`` that exist, where the caller has read them.
    """
    addresses = _addresses(ids, channel, at)
    hashes = dict(zip(address_hashes(channel, addresses.values()), addresses, strict=True))
    found: dict[int, list[tuple[str, str]]] = {}
    params = {"hashes": pg.bytes_(hashes), "channel": str(channel), "at": at}
    for digest, scope, reason in pg.many(_SUPPRESSED, params):
        found.setdefault(hashes[bytes(digest)], []).append((scope, reason))
    present = _known(ids) if known is None else known
    return {
        ident: _tuple(AddressView, ("usable", addresses[ident], "", False))
        if addresses.get(ident) and ident not in found
        else _address(addresses.get(ident, ""), found.get(ident, ()))
        for ident in present
    }


def _addresses(ids: Collection[int], channel: str, at: datetime) -> dict[int, str]:
    kind = KIND_OF_CHANNEL.get(channel)
    params = {"ids": pg.numbers(ids), "kind": kind and str(kind), "at": at}
    chosen: dict[int, str] = {}
    for contact_id, value in pg.many(_ADDRESSES, params) if kind else ():
        if channel == "mail" or is_mobile(value):
            chosen.setdefault(contact_id, value)
    return chosen


def _address(address: str, against: Sequence[tuple[str, str]]) -> AddressView:
    if not address:
        return AddressView("missing")
    for scope, reason in against:
        if scope == "all":
            bounced = reason in ("hard_bounce", "mailbox_full")
            return AddressView("bounced" if bounced else "suppressed", address, reason)
    return AddressView("usable", address, marketing_off=bool(against))


def sensitive_facts_at(
    ids: Collection[int], at: datetime, flags: Flags | None = None
) -> dict[int, SensitiveState]:
    """Bereavement, and occasions ("birthday") that the person does not want to hear about.

    ``flags``: as in ``basis_facts_at``.
    """
    if flags is None:
        ids, flags = _known(ids), flags_at(ids, at)
    return {ident: _sensitive(flags[ident]) if ident in flags else NOT_SENSITIVE for ident in ids}


NOT_SENSITIVE = SensitiveState()


def _sensitive(flags: frozenset[str]) -> SensitiveState:
    prefix = "occasion_off:"
    off = frozenset(key.removeprefix(prefix) for key in flags if key.startswith(prefix))
    return SensitiveState("bereaved" in flags, off)


def place_facts(ids: Iterable[int]) -> dict[int, PlaceState]:
    """Where each contact lives, household and company included, for calendars and caps. One query."""
    return {ident: client.place for ident, client in clients(ids).items()}


@lru_cache(maxsize=1024)
def _place(
    zone: str, country: str, subdivision: str, household: int | None, company: int | None
) -> PlaceState:
    return PlaceState(_zones(zone, country), country, subdivision, household, company)


def _zones(zone: str, country: str) -> tuple[str, ...]:
    return (zone,) if zone else zones_of(country) or UNKNOWN_PLACE


def suppression_hashes(contact_id: int) -> list[bytes]:
    """Under which each of their addresses would stand among the suppressed, on any channel."""
    rows = pg.many("SELECT kind, value FROM identity WHERE contact_id = %s", [contact_id])
    found: list[bytes] = []
    for channel, wanted in KIND_OF_CHANNEL.items():
        found += address_hashes(channel, [value for kind, value in rows if kind == wanted])
    return found


def mail_is_suppressed(address: str) -> bool:
    """Whether we may write to this address no more, whatever it is about. ``address``: cleaned."""
    hashes = address_hashes("mail", [address])
    return Suppression.objects.running().filter(channel="mail", address_hash__in=hashes, scope="all").exists()
