"""Was it written by a machine (RFC 3834), is it an out-of-office, and when will they be back?"""

import re
from datetime import UTC, date, datetime, timedelta
from email.message import Message

from tactful.channels.mail.mime import header, raw_headers

_BULK = frozenset({"bulk", "list", "junk", "auto_reply", "auto-reply"})
_MACHINE_HEADERS = ("List-Id", "X-Autoreply", "X-Autorespond", "X-Auto-Reply-From", "X-Auto-Responder")
_MACHINE_SENDERS = re.compile(
    r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|ikke-?svar|bounces?)(\+.*)?@", re.I
)
_AWAY_SUBJECT = re.compile(
    r"^\W*(automatic reply|auto(matic)?[- ]?(reply|response)|autosvar|automatisk svar|out of (the )?office"
    r"|fraværsmelding|fraværsassistent|fråværsmelding|fravær|ikke til stede|ikke på kontoret"
    r"|on (vacation|holiday|leave)|away from|ferie)",
    re.IGNORECASE,
)
_AWAY_TEXT = re.compile(
    r"out of (the )?office|on (annual |parental )?(leave|vacation|holiday)|away from (the office|my desk)"
    r"|ikke (til stede|på kontoret|på jobb)|på ferie|har ferie|tar ferie"
    r"|fraværende|permisjon|utenfor kontoret",
    re.IGNORECASE,
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january januar jan", "february februar feb", "march mars mar", "april apr", "may mai",
            "june juni jun", "july juli jul", "august aug", "september sep sept", "october oktober oct okt",
            "november nov", "december desember dec des",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY_NAME = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:man|tirs|ons|tors|fre|lør|søn)dag"
    r"|mon|tue|wed|thu|fri)\.?,?\s+"
)
_DATE = (
    rf"(?:the\s+|den\s+)?(?:{_DAY_NAME})?(?:the\s+|den\s+)?(?:"
    r"(?P<y1>\d{4})-(?P<m1>\d{1,2})-(?P<d1>\d{1,2})"
    r"|(?P<d2>\d{1,2})[./](?P<m2>\d{1,2})(?:[./]\s?(?P<y2>\d{4}|\d{2}))?(?!\d)"
    rf"|(?P<d3>\d{{1,2}})(?:\.|st|nd|rd|th)?\s*(?:of\s+)?(?P<m3>{_MONTH})\b\.?,?\s*(?P<y3>\d{{4}})?"
    rf"|(?P<m4>{_MONTH})\b\.?\s+(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?\b,?\s*(?P<y4>\d{{4}})?"
    r")"
)
_LAST_DAY = re.compile(
    rf"(?:til og med|t\.?\s?o\.?\s?m\.?|through|up to and including|inclusive of)\s+{_DATE}", re.IGNORECASE
)
_BACK = re.compile(
    r"(?:\b(?:back|return(?:ing)?|returns|available|reachable|tilbake|tilgjengelig|attende|treffes)\b"
    r"[^\d\n.!?]{0,40}?|\b(?:until|till|fram til|frem til|til)\s+)" + _DATE,
    re.IGNORECASE,
)
LAST_YEAR = 9999  # a day more does not exist
_TEXT_LIMIT = 4_000  # characters in which a return date is looked for


def is_automatic(message: Message, sender: str, envelope_sender: str | None) -> bool:
    """``envelope_sender``: "" is the null return path; None if nobody knows it."""
    marked = header(message, "Auto-Submitted").lower().partition(";")[0].strip()
    if marked and marked != "no":
        return True
    if header(message, "Precedence").lower() in _BULK or any(message.get(name) for name in _MACHINE_HEADERS):
        return True
    null_path = envelope_sender == "" or "<>" in raw_headers(message, "Return-Path")
    return null_path or bool(_MACHINE_SENDERS.match(sender))


def is_out_of_office(message: Message, subject: str, text: str, automatic: bool) -> bool:
    """A person's absence notice; mere receipts ("we got your mail") are not."""
    replied = "auto-replied" in header(message, "Auto-Submitted").lower() or bool(message.get("X-Autoreply"))
    if not automatic and not replied and not _AWAY_SUBJECT.match(subject):
        return False
    if message.get("List-Id"):
        return False
    return bool(_AWAY_SUBJECT.match(subject) or _AWAY_TEXT.search(text[:_TEXT_LIMIT]))


def return_date(text: str, sent_at: datetime | None) -> datetime | None:
    """The first day on which they are back, as midnight UTC of that date.

    A date without a year is the next such date after ``sent_at``; without ``sent_at`` it says nothing.
    """
    text = " ".join(text[:_TEXT_LIMIT].split())
    for pattern, extra in ((_LAST_DAY, 1), (_BACK, 0)):
        for found in pattern.finditer(text):
            day = _day(found, sent_at)
            if day is not None and day.year < LAST_YEAR:
                return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=extra)
    return None


def _day(found: re.Match[str], sent_at: datetime | None) -> date | None:
    parts = found.groupdict()
    form = next(number for number in "1234" if parts[f"d{number}"])
    day, month, year = int(parts[f"d{form}"]), parts[f"m{form}"], parts[f"y{form}"]
    number = int(month) if month.isdigit() else _MONTHS[month.lower()]
    if number > 12 >= day:
        day, number = number, day  # an American wrote it
    if year:
        return _date(int(year) + (2000 if len(year) == 2 else 0), number, day)
    if sent_at is None:
        return None
    same_year = _date(sent_at.year, number, day)
    if same_year is not None and same_year < sent_at.date() - timedelta(days=1):
        return _date(sent_at.year + 1, number, day)
    return same_year


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
