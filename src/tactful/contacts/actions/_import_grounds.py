"""What an imported file lets us write, and what it forbids."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from tactful.contacts.models import BasisSpell, ConsentReceipt, ContactSpell, Identity
from tactful.contacts.types import Ground, ImportRequest
from tactful.foundation.pg import copy_in

from ._writing import spell
from .basis import receipt

BATCH = 1000
_CHANNELS = (("mail", Identity.Kind.EMAIL), ("sms", Identity.Kind.PHONE))


@dataclass(slots=True)
class Grounds:
    """Service on the contract, marketing only as declared (R71); a "no" in the file always counts."""

    now: datetime
    by: int | None
    controller: str
    request: ImportRequest
    having: dict[tuple[int, str, str], BasisSpell] = field(default_factory=dict)
    receipts: list[ConsentReceipt] = field(default_factory=list)

    def write(
        self, touched: Collection[int], added: Collection[tuple[int, str]], objecting: Collection[int]
    ) -> None:
        """``touched``: contacts that were here before. ``added``: contact and kind of each new address.
        ``objecting``: those for whom the file says no."""
        running = BasisSpell.objects.running().filter(contact_id__in=touched)
        self.having = {(b.contact_id, b.purpose, b.channel): b for b in running}
        self._object(objecting)
        flags = ContactSpell.objects.running().filter(kind="flag", key="objected:marketing")
        before = flags.filter(contact_id__in=touched).values_list("contact_id", flat=True)
        against = set(before) | set(objecting)
        for channel, kind in _CHANNELS:
            for ident in sorted(ident for ident, own in added if own == kind):
                self._allow(ident, channel, ident in against)
        self._save()

    def _object(self, objecting: Collection[int]) -> None:
        """Objection, receipt of withdrawal, and the end of whatever marketing rested on."""
        ends = [
            b.id
            for (ident, purpose, _), b in self.having.items()
            if ident in objecting and purpose == "marketing"
        ]
        BasisSpell.objects.filter(id__in=ends).update(to_at=self.now, end_recorded_at=self.now)
        flags = [spell(ident, "flag", "objected:marketing", self.now, by=self.by) for ident in objecting]
        copy_in(flags)
        ground = Ground("marketing", "mail", "withdrawn", how="import", source=self.request.file_name)
        for ident in objecting:
            self.receipts.append(receipt(ident, ground, "withdrawal", self.controller, self.by, self.now))

    def _allow(self, ident: int, channel: str, objects: bool) -> None:
        declared = self.request.declared
        if declared.allows_service:
            self._ground(ident, "service", channel, "contract")
        if declared.allows_marketing and not objects:
            self._ground(ident, "marketing", channel, "existing_customer")

    def _ground(self, ident: int, purpose: str, channel: str, kind: str) -> None:
        if (ident, purpose, channel) in self.having:
            return
        declared = self.request.declared
        collected = declared.collected_on.isoformat() if declared.collected_on else ""
        source = "; ".join(
            part for part in (self.request.file_name, declared.source.value, collected) if part
        )
        ground = Ground(purpose, channel, kind, how="import", wording=declared.words, source=source)
        self.receipts.append(receipt(ident, ground, kind, self.controller, self.by, self.now))

    def _save(self) -> None:
        copy_in(self.receipts)
        copy_in([self._spell(each) for each in self.receipts])

    def _spell(self, saved: ConsentReceipt) -> BasisSpell:
        return BasisSpell(
            contact_id=saved.contact_id,
            purpose=saved.purpose,
            channel=saved.channel,
            kind="withdrawn" if saved.kind == "withdrawal" else saved.kind,
            receipt_id=saved.id,
            from_at=self.now,
            recorded_at=self.now,
        )
