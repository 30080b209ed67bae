"""Taking a file back: what would happen, and what has."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tactful.contacts import queries
from tactful.contacts.queries import ImportRun, Preview
from tactful.contacts.sentences import sentence
from tactful.contacts.types import Note
from tactful.web.pages.imports import ImportUndoPage
from tactful.web.templatetags.tactful import full_date, number
from tactful.web.types import Act, Cell, Progress, Table, Text
from tactful.web.visit import Visit

SHOWN = 200
REASONS: Final[Mapping[str, Text]] = {
    "changed": gettext_lazy("Somebody has changed something about them"),
    "merged": gettext_lazy("They were merged with another client"),
    "other_file": gettext_lazy("Another file names them too"),
    "happened": gettext_lazy("Something has happened with them"),
    "asked": gettext_lazy("They have asked for news on your site"),
    "stopped": gettext_lazy("An address of theirs is not written to any more"),
    "meeting": gettext_lazy("A meeting with them is in a calendar"),
    "touch": gettext_lazy("Somebody has been in touch with them"),
    "hold": gettext_lazy("Somebody has asked for quiet around them"),
    "work": gettext_lazy("We have work or documents of theirs"),
    "journey": gettext_lazy("They are or were on a journey"),
    "talk": gettext_lazy("There is a conversation with them"),
    "task": gettext_lazy("There is a task about them"),
    "message": gettext_lazy("There is a message to them"),
    "broadcast": gettext_lazy("They are among the people of a broadcast"),
}


def undo_page(run: ImportRun, preview: Callable[[ImportRun], Preview], visit: Visit) -> ImportUndoPage:
    """``preview``: asked only where the file can be taken back at all."""
    url = reverse("web:import_run", args=[run.id])
    trouble = queries.undo_trouble(run, visit.now)
    seen = None if trouble else preview(run)
    act = Act(_("Take the file back"), reverse("web:import_undo", args=[run.id]), strong=True)
    return ImportUndoPage(
        file_name=run.file_name,
        url=url,
        said=_("It was brought in on %(day)s.") % {"day": full_date(run.started_at)},
        will=tuple(_will(seen)) if seen else (),
        trouble=sentence(Note(trouble)) if trouble else "",
        stays=_stays(seen.stays) if seen and seen.stays else None,
        undo=act if not trouble and visit.user.is_owner else None,
    )


def _will(seen: Preview) -> Iterable[Text]:
    counts = seen.goes, len(seen.stays), seen.fields, seen.grounds
    goes, stays, fields, grounds = counts
    yield ngettext("%(n)s client goes.", "%(n)s clients go.", goes) % {"n": number(goes)}
    if stays:
        yield ngettext(
            "%(n)s client stays, for something has happened with them since.",
            "%(n)s clients stay, for something has happened with them since.",
            stays,
        ) % {"n": number(stays)}
    if fields:
        yield ngettext(
            "%(n)s detail of clients who were here before goes back to what it was.",
            "%(n)s details of clients who were here before go back to what they were.",
            fields,
        ) % {"n": number(fields)}
    if grounds:
        yield ngettext(
            "%(n)s permission to write to them that the file gave ends.",
            "%(n)s permissions to write to them that the file gave end.",
            grounds,
        ) % {"n": number(grounds)}
    if seen.capped:
        yield _("There are more clients than were counted here; all of them are looked at.")
    yield _("What somebody has written since stays. Whoever said no in the file is still not written to.")
    yield _("The same file can be brought in again afterwards.")


def _stays(stays: Mapping[int, tuple[str, ...]]) -> Table:
    heads = (Cell(_("Name")), Cell(_("Reason")))
    rows = (
        (
            Cell(line.name, reverse("web:client", args=[line.id])),
            Cell(". ".join(str(REASONS[code]) for code in stays[line.id]) + "."),
        )
        for line in queries.lines(sorted(stays)[:SHOWN])
    )
    return Table(_("Who stays"), heads, tuple(rows))


def undone_words(run: ImportRun, visit: Visit) -> Text:
    """What became of a file that was taken back; empty for others."""
    if run.undone_at is None or run.undone is None:
        return ""
    who = visit.person(run.undone_by)
    words = {
        "who": who.name if who else _("Somebody of ours"),
        "day": full_date(run.undone_at),
        "removed": number(run.undone["removed"]),
        "stayed": number(run.undone["stayed"]),
        "fields": number(run.undone["fields"]),
    }
    return (
        _(
            "%(who)s took this file back on %(day)s: %(removed)s clients went, %(stayed)s stayed, and "
            "%(fields)s details went back to what they were."
        )
        % words
    )


def going_back(run: ImportRun) -> Progress | None:
    """While it lasts."""
    if run.undo_asked_at is None or run.undone_at is not None or run.undone is None:
        return None
    total = run.counts.get("created", 0)
    done = min(total, run.undone["removed"] + run.undone["stayed"])
    what = _("Taking back %(file)s") % {"file": run.file_name}
    return Progress(what, done, total, _("It goes on when you leave this page."))
