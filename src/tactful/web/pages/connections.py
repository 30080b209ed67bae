"""templates/web/settings/connections.html, attributes.html and attribute.html."""

from dataclasses import dataclass
from datetime import datetime

from django.forms import Form

from tactful.web.pages.systems import SystemRow
from tactful.web.types import Act, Text


@dataclass(frozen=True, slots=True)
class KeyRow:
    """``prefix``: how the key begins. ``troubles``: what of its calls could not be used, and how often."""

    name: str
    kind: Text
    prefix: str
    used_at: datetime | None
    revoked: bool
    troubles: tuple[tuple[Text, int, str], ...]
    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class ConnectionsPage:
    """``snippet``: the line for a site, with the key that was just made; ``secret`` signs user ids. Both are
    shown this once."""

    form: Form
    keys: tuple[KeyRow, ...]
    door: str
    fresh_key: str = ""
    secret: str = ""
    snippet: str = ""
    systems: tuple[SystemRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ValueRow:
    """An attribute or a computed property. ``about``: its key and what it is."""

    label: str
    about: Text
    signs: tuple[Text, ...]
    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class AttributesPage:
    attribute_form: Form
    property_form: Form
    attributes: tuple[ValueRow, ...]
    properties: tuple[ValueRow, ...]
