"""What goes and what stays when a client is erased, in plain words; and who was."""

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.contacts.queries import erasing as known
from tactful.contacts.queries.erasing import Erasure
from tactful.kernel.marking import gettext_noop
from tactful.web.build.around import look_around
from tactful.web.pages.erasing import ErasedPage, ErasedRow, ErasePage
from tactful.web.types import EmptyState, Link
from tactful.web.visit import Visit
from tactful.wiring.erasing import Weight, weight

MOST = 200
REFUSED_SINCE = timedelta(days=90)
REASONS = {
    "asked": gettext_noop("They have asked for it"),
    "objected": gettext_noop("They do not want us to use their data"),
    "not_needed": gettext_noop("We do not need their data any more"),
    "mistake": gettext_noop("They should never have been in here"),
}
WAYS = {
    "page": gettext_noop("On the client's page"),
    "command": gettext_noop("From the command line"),
    "api": gettext_noop("By another program"),
    "restore": gettext_noop("Again, after a restore"),
}


def erase_page(contact_id: int, visit: Visit) -> ErasePage:
    found = weight(contact_id)
    return ErasePage(
        client=look_around(visit, [contact_id]).client(contact_id),
        url=reverse("web:erase_now", args=[contact_id]),
        goes=tuple(_goes(found)),
        stays=tuple(_stays(found)),
        later=tuple(_later()),
        reasons=tuple((code, _(words)) for code, words in REASONS.items()),
    )


def _goes(found: Weight) -> Iterator[str]:
    yield _("Name, addresses, tags, notes and everything else on their page")
    if n := found.words:
        yield ngettext("%(n)d mail, answer or note", "%(n)d mails, answers and notes", n) % {"n": n}
    if n := found.files:
        yield ngettext("%(n)d file", "%(n)d files", n) % {"n": n}
    if n := found.documents:
        yield ngettext(
            "%(n)d piece of work with its documents", "%(n)d pieces of work with their documents", n
        ) % {"n": n}
    if n := found.planned:
        yield ngettext(
            "%(n)d planned message, which is not sent", "%(n)d planned messages, which are not sent", n
        ) % {"n": n}
    if n := found.merged:
        yield ngettext(
            "%(n)d client who was merged into them", "%(n)d clients who were merged into them", n
        ) % {"n": n}


def _stays(found: Weight) -> Iterator[str]:
    if n := found.messages:
        yield ngettext(
            "That %(n)d message was sent, when and why. Without words, name or address: for the counts",
            "That %(n)d messages were sent, when and why. Without words, name or address: for the counts",
            n,
        ) % {"n": n}
    if n := found.consents:
        yield ngettext(
            "That %(n)d consent was given or taken back, when and how. Without a name: as proof",
            "That %(n)d consents were given or taken back, when and how. Without a name: as proof",
            n,
        ) % {"n": n}
    yield _("That you have erased somebody, when and why. Without a name: as proof")
    yield _(
        "A scrambled mark of each address. Nobody can read the address from it, but Tactful knows it again, "
        "so that an old list or another program cannot bring them back"
    )


def _later() -> Iterator[str]:
    yield _(
        "Backups of before today still hold them. They are sealed and read only for a restore, which erases "
        "them again. The last of them is thrown away after about five weeks."
    )
    yield _(
        "What stands in your mailbox, your calendar or in other programs stays there. Erase it there, too."
    )
    yield _("What other clients wrote about them stays in those conversations.")


def erased_page(visit: Visit) -> ErasedPage:
    rows = known.erasures(MOST)
    if not rows:
        text = _("When a client asks to be forgotten, open their page and choose “Erase this client”.")
        link = Link(_("To the clients"), reverse("web:clients"))
        return ErasedPage(empty=EmptyState(_("Nobody has been erased"), text, "client", link))
    refused = known.refused_since(visit.now - REFUSED_SINCE)
    return ErasedPage(
        rows=tuple(_row(row, visit) for row in rows),
        refused=tuple(_refused(each.door, each.count) for each in refused),
    )


def _row(row: Erasure, visit: Visit) -> ErasedRow:
    by = visit.staff.get(row.by or 0)
    under_way = _("Under way: a mail to them is just leaving, or the worker is not running.")
    reason, way = _(REASONS.get(row.reason, "?")), _(WAYS.get(row.way, "?"))
    return ErasedRow(row.asked_at, reason, by.name if by else "", way, "" if row.wiped_at else under_way)


def _refused(door: str, n: int) -> str:
    words = {
        "mail": ngettext("%(n)d mail was left in the mailbox", "%(n)d mails were left in the mailbox", n),
        "import": ngettext("%(n)d row of a file was left out", "%(n)d rows of files were left out", n),
        "tracking": ngettext(
            "%(n)d call of a site or program was left out",
            "%(n)d calls of sites and programs were left out",
            n,
        ),
        "webhook": ngettext(
            "%(n)d message of another system was left out",
            "%(n)d messages of other systems were left out",
            n,
        ),
    }
    return words.get(door, door) % {"n": n}
