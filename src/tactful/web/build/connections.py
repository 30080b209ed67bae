"""What the pages of connections and attributes show."""

from django.conf import settings
from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _

from tactful.tracking import queries
from tactful.tracking.queries import Attribute, ComputedProperty, TrackingRefusal, TrackingSource
from tactful.tracking.sentences import sentence
from tactful.tracking.types import ComputedKind
from tactful.web.build.systems import system_rows
from tactful.web.forms.connections import COMPUTED, KINDS, TYPES
from tactful.web.pages.connections import AttributesPage, ConnectionsPage, KeyRow, ValueRow
from tactful.web.types import Act

MOST_TROUBLES = 5


def connections_page(form: Form, key: str = "", secret: str = "") -> ConnectionsPage:
    door = settings.BASE_URL.rstrip("/") + "/v1/"
    told = queries.refusals()
    rows = tuple(_key_row(row, told.get(row.id, [])) for row in queries.sources())
    script = f'<script src="{door}tactful.js" data-key="{key}" defer></script>' if secret else ""
    return ConnectionsPage(form, rows, door, key, secret, script, system_rows())


def _key_row(row: TrackingSource, told: list[TrackingRefusal]) -> KeyRow:
    revoke = Act(_("Revoke"), reverse("web:connection_end", args=[row.id]))
    return KeyRow(
        name=row.name,
        kind=str(dict(KINDS)[row.kind]),
        prefix=row.prefix,
        used_at=row.used_at,
        revoked=row.revoked_at is not None,
        troubles=tuple((sentence(each.code), each.count, each.sample) for each in told[:MOST_TROUBLES]),
        acts=() if row.revoked_at else (revoke,),
    )


def attributes_page(attribute_form: Form, property_form: Form) -> AttributesPage:
    return AttributesPage(
        attribute_form,
        property_form,
        tuple(_attribute_row(row) for row in queries.attributes()),
        tuple(_property_row(row) for row in queries.properties()),
    )


def _attribute_row(row: Attribute) -> ValueRow:
    signs = [_("Sensitive")] if row.sensitive else [] if row.personal else [_("Not about a person")]
    signs += [_("Found in what was sent")] if row.origin == "discovered" else []
    change = Act(_("Change"), reverse("web:attribute", args=[row.id]), post=False)
    return ValueRow(row.label, f"{row.key} · {dict(TYPES)[row.type]}", tuple(signs), (change,))


def _property_row(row: ComputedProperty) -> ValueRow:
    about = f"{row.key} · {dict(COMPUTED)[ComputedKind(row.kind).value]}: {row.event}"
    about += f" ({row.field})" if row.field else ""
    return ValueRow(row.label, about, (), (Act(_("Remove"), reverse("web:property_end", args=[row.id])),))
