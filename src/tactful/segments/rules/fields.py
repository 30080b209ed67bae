"""What of a contact may be asked, and the leaves that speak of tables on the floors below."""

from collections.abc import Mapping
from typing import Final

from tactful.segments.types import Allowed, Column, ContactField, Lookup, SpellLeaf

CONTACT_FIELDS: Final[Mapping[str, ContactField]] = {
    "name": ContactField(Column("name")),
    "given_name": ContactField(Column("given_name")),
    "language": ContactField(Column("language")),
    "country": ContactField(Column("country")),
    "tier": ContactField(Column("tier")),
    "source": ContactField(Column("source")),
    "company": ContactField(Column("company_id", Lookup("company", "name"))),
    "manager": ContactField(Column("manager_id", Lookup("staff", "email"))),
    "created_at": ContactField(Column("created_at"), "moment"),
}
"""By the name in the document. Absent and empty text are the same: not known."""

TAG: Final = SpellLeaf(
    kind="tag",
    table="contact_spell",
    contact="contact_id",
    main="tag",
    fields={"tag": Column("key")},
    only={"kind": ("tag",)},
    begins="from_at",
    ends="to_at",
    states=("now", "over", "never"),
)
CONSENT: Final = SpellLeaf(
    kind="consent",
    table="basis_spell",
    contact="contact_id",
    main="purpose",
    fields={
        "purpose": Column("purpose", values={"marketing": "marketing", "service": "service"}),
        "channel": Column("channel", values={name: name for name in ("mail", "sms", "whatsapp", "chat")}),
    },
    only={"kind": ("consent", "existing_customer", "contract")},
    begins="from_at",
    ends="to_at",
    states=("now", "over", "never"),
)
ADDRESS: Final = SpellLeaf(
    kind="address",
    table="identity",
    contact="contact_id",
    main="address",
    fields={"address": Column("kind", values={"mail": "email", "phone": "phone"})},
)
BASE: Final = Allowed({leaf.kind: leaf for leaf in (TAG, CONSENT, ADDRESS)})
