"""The list of clients, by name, a page at a time; or those that a search finds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from tactful.contacts import queries as contacts
from tactful.contacts.queries import Crowd
from tactful.contacts.rules.addresses import written_phone
from tactful.contacts.types import ContactLine
from tactful.delivery import queries as outbox
from tactful.inbox import queries as inbox
from tactful.inbox.queries import Conversation, TalkSpell
from tactful.web.pages.clients import ClientRow, ClientsPage
from tactful.web.templatetags.tactful import near
from tactful.web.types import EmptyState, Link, Pager, Person, Tab, Tag
from tactful.web.visit import Visit

PAGE = 50
QUIET = timedelta(days=90)
LANGUAGES = {"nb": lambda: _("Norwegian"), "en": lambda: _("English")}


@dataclass(frozen=True, slots=True)
class Asked:
    """``after``: sort key and id of the last row of the page before. ``first``: number of the first row.
    ``write``: they look for somebody to write to."""

    q: str = ""
    show: str = "all"
    after: tuple[str, int] | None = None
    first: int = 1
    write: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    visit: Visit
    threads: Mapping[int, Conversation]
    talks: Mapping[int, Sequence[TalkSpell]]
    held: Mapping[int, int]


def read_asked(given: Mapping[str, str]) -> Asked:
    """What cannot be read is the first page."""
    ident, first = given.get("id", ""), given.get("n", "")
    after = (given.get("after", ""), int(ident)) if ident.isdigit() and len(ident) < 19 else None
    show = given.get("show", "all")
    return Asked(
        q=given.get("q", "").strip()[:200],
        show=show if show in ("strained", "quiet") else "all",
        after=after,
        first=int(first) if after and first.isdigit() and len(first) < 9 else 1,
        write=given.get("write") == "1",
    )


def clients_page(visit: Visit, asked: Asked) -> ClientsPage:
    lines, after = _lines(visit, asked)
    crowd = contacts.crowd() if asked.show == "all" and not asked.q else Crowd(len(lines))
    return ClientsPage(
        q=asked.q,
        total=crowd.n,
        about=crowd.about,
        rows=_rows(lines, visit),
        tabs=_tabs(visit, asked),
        pager=_pager(asked, lines, crowd, after),
        empty=None if lines else _empty(asked),
        pairs=contacts.open_pair_count(),
        write=asked.write,
    )


def _lines(visit: Visit, asked: Asked) -> tuple[tuple[ContactLine, ...], tuple[str, int] | None]:
    if asked.q:
        return contacts.search(asked.q, limit=PAGE), None
    if asked.show == "strained":
        return contacts.lines(inbox.strained()), None
    if asked.show == "quiet":
        return contacts.lines(inbox.quiet_contacts(visit.now - QUIET)), None
    page = contacts.in_order(after=asked.after, limit=PAGE)
    return page.lines, page.after


def _rows(lines: Sequence[ContactLine], visit: Visit) -> tuple[ClientRow, ...]:
    """Three queries, however many rows."""
    ids = [line.id for line in lines]
    talks = inbox.running_talks(ids, ("complaint", "question"))
    known = _Known(visit, inbox.conversations_of(ids), talks, outbox.held_by_contact(ids))
    return tuple(_row(line, known) for line in lines)


def _row(line: ContactLine, known: _Known) -> ClientRow:
    held = known.held.get(line.id, 0)
    return ClientRow(
        who=Person(line.name, True, line.company, reverse("web:client", args=[line.id])),
        owner=line.manager,
        language=LANGUAGES.get(line.language, lambda: "")(),
        last=_last(known.threads.get(line.id), known.visit)
        or line.mail
        or written_phone(line.phone)
        or _("No address"),
        coming=ngettext("%(n)d message held", "%(n)d messages held", held) % {"n": held} if held else "",
        tag=_tag(known.talks.get(line.id, ())),
    )


def _last(thread: Conversation | None, visit: Visit) -> str:
    if thread is None or (thread.last_at == thread.opened_at and thread.last_inbound_at is None):
        return ""
    theirs = thread.last_inbound_at == thread.last_at
    said = _("Wrote %(moment)s") if theirs else _("We wrote %(moment)s")
    return said % {"moment": near(thread.last_at, visit.now)}


def _tag(talks: Sequence[TalkSpell]) -> Tag | None:
    kinds = {talk.kind for talk in talks}
    if "complaint" in kinds:
        return Tag(_("Complaint"), "brick")
    return Tag(_("Waits for us"), "person") if "question" in kinds else None


def _tabs(visit: Visit, asked: Asked) -> tuple[Tab, ...]:
    url = reverse("web:clients")
    strained, quiet = inbox.strained_count(), inbox.quiet_since(visit.now - QUIET)
    return (
        Tab(pgettext("clients", "All"), url, asked.show == "all"),
        Tab(_("Strained"), f"{url}?show=strained", asked.show == "strained", strained),
        Tab(_("Gone quiet"), f"{url}?show=quiet", asked.show == "quiet", quiet),
    )


def _pager(asked: Asked, lines: Sequence[ContactLine], crowd: Crowd, after: tuple[str, int] | None) -> Pager:
    if not lines:
        return Pager(0, 0, 0)
    last = asked.first + len(lines) - 1
    url, more = reverse("web:clients"), {"write": 1} if asked.write else {}
    following = (
        f"{url}?{urlencode({**more, 'after': after[0], 'id': after[1], 'n': last + 1})}" if after else ""
    )
    return Pager(asked.first, last, max(crowd.n, last), next_url=following, about=crowd.about)


def _empty(asked: Asked) -> EmptyState:
    url = Link(_("Bring in a list"), reverse("web:import"))
    if asked.q:
        return EmptyState(
            _("No client matches"), _("Try a part of the name, the mail address or the company."), "client"
        )
    if asked.show != "all":
        return EmptyState(_("Nobody"), _("That is good news."), "client")
    return EmptyState(_("There are no clients yet"), _("Everybody you write to stands here."), "client", url)
