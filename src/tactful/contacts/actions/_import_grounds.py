"""What an imported list allows us, and what it forbids."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from tactful.contacts.models import BasisSpell, ContactSpell, Identity
from tactful.contacts.types import ImportRequest
from tactful.foundation.copying import Behind, Line
from tactful.foundation.ids import new_ids

from ._import_columns import copy_spells

_CHANNELS = (("mail", Identity.Kind.EMAIL), ("sms", Identity.Kind.PHONE))


class _Given(NamedTuple):
    """What several clients are given alike. ``kind``: contract, existing_customer, withdrawal."""

    kind: str
    purpose: str
    channel: str
    wording: str
    source: str
    contacts: list[int]


@dataclass(slots=True)
class Grounds:
    """Service on the contract, marketing only as declared (R71); a "no" in the file always counts."""

    now: datetime
    by: int | None
    controller: str
    request: ImportRequest
    having: set[tuple[int, str, str]] = field(default_factory=set)
    objecting: Collection[int] = ()
    given: list[_Given] = field(default_factory=list)
    spells: list[list[Line]] = field(default_factory=list)
    told: list[tuple[int, int]] = field(default_factory=list)

    def decide(
        self, touched: Collection[int], added: Collection[tuple[int, str, str]], objecting: Collection[int]
    ) -> None:
        """``touched``: contacts that were here before. ``added``: contact, kind, value of each new address.
        ``objecting``: those for whom the file says no. Ends whatever marketing to them rested on."""
        self.objecting, against = objecting, set(objecting)
        if touched:
            self._end(touched, against)
            flags = ContactSpell.objects.running().filter(kind="flag", key="objected:marketing")
            against |= set(flags.filter(contact_id__in=touched).values_list("contact_id", flat=True))
        source = self.request.file_name[:300]
        self.given.append(_Given("withdrawal", "marketing", "mail", "", source, list(objecting)))
        for channel, kind in _CHANNELS:
            self._allow(sorted({ident for ident, own, _ in added if own == kind}), channel, against)

    def _end(self, touched: Collection[int], objecting: Collection[int]) -> None:
        ends = []
        running = BasisSpell.objects.running().filter(contact_id__in=touched)
        for spell, ident, purpose, channel in running.values_list("id", "contact_id", "purpose", "channel"):
            self.having.add((ident, purpose, channel))
            if ident in objecting and purpose == "marketing":
                ends.append(spell)
        if ends:
            BasisSpell.objects.filter(id__in=ends).update(to_at=self.now, end_recorded_at=self.now)

    def _allow(self, idents: list[int], channel: str, against: Collection[int]) -> None:
        words, source = self.request.declared.words, self._source()
        for purpose, kind in self._uses():
            barred = against if purpose == "marketing" else ()
            free = idents
            if self.having or barred:
                free = [
                    ident
                    for ident in idents
                    if (ident, purpose, channel) not in self.having and ident not in barred
                ]
            self.given.append(_Given(kind, purpose, channel, words, source, free))

    def _uses(self) -> list[tuple[str, str]]:
        declared = self.request.declared
        allowed = (
            (declared.allows_service, "service", "contract"),
            (declared.allows_marketing, "marketing", "existing_customer"),
        )
        return [(purpose, kind) for is_allowed, purpose, kind in allowed if is_allowed]

    def _source(self) -> str:
        declared = self.request.declared
        collected = declared.collected_on.isoformat() if declared.collected_on else ""
        parts = (self.request.file_name, declared.source.value, collected)
        return "; ".join(part for part in parts if part)[:300]

    def copy_evidence(self, behind: Behind) -> None:
        """The receipts, which name nobody who must be there already."""
        receipts: list[list[Line]] = []
        for contacts, given in self._alike():
            count, kinds = len(contacts), len(given)
            ids, evidence = new_ids(count * kinds), new_ids(count * kinds)
            own = [(each, ids[at::kinds], evidence[at::kinds]) for at, each in enumerate(given)]
            receipts.append([self._receipt(each, contacts, proof) for each, _, proof in own])
            self.spells.append([self._spell(each, contacts, spell, proof) for each, spell, proof in own])
            for each, spell, _ in own:
                if each.kind != "withdrawal":
                    self.told += zip(contacts, spell, strict=True)
        behind.copy_groups("consent_receipt", receipts)

    def copy(self, behind: Behind) -> list[tuple[int, int]]:
        """What rests on the evidence. Answers with the contact and the id of each ground that was given."""
        flags: dict[tuple[int, str, str], object] = {
            (ident, "flag", "objected:marketing"): None for ident in self.objecting
        }
        copy_spells(behind, flags, self.by, self.now)
        behind.copy_groups("basis_spell", self.spells)
        return self.told

    def _alike(self) -> list[tuple[list[int], list[_Given]]]:
        """Clients who are given the same, so that what one client is given is written side by side: an index
        of clients is then written at its end and not all over."""
        having: dict[int, int] = {}
        for place, given in enumerate(self.given):
            for ident in given.contacts:
                having[ident] = having.get(ident, 0) | 1 << place
        groups: dict[int, list[int]] = {}
        for ident, places in having.items():
            groups.setdefault(places, []).append(ident)
        return [
            (contacts, [given for place, given in enumerate(self.given) if places >> place & 1])
            for places, contacts in groups.items()
        ]

    def _receipt(self, given: _Given, contacts: list[int], ids: list[int]) -> Line:
        return [
            ("id", "bigint", ids),
            ("contact_id", "bigint", contacts),
            ("kind", "text", given.kind),
            ("purpose", "text", given.purpose),
            ("channel", "text", given.channel),
            *([("wording", "text", given.wording)] if self.request.declared.words else ()),
            ("wording_hash", "bytea", hashlib.sha256(given.wording.encode()).digest()),
            ("controller", "text", self.controller),
            ("how", "text", "import"),
            ("source", "text", given.source),
            ("actor", "bigint", self.by),
            ("at", "timestamptz", self.now),
        ]

    def _spell(self, given: _Given, contacts: list[int], ids: list[int], receipts: list[int]) -> Line:
        return [
            ("id", "bigint", ids),
            ("contact_id", "bigint", contacts),
            ("purpose", "text", given.purpose),
            ("channel", "text", given.channel),
            ("kind", "text", "withdrawn" if given.kind == "withdrawal" else given.kind),
            ("receipt_id", "bigint", receipts),
            ("from_at", "timestamptz", self.now),
            ("recorded_at", "timestamptz", self.now),
        ]
