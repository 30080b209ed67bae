"""Keys of other programs: what they may, and when they were last used."""

from datetime import datetime

from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _

from tactful.foundation.keys.queries import all_keys
from tactful.foundation.models import ApiKey
from tactful.web.forms.programs import SCOPES
from tactful.web.pages.settings import KeyRow, KeysPage
from tactful.web.templatetags.tactful import near
from tactful.web.types import Act


def keys_page(form: Form, machine: datetime) -> KeysPage:
    """``machine``: the machine clock, by which keys end and were used."""
    return KeysPage(tuple(_row(key, machine) for key in all_keys()), form)


def _row(key: ApiKey, machine: datetime) -> KeyRow:
    over = key.expires_at is not None and key.expires_at <= machine
    is_open = key.revoked_at is None and not over
    words = dict(SCOPES)
    revoke = Act(_("Revoke"), reverse("web:key_revocation", args=[key.id]))
    return KeyRow(
        name=key.name,
        shown=f"tact_{key.shown}_…",
        may=", ".join(str(words.get(scope, scope)) for scope in key.scopes),  # type: ignore[call-overload]
        note=_note(key, over, machine),
        open=is_open,
        acts=(revoke,) if is_open else (),
    )


def _note(key: ApiKey, over: bool, machine: datetime) -> str:
    if key.revoked_at is not None:
        return _("revoked")
    if over:
        return _("has run out")
    if key.last_used_at is None:
        return _("never used")
    return _("last used %(when)s") % {"when": near(key.last_used_at, machine)}
