"""What the pages that clients see want to know. The templates are ``portal/*.html``.

Everything that changes something is a POST; a link that is only opened changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise
else:
    Text = str


@dataclass(frozen=True, slots=True)
class Business:
    """Who writes: name, place, logo. Stands on every page as ``business``."""

    name: str
    place: str = ""
    logo_url: str = ""
    has_colour: bool = False


@dataclass(frozen=True, slots=True)
class Someone:
    """The person to talk to. ``role``: "your accountant". ``phone``: E.164, for a tel: link."""

    name: str
    role: Text
    phone: str = ""
    mail: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """A choice as a whole row. ``post``: pressing it changes something, else it opens a page."""

    title: Text
    note: Text
    url: str
    post: bool = True
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class WhyReason:
    """``icon``: auto, person, doc, check. ``lead`` is bold, ``text`` follows it."""

    icon: str
    lead: Text
    text: Text


@dataclass(frozen=True, slots=True)
class WhyPage:
    """portal/why.html: the answer first, the law last, a person before any setting."""

    channel: str
    at: datetime
    text: str
    answer: Text
    reasons: tuple[WhyReason, ...]
    someone: Someone | None
    options: tuple[Option, ...]
    language: str = ""
    done: Text = ""


@dataclass(frozen=True, slots=True)
class UploadItem:
    """A document that is asked for; ``is_done`` once it has come or is not needed any more."""

    id: int
    name: Text
    note: Text = ""
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class UploadPage:
    """portal/upload.html. Posts ``files`` (many) to ``url``; "I have already sent it" posts to
    ``sent_url``, "" when all has been said already. ``limits``: kinds and size in words."""

    title: Text
    intro: Text
    items: tuple[UploadItem, ...]
    url: str
    sent_url: str
    limits: Text
    someone: Someone | None = None
    error: Text = ""
    done: Text = ""

    @property
    def missing(self) -> int:
        return sum(not item.is_done for item in self.items)


@dataclass(frozen=True, slots=True)
class PreferenceRow:
    """Posts ``name`` when ticked. A purpose that the contract needs cannot be refused: ``fixed``."""

    name: str
    title: Text
    note: Text
    chosen: bool
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class ComingRow:
    what: Text
    moment: Text


@dataclass(frozen=True, slots=True)
class PreferencesPage:
    """portal/preferences.html. ``none_url`` takes a POST that refuses everything refusable at once."""

    address: str
    url: str
    none_url: str
    channels: tuple[PreferenceRow, ...]
    purposes: tuple[PreferenceRow, ...]
    coming: tuple[ComingRow, ...]
    someone: Someone | None = None
    done: Text = ""
    erasure_url: str = ""


@dataclass(frozen=True, slots=True)
class ErasurePage:
    """portal/erasure.html. GET asks whether they are sure, POST asks a person of ours, and then
    ``asked_until`` is the day by which they have an answer."""

    url: str
    preferences_url: str
    someone: Someone | None = None
    asked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConfirmPage:
    """portal/confirm.html. ``wording``: to what the button says yes, "" where it is too late. GET shows the
    button, POST says yes, and then ``done`` says so."""

    wording: str
    url: str
    address: str
    done: Text = ""


@dataclass(frozen=True, slots=True)
class UnsubscribePage:
    """portal/unsubscribe.html. ``what``: what they would no longer get. GET shows the button, POST does
    it, and then ``done`` says so."""

    what: Text
    url: str
    preferences_url: str
    done: Text = ""
    undo_url: str = ""
