"""The letters that clients received, as the postbox page shows them."""

from datetime import datetime
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from tactful.channels.mail.mime import header, leaves, part_text, read_mime
from tactful.demo.postbox.mailbox import Direction, Letter, Mailbox
from tactful.web.pages.demo import OpenMail, PostboxPage, PostRow
from tactful.web.types import EmptyState, Pager

PER_PAGE = 30
HEADERS = (
    "Message-ID", "Reply-To", "Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post", "In-Reply-To",
)  # fmt: skip


def postbox_folder() -> Path:
    return Path(settings.ENVIRONMENT.home) / "postbox"


def mailbox() -> Mailbox:
    return Mailbox(postbox_folder())


def received(number: int) -> Letter | None:
    return next((each for each in mailbox().letters() if each.number == number), None)


def postbox_page(
    q: str, page: int, now: datetime, mail: OpenMail | None = None, current: int = 0
) -> PostboxPage:
    found = _found(q)
    rows = tuple(_row(each, current, now) for each in _on_page(found, page))
    return PostboxPage(q, rows, _pager(len(found), page, q), mail, _empty(bool(q)))


def newest_letter(q: str, page: int) -> Letter | None:
    return next(iter(_on_page(_found(q), page)), None)


def _found(q: str) -> list[Letter]:
    """What clients received and the search finds, the newest first."""
    letters = [each for each in mailbox().letters() if each.direction is Direction.RECEIVED]
    return [each for each in reversed(letters) if q.casefold() in _searched(each)]


def _on_page(found: list[Letter], page: int) -> list[Letter]:
    return found[page * PER_PAGE : (page + 1) * PER_PAGE]


def open_mail(letter: Letter, now: datetime, error: str = "", typed: str = "") -> OpenMail:
    message = read_mime(mailbox().read(letter.number))
    name, address = parseaddr(letter.to_header)
    return OpenMail(
        to=name or letter.client,
        to_address=letter.client or address,
        sender=parseaddr(letter.from_header)[0] or letter.from_header,
        subject=letter.subject,
        at=_date(letter, now),
        text=text_of(message),
        reply_url=reverse("demo:answer", args=[letter.number]),
        frame_url=reverse("demo:body", args=[letter.number]) if html_of(message) else "",
        reply_error=error,
        headers=tuple((name, value) for name in HEADERS if (value := header(message, name))),
        typed=typed,
    )


def html_of(message: Message) -> str:
    """The HTML of a letter, empty if it has none."""
    return next((part_text(part) for part in leaves(message) if part.get_content_type() == "text/html"), "")


def text_of(message: Message) -> str:
    return next((part_text(part) for part in leaves(message) if part.get_content_type() == "text/plain"), "")


def _row(letter: Letter, current: int, now: datetime) -> PostRow:
    return PostRow(
        id=letter.number,
        to=parseaddr(letter.to_header)[0] or letter.client,
        sender=letter.from_header,
        subject=letter.subject,
        at=_date(letter, now),
        url=reverse("demo:letter", args=[letter.number]),
        current=letter.number == current,
    )


def _searched(letter: Letter) -> str:
    return f"{letter.to_header} {letter.client} {letter.subject}".casefold()


def _date(letter: Letter, now: datetime) -> datetime:
    try:
        at = parsedate_to_datetime(letter.date)
    except (ValueError, TypeError):
        return now
    return at if at.tzinfo else now


def _pager(total: int, page: int, q: str) -> Pager:
    url = reverse("demo:postbox")
    last = min(total, (page + 1) * PER_PAGE)
    before, after = (f"{url}?{urlencode({'q': q, 'page': number})}" for number in (page - 1, page + 1))
    return Pager(page * PER_PAGE + 1, last, total, before if page else "", after if last < total else "")


def _empty(searched: bool) -> EmptyState:
    if searched:
        return EmptyState(_("No letter fits."), _("Search for a part of a name or subject."))
    return EmptyState(_("No client has received anything yet."), _("What automation sends will stand here."))
