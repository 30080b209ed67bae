"""What an imported list allows us, and what it forbids."""

import hashlib
from collections.abc import Collection, Container, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from tactful.contacts.models import BasisSpell, ContactSpell, Identity
from tactful.contacts.types import ImportRequest
from tactful.foundation.copying import Behind
from tactful.foundation.ids import new_ids

from ._import_columns import copy_spells

_CHANNELS = (("mail", Identity.Kind.EMAIL), ("sms", Identity.Kind.PHONE))


class _Receipt(NamedTuple):
    contact_id: int
    kind: str  # contract, existing_customer, withdrawal
    purpose: str
    channel: str
    wording: str = ""
    source: str = ""


@dataclass(slots=True)
class Grounds:
    """Service on the contract, marketing only as declared (R71); a "no" in the file always counts."""

    now: datetime
    by: int | None
    controller: str
    request: ImportRequest
    having: set[tuple[int, str, str]] = field(default_factory=set)
    objecting: Collection[int] = ()
    receipts: list[_Receipt] = field(default_factory=list)

    def decide(
        self, touched: Collection[int], added: Collection[tuple[int, str]], objecting: Collection[int]
    ) -> None:
        """``touched``: contacts that were here before. ``added``: contact and kind of each new address.
        ``objecting``: those for whom the file says no. Ends whatever marketing to them rested on."""
        self.objecting, against = objecting, set(objecting)
        if touched:
            self._end(touched, against)
            flags = ContactSpell.objects.running().filter(kind="flag", key="objected:marketing")
            against |= set(flags.filter(contact_id__in=touched).values_list("contact_id", flat=True))
        source = self.request.file_name[:300]
        for ident in objecting:
            self.receipts.append(_Receipt(ident, "withdrawal", "marketing", "mail", "", source))
        for channel, kind in _CHANNELS:
            self._allow(sorted(ident for ident, own in added if own == kind), channel, against)

    def _end(self, touched: Collection[int], objecting: Collection[int]) -> None:
        ends = []
        running = BasisSpell.objects.running().filter(contact_id__in=touched)
        for spell, ident, purpose, channel in running.values_list("id", "contact_id", "purpose", "channel"):
            self.having.add((ident, purpose, channel))
            if ident in objecting and purpose == "marketing":
                ends.append(spell)
        if ends:
            BasisSpell.objects.filter(id__in=ends).update(to_at=self.now, end_recorded_at=self.now)

    def _allow(self, idents: Iterable[int], channel: str, against: Container[int]) -> None:
        words, source = self.request.declared.words, self._source()
        uses = self._uses()
        for ident in idents:
            for purpose, kind in uses:
                objects = purpose == "marketing" and ident in against
                if not objects and (ident, purpose, channel) not in self.having:
                    self.receipts.append(_Receipt(ident, kind, purpose, channel, words, source))

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

    def copy(self, behind: Behind) -> list[tuple[int, int]]:
        """Answers with the contact and the id of each ground that was given."""
        flags: dict[tuple[int, str, str], object] = {
            (ident, "flag", "objected:marketing"): None for ident in self.objecting
        }
        copy_spells(behind, flags, self.by, self.now)
        ids = new_ids(len(self.receipts))
        self._copy_receipts(behind, ids)
        given = self._copy_spells(behind, ids)
        return [
            (each.contact_id, ident)
            for each, ident in zip(self.receipts, given, strict=True)
            if each.kind != "withdrawal"
        ]

    def _copy_receipts(self, behind: Behind, ids: list[int]) -> None:
        given, count = self.receipts, len(ids)
        digests = {each.wording: hashlib.sha256(each.wording.encode()).digest() for each in given}
        behind.copy(
            "consent_receipt",
            [
                ("id", "bigint", ids),
                ("contact_id", "bigint", [each.contact_id for each in given]),
                ("kind", "text", [each.kind for each in given]),
                ("purpose", "text", [each.purpose for each in given]),
                ("channel", "text", [each.channel for each in given]),
                ("wording", "text", [each.wording for each in given]),
                ("wording_hash", "bytea", [digests[each.wording] for each in given]),
                ("wording_version", "text", [""] * count),
                ("language", "text", [""] * count),
                ("controller", "text", [self.controller] * count),
                ("how", "text", ["import"] * count),
                ("source", "text", [each.source for each in given]),
                ("actor", "bigint", [self.by] * count),
                ("at", "timestamptz", [self.now] * count),
            ],
        )

    def _copy_spells(self, behind: Behind, ids: list[int]) -> list[int]:
        given, count = self.receipts, len(ids)
        spells = new_ids(count)
        kinds = ["withdrawn" if each.kind == "withdrawal" else each.kind for each in given]
        behind.copy(
            "basis_spell",
            [
                ("id", "bigint", spells),
                ("contact_id", "bigint", [each.contact_id for each in given]),
                ("purpose", "text", [each.purpose for each in given]),
                ("channel", "text", [each.channel for each in given]),
                ("kind", "text", kinds),
                ("receipt_id", "bigint", ids),
                ("from_at", "timestamptz", [self.now] * count),
                ("recorded_at", "timestamptz", [self.now] * count),
            ],
        )
        return spells
