"""What became of one file."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tactful.contacts import queries
from tactful.contacts.queries import ImportRow, ImportRun
from tactful.contacts.queries.importing import notes_of
from tactful.contacts.sentences import FIELD_NAMES, sentence, sentences
from tactful.contacts.types import Field, Note, RowOutcome
from tactful.foundation.staff.queries import stand_ins
from tactful.web.build.import_undo import going_back, undone_words
from tactful.web.build.imports import named, only_readers
from tactful.web.pages.imports import ImportRunPage
from tactful.web.templatetags.tactful import number
from tactful.web.types import Act, Cell, Pager, Progress, Table, Text
from tactful.web.visit import Visit

PER_PAGE = 100
TITLES: Final[Mapping[RowOutcome, Text]] = {
    RowOutcome.CREATED: gettext_lazy("Created"),
    RowOutcome.UPDATED: gettext_lazy("Updated"),
    RowOutcome.MERGED: gettext_lazy("Merged"),
}


def run_page(run: ImportRun, wanted: str, page: int, visit: Visit) -> ImportRunPage:
    """``wanted``: the number whose rows are shown below, created, updated or merged."""
    counts = run.counts
    url = reverse("web:import_run", args=[run.id])
    person = visit.person(run.by)
    outcome = RowOutcome(wanted) if wanted in TITLES else None
    links = {name: f"{url}?rows={name}#rows" for name in TITLES if counts.get(name)}
    state = _state(run)
    refused = counts.get("refused", 0) if state != "reading" else 0  # as a file only when it is whole
    return ImportRunPage(
        file_name=run.file_name,
        at=run.started_at,
        by=person.name if person else _("The command line"),
        state=state,
        sentence=_sentence(run),
        created=counts.get("created", 0),
        updated=counts.get("updated", 0),
        merged=counts.get("merged", 0),
        refused=refused,
        unchanged=counts.get("unchanged", 0),
        created_url=links.get(RowOutcome.CREATED, ""),
        updated_url=links.get(RowOutcome.UPDATED, ""),
        merged_url=links.get(RowOutcome.MERGED, ""),
        refused_url=reverse("web:import_refused", args=[run.id]) if refused else "",
        progress=going_back(run) or (_progress(run) if state == "reading" else None),
        undone=undone_words(run, visit),
        looked_after=_looked_after(run, visit) if state == "done" else "",
        trouble=sentence(Note(run.error)) if run.error else "",
        columns=_columns(run),
        refused_rows=_table(run, RowOutcome.REFUSED, 0) if refused else None,
        rows=_table(run, outcome, page) if outcome else None,
        rows_title=TITLES[outcome] if outcome else "",
        rows_pager=_pager(counts.get(wanted, 0), page, f"{url}?rows={wanted}") if outcome else None,
        acts=_acts(run, visit),
    )


def _looked_after(run: ImportRun, visit: Visit) -> Text:
    if Field.ACCOUNT_MANAGER not in _meanings(run).values() or run.undone_at:
        return ""
    return only_readers(queries.managers_of_run(run.id, stand_ins(visit.staff)), visit)


def _acts(run: ImportRun, visit: Visit) -> tuple[Act, ...]:
    other = Act(_("Another file"), reverse("web:import"), post=False)
    if not visit.user.is_owner or run.undo_asked_at or queries.undo_trouble(run, visit.now):
        return (other,)
    return Act(_("Take it back"), reverse("web:import_undo", args=[run.id]), post=False), other


def _state(run: ImportRun) -> Literal["reading", "done", "failed"]:
    if run.undo_asked_at and not run.undone_at:
        return "reading"
    if run.error:
        return "failed"
    return "done" if run.finished_at else "reading"


def _progress(run: ImportRun) -> Progress:
    what = _("Reading the rows of %(file)s") % {"file": run.file_name}
    return Progress(what, run.done, run.total, _("It goes on when you leave this page."))


def _sentence(run: ImportRun) -> Text:
    if run.undo_asked_at and not run.undone_at:
        return _("It is being taken back now.")
    if run.error:
        done = _("%(rows)s rows were read, and stay as they are.") % {"rows": number(run.done)}
        return done if run.done else _("Nothing was changed.")
    if not run.finished_at:
        return _("We are reading it now.")
    words = {"rows": number(sum(run.counts.values())), "refused": number(run.counts.get("refused", 0))}
    return _("Read in full: %(rows)s rows, %(refused)s of them refused.") % words


def _meanings(run: ImportRun) -> dict[int, Field]:
    return {int(place): Field(name) for place, name in run.mapping.get("columns", {}).items()}


def _columns(run: ImportRun) -> Table:
    meanings = _meanings(run)
    first = queries.run_rows(run.id).first()
    cells = first.raw if first else []
    rows = (
        (
            Cell(heading),
            Cell(str(FIELD_NAMES[meanings[place]]) if place in meanings else _("Left out")),
            Cell(cells[place] if place < len(cells) else ""),
        )
        for place, heading in enumerate(run.shape.get("header", []))
    )
    return Table(
        _("Columns"), (Cell(_("In the file")), Cell(_("Read as")), Cell(_("For example"))), tuple(rows)
    )


def _table(run: ImportRun, outcome: RowOutcome, page: int) -> Table:
    found = queries.run_rows(run.id, outcome)[page * PER_PAGE : (page + 1) * PER_PAGE]
    heads = (
        Cell(_("Line")),
        Cell(_("Name")),
        Cell(_("Reason") if outcome == "refused" else _("What we noted")),
    )
    return Table(_("Rows of the file"), heads, tuple(_rows(found, _meanings(run))))


def _rows(found: Iterable[ImportRow], meanings: dict[int, Field]) -> Iterable[tuple[Cell, ...]]:
    for row in found:
        url = reverse("web:client", args=[row.contact_id]) if row.contact_id else ""
        name = row.contact.name if row.contact else named(row.raw, meanings)
        yield Cell(str(row.number)), Cell(name, url), Cell(sentences(notes_of(row)))


def _pager(total: int, page: int, url: str) -> Pager | None:
    if total <= PER_PAGE:
        return None
    first, last = page * PER_PAGE + 1, min(total, (page + 1) * PER_PAGE)
    before = f"{url}&page={page - 1}#rows" if page else ""
    after = f"{url}&page={page + 1}#rows" if last < total else ""
    return Pager(first, last, total, before, after)
