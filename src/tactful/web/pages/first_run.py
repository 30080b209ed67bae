"""templates/web/first/*.html"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tactful.web.types import Text


@dataclass(frozen=True, slots=True)
class Place:
    """Where one is. ``number`` of ``total``; ``step`` its name; ``is_done``: answered before."""

    step: str
    number: int
    total: int
    is_done: bool = False
    can_skip: bool = True


@dataclass(frozen=True, slots=True)
class TradeChoice:
    slug: str
    name: Text
    about: Text
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class TradePage:
    place: Place
    name: str
    trades: tuple[TradeChoice, ...]
    trouble: Text = ""


@dataclass(frozen=True, slots=True)
class LinePage:
    """Names of touchpoints on both sides; ``sensitive``: the trade keeps no topics."""

    place: Place
    people: tuple[Text, ...]
    automation: tuple[Text, ...]
    sentence: Text
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class MailPage:
    """``form``: web.forms.mail.MailForm. ``tests``: web.pages.settings.TestLine of the last try."""

    place: Place
    form: Any
    address: str = ""
    works: bool = False
    tests: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that was read and not brought in. ``trouble``: why it needs a closer look."""

    name: str
    sentence: Text
    trouble: Text = ""


@dataclass(frozen=True, slots=True)
class ClientsPage:
    """``offers_history``: the days before the connection can be read, if the owner says so."""

    place: Place
    count: int
    names: tuple[str, ...]
    sentence: Text
    name: str = ""
    address: str = ""
    trouble: Text = ""
    file_trouble: Text = ""
    file: FoundFile | None = None
    offers_history: bool = False


@dataclass(frozen=True, slots=True)
class WishChoice:
    """``back``: hours a month, as words; empty where there is nothing to promise."""

    key: str
    ask: Text
    does: Text
    chosen: bool
    back: Text = ""


@dataclass(frozen=True, slots=True)
class WishesPage:
    place: Place
    wishes: tuple[WishChoice, ...]
    sentence: Text


@dataclass(frozen=True, slots=True)
class TestPage:
    place: Place
    mail: str
    can_send: bool
    sent: bool = False
    trouble: Text = ""


@dataclass(frozen=True, slots=True)
class CaseChoice:
    """``asks``: "moment" (day and time), "day", or "" for what begins at once. ``when``: the question."""

    key: str
    label: Text
    when: Text = ""
    asks: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class StartPage:
    """``missing``: what was skipped, as sentences. ``cases``: what a first reminder can be of."""

    place: Place
    switched_on: tuple[Text, ...]
    missing: tuple[Text, ...]
    cases: tuple[CaseChoice, ...]
    clients: tuple[Option, ...]
    first_day: str
    day: str
    time: str
    trouble: Text = ""
    records: bool = False

    @property
    def day_label(self) -> Text:
        """Empty: no day is asked for."""
        asked = [each.when for each in self.cases if each.asks]
        return asked[0] if len(self.cases) == 1 and asked else _("Which day?") if asked else ""

    @property
    def asks_time(self) -> bool:
        return any(each.asks == "moment" for each in self.cases)
