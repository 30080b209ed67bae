"""Files of clients: the start page with earlier files, and the preview before anything is written."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from django.forms import Form
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tactful.contacts import queries
from tactful.contacts.queries import ImportRun
from tactful.contacts.rules.cleaning import clean
from tactful.contacts.rules.names import only_one
from tactful.contacts.rules.planning import plan_cleaned
from tactful.contacts.sentences import FIELD_NAMES, sentences
from tactful.contacts.types import ColumnMapping, Declaration, Field, RowOutcome, RowPlan, SourceRow
from tactful.foundation.staff.queries import stand_ins
from tactful.web.forms.imports import mapping_trouble
from tactful.web.pages.imports import ColumnRow, ImportPage, MappingPage, RunRow
from tactful.web.pages.inbox import Choice
from tactful.web.templatetags.tactful import number
from tactful.web.types import Cell, Fact, Table, Text
from tactful.web.visit import Visit
from tactful.web.waiting_file import WaitingFile

PREVIEWED = 5_000  # rows
EXAMPLES = 3
EXAMPLE = 40  # letters
PROBLEMS = 20
OUTCOMES: Final[Mapping[RowOutcome, Text]] = {
    RowOutcome.CREATED: gettext_lazy("New clients"),
    RowOutcome.UPDATED: gettext_lazy("Clients who get something added"),
    RowOutcome.MERGED: gettext_lazy("The same person twice"),
    RowOutcome.UNCHANGED: gettext_lazy("Already the same"),
    RowOutcome.REFUSED: gettext_lazy("Refused, with a reason"),
}


def import_page(form: Form, visit: Visit) -> ImportPage:
    return ImportPage(form, tuple(_run_row(run, visit) for run in queries.import_runs()))


def _run_row(run: ImportRun, visit: Visit) -> RunRow:
    person = visit.person(run.by)
    return RunRow(
        run.id, run.file_name, run.started_at, person.name if person else _("The command line"), _state(run)
    )


def _state(run: ImportRun) -> Text:
    if run.undo_asked_at:
        return _("Taken back") if run.undone_at else _("Being taken back now")
    if run.error:
        return _("Could not be read to its end") if run.done else _("Could not be read")
    if not run.finished_at:
        return _("Being read now")
    brought = sum(run.counts.get(name, 0) for name in ("created", "updated", "merged", "unchanged"))
    words = {"brought": number(brought), "refused": number(run.counts.get("refused", 0))}
    return _("%(brought)s rows brought in, %(refused)s refused") % words


def mapping_page(file: WaitingFile, visit: Visit) -> MappingPage:
    rows = file.table.rows[:PREVIEWED]
    plans = [] if mapping_trouble(file.mapping) else _plan(rows, file.mapping, visit)
    return MappingPage(
        file_name=file.name,
        sentence=_("%(rows)s rows. Nothing has been written yet: check that each column is what you mean.")
        % {"rows": number(len(file.table.rows))},
        columns=tuple(_column(place, file) for place in range(len(file.table.header))),
        date_orders=_date_orders(file.mapping.date_order),
        prefer_file=file.mapping.prefer_file,
        outcomes=_outcomes(plans),
        declared=_declared(file.declared),
        note=_note(file),
        looked_after=_looked_after(file, visit),
        trouble=mapping_trouble(file.mapping),
        problems=_problems(plans, file),
    )


def _plan(rows: Sequence[SourceRow], mapping: ColumnMapping, visit: Visit) -> list[RowPlan]:
    today = visit.now.astimezone(ZoneInfo(visit.house.time_zone)).date()
    cleaned = [(row, *clean(row, mapping, today)) for row in rows]
    mails = {mail for _row, draft, _notes in cleaned for mail in draft.mails}
    phones = {phone for _row, draft, _notes in cleaned for phone in draft.phones}
    return plan_cleaned(cleaned, queries.known_contacts(mails, phones), mapping.prefer_file)


def _column(place: int, file: WaitingFile) -> ColumnRow:
    meaning = file.mapping.columns.get(place)
    cells = [row.cells[place] for row in file.table.rows[:200] if place < len(row.cells) and row.cells[place]]
    choices = [Choice("", _("Leave it out"), meaning is None)]
    choices += [Choice(field.value, str(FIELD_NAMES[field]), field is meaning) for field in Field]
    heading = file.table.header[place] or _("Column %(number)d, without a heading") % {"number": place + 1}
    shown = " · ".join(shortened(cell) for cell in dict.fromkeys(cells[:EXAMPLES]))
    return ColumnRow(f"column-{place}", heading, shown, tuple(choices))


def shortened(cell: str) -> str:
    return cell if len(cell) <= EXAMPLE else f"{cell[: EXAMPLE - 1].rstrip()}…"


def _date_orders(chosen: str) -> tuple[Choice, ...]:
    return (
        Choice("", _("Nobody can tell: refuse such rows"), not chosen),
        Choice("dmy", _("3 April 2019"), chosen == "dmy"),
        Choice("mdy", _("4 March 2019"), chosen == "mdy"),
    )


def _outcomes(plans: Sequence[RowPlan]) -> tuple[Fact, ...]:
    counts = Counter(plan.outcome for plan in plans)
    return tuple(Fact(words, number(counts[outcome])) for outcome, words in OUTCOMES.items())


def _declared(declared: Declaration) -> Text:
    if declared.allows_marketing:
        return _("You have said that they may get news too. It is kept with your name.")
    if declared.allows_service:
        return _(
            "Only service messages go to them. For news and offers we must know when they bought from you, "
            "and that they could say no."
        )
    return _("These people have not become clients by this list, so automation may not write to them.")


def _note(file: WaitingFile) -> Text:
    if file.table.doubtful:
        return _("Some letters look broken, such as “Ã¥” for “å”. Export the file again if you can.")
    if len(file.table.rows) > PREVIEWED:
        return _("The numbers are of the first %(rows)s rows.") % {"rows": number(PREVIEWED)}
    if file.as_before:
        return _("The columns are as you chose them the last time a file had these headings.")
    return ""


def _looked_after(file: WaitingFile, visit: Visit) -> Text:
    place = next((at for at, field in file.mapping.columns.items() if field is Field.ACCOUNT_MANAGER), None)
    if place is None:
        return ""
    named = {row.cells[place] for row in file.table.rows if place < len(row.cells)}
    people = [(user.id, user.name) for user in visit.staff.values() if user.is_active and not user.is_helper]
    return only_readers({only_one(name, people) for name in named if name}, visit)


def only_readers(managers: Iterable[int | None], visit: Visit) -> Text:
    """Who of these may look only, and who answers their clients: they would wait for nobody else."""
    instead = stand_ins(list(managers))
    names = [visit.staff[ident].name for ident in sorted(instead)]
    if not names:
        return ""
    owner = visit.staff[next(iter(instead.values()))].name
    said = ngettext(
        "%(names)s can only read here. What clients of %(names)s want of us goes to %(owner)s.",
        "%(names)s can only read here. What their clients want of us goes to %(owner)s.",
        len(names),
    )
    return said % {"names": _(" and ").join(names), "owner": owner}


def _problems(plans: Sequence[RowPlan], file: WaitingFile) -> Table | None:
    refused = [plan for plan in plans if plan.outcome is RowOutcome.REFUSED][:PROBLEMS]
    if not refused:
        return None
    heads = (Cell(_("Line")), Cell(_("Name")), Cell(_("Reason")))
    rows = (
        (
            Cell(str(plan.row.line)),
            Cell(named(plan.row.cells, file.mapping.columns)),
            Cell(sentences(plan.notes)),
        )
        for plan in refused
    )
    return Table(_("Rows that would be refused"), heads, tuple(rows))


def named(cells: Sequence[str], columns: Mapping[int, Field]) -> str:
    """Whom a row is about, as far as it says."""
    for wanted in ((Field.NAME,), (Field.GIVEN_NAME, Field.FAMILY_NAME), (Field.COMPANY,), (Field.EMAIL,)):
        found = [cells[i] for i, field in columns.items() if field in wanted and i < len(cells) and cells[i]]
        if found:
            return " ".join(found)
    return next((cell for cell in cells if cell), "")
