"""templates/web/settings/mail_connect.html and mail_sheet.html."""

from dataclasses import dataclass

from django.forms import Form

from tactful.web.types import Link, Text


@dataclass(frozen=True, slots=True)
class Known:
    """Who keeps the mailbox. ``found``: how we know it. ``choose``: the form to say otherwise."""

    address: str
    name: Text
    found: Text
    cautions: tuple[Text, ...]
    choose: Form


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the forms of the page go, and ``up``: the page that it belongs to, with its name. ``own``: it is
    somebody's own mailbox."""

    here: str
    host: str
    keep: str
    up: Link
    title: Text
    own: bool = False


@dataclass(frozen=True, slots=True)
class ConnectPage:
    """``known`` None: only the address is asked for. ``form`` None: what is needed is there, and ``go`` leads
    to the provider. ``others``: the other ways to sign in. ``sheet``: the page for whoever runs it.
    ``closed``: why this way is not open here."""

    ask: Form
    doors: Doors
    known: Known | None = None
    way: Text = ""
    steps: tuple[Text, ...] = ()
    form: Form | None = None
    go: Link | None = None
    others: tuple[Link, ...] = ()
    sheet: str = ""
    trouble: Text = ""
    closed: Text = ""


@dataclass(frozen=True, slots=True)
class Value:
    label: Text
    value: str
    note: Text = ""


@dataclass(frozen=True, slots=True)
class SheetPage:
    """What the administrator types, exactly. ``steps``: in their order, each a sentence."""

    firm: str
    provider: Text
    address: str
    steps: tuple[Text, ...]
    values: tuple[Value, ...]
    back: tuple[Text, ...]
    warning: Text = ""
