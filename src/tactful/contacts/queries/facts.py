"""What the gate is told about people, for a whole batch of ids at once and as of any moment.

Ids without a contact are missing from the answer: an unknown fact never clears.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from tactful.contacts.address_hash import address_hash
from tactful.contacts.models import Contact, Identity, Suppression
from tactful.contacts.rules.addresses import is_mobile
from tactful.contacts.types import AddressView, BasisState, PlaceState, SensitiveState
from tactful.foundation import pg
from tactful.kernel.calendars import zones_of

#: Where nobody knows better, the day is that of the universal clock.
UNKNOWN_PLACE = ("UTC",)
KIND_OF_CHANNEL = {"mail": Identity.Kind.EMAIL, "sms": Identity.Kind.PHONE, "whatsapp": Identity.Kind.PHONE}

#: A spell in force at a moment, by what had been recorded by then (``foundation.SpellQuery.at``).
_IN_FORCE = """{0}.from_at <= %(at)s AND {0}.recorded_at <= %(at)s
    AND ({0}.to_at IS NULL OR {0}.to_at > %(at)s OR {0}.end_recorded_at > %(at)s)"""

_BASIS = f"""
    SELECT c.id, b.kind, b.from_at, b.receipt_id,
           COALESCE(f.keys @> ARRAY['objected:' || %(purpose)s], false),
           COALESCE(f.keys @> ARRAY['restricted'], false)
    FROM contact c
    LEFT JOIN LATERAL (
        SELECT b.kind, b.from_at, b.receipt_id FROM basis_spell b
        WHERE b.contact_id = c.id AND b.purpose = %(purpose)s AND b.channel = %(channel)s
          AND {_IN_FORCE.format("b")}
        ORDER BY b.from_at DESC, b.id DESC LIMIT 1
    ) b ON true
    LEFT JOIN LATERAL (
        SELECT array_agg(s.key::text) AS keys FROM contact_spell s
        WHERE s.contact_id = c.id AND s.kind = 'flag' AND {_IN_FORCE.format("s")}
    ) f ON true
    WHERE c.id = ANY(%(ids)s)"""  # noqa: S608 - put together from constants

_SENSITIVE = f"""
    SELECT c.id, COALESCE(array_agg(s.key::text) FILTER (WHERE s.key IS NOT NULL), ARRAY[]::text[])
    FROM contact c
    LEFT JOIN contact_spell s ON s.contact_id = c.id AND s.kind = 'flag'
        AND (s.key = 'bereaved' OR s.key LIKE 'occasion_off:%%') AND {_IN_FORCE.format("s")}
    WHERE c.id = ANY(%(ids)s) GROUP BY c.id"""  # noqa: S608 - put together from constants

_PLACES = """
    SELECT id, time_zone, country, subdivision, household_id, company_id FROM contact
    WHERE id = ANY(%(ids)s::bigint[])"""


def basis_facts_at(ids: Sequence[int], purpose: str, channel: str, at: datetime) -> dict[int, BasisState]:
    """Basis, objection and restriction of each contact for ``purpose`` on ``channel``. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_BASIS, {"ids": list(ids), "purpose": purpose, "channel": channel, "at": at})
        return {row[0]: _basis(*row[1:]) for row in cursor.fetchall()}


def _basis(
    kind: str | None, since: datetime | None, receipt_id: int | None, objected: bool, restricted: bool
) -> BasisState:
    withdrawn = kind == "withdrawn"
    return BasisState(
        kind="none" if withdrawn or kind is None else kind,
        since=since,
        receipt_id=receipt_id,
        objected=objected,
        withdrawn=withdrawn,
        restricted=restricted,
    )


def address_facts_at(ids: Sequence[int], channel: str, at: datetime) -> dict[int, AddressView]:
    """The address that ``channel`` would use, and what stands against it. Three queries: the people,
    their addresses, and the suppressions, which are looked up by keyed hash.
    """
    known = set(Contact.objects.filter(id__in=ids).values_list("id", flat=True))
    addresses = _addresses(ids, channel, at)
    hashes = {address_hash(channel, address): ident for ident, address in addresses.items()}
    found: dict[int, list[tuple[str, str]]] = {}
    spells = Suppression.objects.at(at).filter(channel=channel, address_hash__in=list(hashes))
    for digest, scope, reason in spells.values_list("address_hash", "scope", "reason"):
        found.setdefault(hashes[bytes(digest)], []).append((scope, reason))
    return {ident: _address(addresses.get(ident, ""), found.get(ident, [])) for ident in known}


def _addresses(ids: Sequence[int], channel: str, at: datetime) -> dict[int, str]:
    kind = KIND_OF_CHANNEL.get(channel)
    rows = (
        Identity.objects.filter(contact_id__in=ids, kind=kind, added_at__lte=at)
        .order_by("contact_id", "-is_primary", "added_at", "id")
        .values_list("contact_id", "value")
    )
    chosen: dict[int, str] = {}
    for contact_id, value in rows if kind else ():
        if channel == "mail" or is_mobile(value):
            chosen.setdefault(contact_id, value)
    return chosen


def _address(address: str, against: list[tuple[str, str]]) -> AddressView:
    if not address:
        return AddressView("missing")
    for scope, reason in against:
        if scope == "all":
            bounced = reason in ("hard_bounce", "mailbox_full")
            return AddressView("bounced" if bounced else "suppressed", address, reason)
    return AddressView("usable", address, marketing_off=bool(against))


def sensitive_facts_at(ids: Sequence[int], at: datetime) -> dict[int, SensitiveState]:
    """Bereavement, and occasions ("birthday") that the person does not want to hear about. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_SENSITIVE, {"ids": list(ids), "at": at})
        return {
            ident: SensitiveState(
                "bereaved" in keys,
                frozenset(key.removeprefix("occasion_off:") for key in keys if key != "bereaved"),
            )
            for ident, keys in cursor.fetchall()
        }


def place_facts(ids: Sequence[int]) -> dict[int, PlaceState]:
    """Where each contact lives, household and company included, for calendars and caps. One query."""
    rows = pg.many(_PLACES, {"ids": pg.numbers(ids)})
    return {
        ident: PlaceState(_zones(zone, country), country, subdivision, household, company)
        for ident, zone, country, subdivision, household, company in rows
    }


def _zones(zone: str, country: str) -> tuple[str, ...]:
    return (zone,) if zone else zones_of(country) or UNKNOWN_PLACE
