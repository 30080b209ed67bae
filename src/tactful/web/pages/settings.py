"""templates/web/settings/*.html and account.html. Each form posts to the address of its own page."""

from dataclasses import dataclass
from datetime import date, datetime

from django.forms import Form

from tactful.web.pages.mailboxes import MailboxState
from tactful.web.types import Act, EmptyState, Fact, Link, Person, Text


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """Business, quiet hours, caps: a form and what it means now, as one sentence."""

    form: Form
    meaning: Text = ""


@dataclass(frozen=True, slots=True)
class TestLine:
    """One thing that the test of a mail account found."""

    good: bool
    text: Text
    mend: Text = ""


@dataclass(frozen=True, slots=True)
class MailPage:
    """``test_text`` says what trying it does, "" while there is nothing to try; the button posts to
    web:settings_mail_test. ``form.sections`` groups the fields. ``trial``: what a mail to ourselves has
    shown; ``waits``: what is awaited while one is on its way. ``reading``: None without an account."""

    form: Form
    state: Text
    healthy: bool
    test_text: Text
    tests: tuple[TestLine, ...] = ()
    trial: tuple[TestLine, ...] = ()
    waits: Text = ""
    reading: MailboxState | None = None


@dataclass(frozen=True, slots=True)
class MemberRow:
    person: Person
    mail: str
    role: Text
    note: Text = ""
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class HelperRow:
    """``did``: opened, changed, was refused."""

    at: datetime
    did: Text
    address: str


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """``form`` adds a person: name, mail address, role."""

    members: tuple[MemberRow, ...]
    form: Form


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key of another program. ``shown``: its public beginning."""

    name: str
    shown: str
    may: Text
    note: Text
    open: bool
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class KeysPage:
    """``form`` makes a key."""

    keys: tuple[KeyRow, ...]
    form: Form


@dataclass(frozen=True, slots=True)
class ListenerRow:
    name: str
    url: str
    hears: Text
    state: Text
    change: Act


@dataclass(frozen=True, slots=True)
class ListenersPage:
    """``form`` adds a program that listens."""

    rows: tuple[ListenerRow, ...]
    form: Form


@dataclass(frozen=True, slots=True)
class ToldRow:
    """``tone``: as of ``web.types.Tag``."""

    what: Text
    when: Text
    state: Text
    tone: str
    error: str = ""
    again: Act | None = None


@dataclass(frozen=True, slots=True)
class ListenerPage:
    """One program, and what it was told. ``more``: the address of older rows."""

    name: str
    form: Form
    state: Text
    acts: tuple[Act, ...]
    told: tuple[ToldRow, ...]
    more: str = ""


@dataclass(frozen=True, slots=True)
class AccountPage:
    """``form``: name, language, theme, single keys. ``security``: passkeys, password, two steps, sessions,
    each with a link to where it is changed."""

    form: Form
    security: tuple[Fact, ...]
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class BrandPage:
    """``logo``: the address of the one that is there."""

    form: Form
    logo: str = ""


@dataclass(frozen=True, slots=True)
class CauseRow:
    """``note``: what an owner has done about it, or why nothing can be."""

    name: Text
    total: int
    note: Text = ""
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class DayRow:
    """``share``: of the busiest day, in percent; ``over``: more than the house should ask on a busy day."""

    day: date
    count: int
    share: int
    over: bool


@dataclass(frozen=True, slots=True)
class AsksPage:
    """``advice``: what could be done where too much is asked."""

    said: Text
    kept: bool
    causes: tuple[CauseRow, ...]
    days: tuple[DayRow, ...]
    advice: Text = ""
    empty: EmptyState | None = None


@dataclass(frozen=True, slots=True)
class HelpingPage:
    """For a helper: ``rooms`` to set up, each a link; ``until``: the day on which it ends."""

    rooms: tuple[Fact, ...]
    until: Text


@dataclass(frozen=True, slots=True)
class CheckGroup:
    """``verdict``: look, better, unknown, well."""

    verdict: str
    head: Text
    lines: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class SenderPage:
    """How receivers look at our mail. ``address``: "" without an account; ``asked``: it was looked up."""

    address: str
    asked: bool
    said: Text
    groups: tuple[CheckGroup, ...]


@dataclass(frozen=True, slots=True)
class RecordsPage:
    """``said``: whether the assessment was taken up, "" where no trade asks for one. ``act``: for owners."""

    said: Text = ""
    act: Act | None = None
