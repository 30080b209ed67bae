"""What the law wants to be able to read, drawn up from the running house (R82): the record of processing
(GDPR 30) with who else sees the data and how long each part is kept, and for sensitive trades the skeleton of
an assessment of its consequences (GDPR 35).

Facts come from settings and tables as they stand; what only a person can say is a line to fill in. This is
engineering, not legal advice.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from tactful.calendars import queries as calendars
from tactful.channels import queries as channels
from tactful.connectors import queries as connectors
from tactful.foundation.queries import business_at
from tactful.foundation.types import Business, keeps_no_topics
from tactful.kernel.marking import gettext_noop
from tactful.touchpoints import queries as the_map
from tactful.touchpoints.types import Line, MessageClass
from tactful.webhooks import queries as webhooks
from tactful.wiring.keeping import RAW_FOR, words_kept_for
from tactful.wiring.personal_data import SECTIONS

KINDS: Final[Mapping[str, str]] = {
    "Who you are": gettext_noop(
        "Who they are: name, addresses, phone, language, company, household, and what is noted of them."
    ),
    "What you have agreed to, and what not": gettext_noop(
        "What they have agreed to and what they have said no to, with the words and the moment."
    ),
    "What was written and said": gettext_noop(
        "What was written and said: conversations, mails, files, and each message to them with what became "
        "of it."
    ),
    "What happened": gettext_noop(
        "What happened: visits, orders, appointments and what else other systems tell, and what is counted "
        "of it."
    ),
    "The work we do for you, and its documents": gettext_noop(
        "The work that is done for them, and its documents."
    ),
    "What goes by itself, and what keeps it quiet": gettext_noop(
        "What goes to them by itself, and what keeps it quiet."
    ),
    "What people of ours had to do": gettext_noop("What people here had to do for them."),
    "Where it came from, and where it went": gettext_noop(
        "Where it came from and where it went: files that were read, and programs that were told."
    ),
    "Who changed what": gettext_noop("Who changed what, and when."),
}
"""What each section of ``personal_data`` holds, to somebody who is not the client that it speaks of."""


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with its lines. ``blank``: lines that a person fills in."""

    title: str
    lines: tuple[str, ...]
    blank: tuple[str, ...] = ()


def records(now: datetime) -> tuple[Part, ...]:
    """In the reader's language; the last part stands for sensitive trades only."""
    house = business_at(now)
    parts = [each(house, now) for each in PARTS]
    return (*parts, *(_assessment(house) if keeps_no_topics(house.trade) else ()))


def as_markdown(now: datetime) -> str:
    head = _("Record of processing, drawn up %(day)s") % {"day": now.date().isoformat()}
    return f"# {head}\n\n" + "\n".join(_markdown((*records(now), _tables())))


def _markdown(parts: tuple[Part, ...]) -> Iterator[str]:
    for part in parts:
        yield f"## {part.title}\n"
        yield from (f"- {line}" for line in part.lines)
        yield from (f"- {line}: ______" for line in part.blank)
        yield ""


def _responsible(house: Business, _now: datetime) -> Part:
    known = (house.name, house.address, house.phone)
    blank = tuple(
        label
        for label, value in zip((_("Name"), _("Postal address"), _("Phone")), known, strict=True)
        if not value
    )
    return Part(
        _("Who is responsible"),
        tuple(each for each in known if each),
        (*blank, _("Who answers questions about data")),
    )


def _purposes(_house: Business, _now: datetime) -> Part:
    rows = [row for row in the_map.on_the_map() if row.current and row.current.line == Line.STRUCTURAL]
    news = any(row.message_class == MessageClass.MARKETING for row in rows)
    lines = [
        _("To do what we have agreed with clients, and to answer them. Ground: contract."),
        _("Reminders and messages by automation at %(count)d touchpoints that we have drawn below the line.")
        % {"count": len(rows)},
    ]
    if news:
        lines.append(_("News and offers. Ground: consent, or an existing customer who could say no."))
    return Part(_("What for, and on which ground"), tuple(lines))


def _kinds(_house: Business, _now: datetime) -> Part:
    lines = [str(_(KINDS[section.title])) for section in SECTIONS]
    return Part(_("Whose data, and which: clients and those who write to us"), tuple(lines))


def _tables() -> Part:
    """For whoever runs the machine; in the file only."""
    lines = [
        f"{_(KINDS[section.title])} {', '.join(table.table for table in section.tables)}"
        for section in SECTIONS
    ]
    return Part(_("The same, by the tables of the database"), tuple(lines))


def _others(_house: Business, _now: datetime) -> Part:
    settings = [account.settings for account in channels.mail_accounts()]
    hosts = sorted({each.get(name, "") for each in settings for name in ("smtp_host", "imap_host")} - {""})
    lines = [_("Mail goes through %(hosts)s.") % {"hosts": ", ".join(hosts)}] if hosts else []
    lines += [_("A calendar is read at %(host)s.") % {"host": feed.host} for feed in calendars.feeds()]
    told = _("“%(name)s” tells us of clients.")
    lines += [told % {"name": row.name} for row in connectors.connections()]
    hears = _("“%(name)s” hears of clients, at %(url)s.")
    lines += [hears % {"name": row.name, "url": row.url} for row in webhooks.endpoints()]
    here = _("Everything else stays on the machine that Tactful runs on.")
    blank = (_("Who runs that machine"), _("Agreements with each of these"))
    return Part(_("Who else sees it"), (*lines, here), blank)


def _kept(house: Business, _now: datetime) -> Part:
    words = words_kept_for(house.trade)
    days = {"days": words.days if words else 0, "raw": RAW_FOR.days}
    said = (
        _("The words of finished conversations: %(days)d days. Mails as they came: %(raw)d days.") % days
        if words
        else _("The words of conversations: until the client is erased.")
    )
    return Part(
        _("How long each part is kept"),
        (
            said,
            _("Profile, agreements and consents: until the client is erased; consents longer, as evidence."),
            _("Files that clients have sent: until the client is erased."),
            _("Appointments from calendars: 30 days after they are past."),
            _("What other systems have sent: 7 days, 30 if it could not be used."),
            _("What other systems were told: 30 days."),
            _("What people here have done: as long as the house stands, for it proves what happened."),
        ),
    )


def _guards(_house: Business, _now: datetime) -> Part:
    return Part(
        _("How it is guarded"),
        (
            _("People sign in with a passkey, or a password and a second step; owners decide who may what."),
            _("Passwords of mail accounts are encrypted. Connections to mail servers are encrypted."),
            _("What people do is written down in a chain in which a change is found."),
            _("No automated message goes to a client without twelve checks at the moment of sending."),
        ),
    )


PARTS: tuple[Callable[[Business, datetime], Part], ...] = (
    _responsible, _purposes, _kinds, _others, _kept, _guards,
)  # fmt: skip


def _assessment(house: Business) -> tuple[Part, ...]:
    return (
        Part(
            _("Assessment of consequences: what is done"),
            (
                _("%(name)s reminds people of appointments by mail. That somebody has one can say something "
                  "about their health.") % {"name": house.name or _("The business")},
                _("What people write is stored as they wrote it. Neither its topic nor its mood is stored, "
                  "only that automation waits."),
                _("Texts say neither where nor why, and ask for no reason."),
            ),
            (_("Why this is needed, and why nothing gentler would do"),),
        ),
        Part(
            _("Assessment of consequences: what could go wrong"),
            (
                _("Somebody else reads the mail on a locked screen. Met by: neutral subjects."),
                _("A mail goes to a wrong address. Met by: only addresses of known clients, and a hold on "
                  "those that fail."),
                _("Somebody who works here reads what is none of their business. Met by: roles, and a "
                  "log of what people do."),
                _("A message goes out in the wrong moment. Met by: twelve checks, and people who write "
                  "themselves above the line."),
            ),
            (_("What else could go wrong here"), _("What is left, and why it can be borne")),
        ),
        Part(
            _("Assessment of consequences: decided"),
            (),
            (_("Asked for their view, such as the data protection officer"), _("Decided by, on")),
        ),
    )  # fmt: skip
