"""The copy of everything that a client may ask for: one file for people, one for programs, and the files."""

import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import PurePath
from tempfile import TemporaryFile
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from tactful.contacts.types import Person
from tactful.foundation import files
from tactful.kernel.marking import gettext_noop
from tactful.web.pages.personal_copy import CopyPage, CopyPart, CopyRow
from tactful.web.visit import Visit
from tactful.wiring.personal_copy import Copy, File, Part, copy_of

LANGUAGES = ("en", "nb")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_UNSAFE = re.compile(r"[^\w.() -]+")
LABELS: Mapping[str, str] = {
    "added_at": gettext_noop("Added"),
    "address": gettext_noop("Address"),
    "after": gettext_noop("After"),
    "answer": gettext_noop("Answer"),
    "at": gettext_noop("When"),
    "attributes": gettext_noop("What we know"),
    "before": gettext_noop("Before"),
    "body": gettext_noop("Content"),
    "broadcast": gettext_noop("Broadcast"),
    "cancelled_at": gettext_noop("Called off"),
    "channel": gettext_noop("Channel"),
    "closed_at": gettext_noop("Closed"),
    "content_type": gettext_noop("Kind of file"),
    "content": gettext_noop("Content"),
    "context": gettext_noop("Details"),
    "country": gettext_noop("Country"),
    "created_at": gettext_noop("Written down"),
    "data": gettext_noop("Details"),
    "day": gettext_noop("Day"),
    "decided_at": gettext_noop("Decided"),
    "detail": gettext_noop("Details"),
    "document": gettext_noop("Content"),
    "done_at": gettext_noop("Done"),
    "asks_at": gettext_noop("Asked"),
    "due_at": gettext_noop("Due"),
    "due_on": gettext_noop("Due"),
    "end_reason": gettext_noop("Why it ended"),
    "ends_at": gettext_noop("Ends"),
    "ended_at": gettext_noop("Ended"),
    "entered_at": gettext_noop("Began"),
    "error": gettext_noop("What went wrong"),
    "event": gettext_noop("Event"),
    "expires_at": gettext_noop("Until"),
    "field": gettext_noop("Field"),
    "first_seen": gettext_noop("First seen"),
    "first_value": gettext_noop("First value"),
    "found_at": gettext_noop("Found"),
    "from_at": gettext_noop("From"),
    "full_text": gettext_noop("Words"),
    "given_name": gettext_noop("First name"),
    "handoff_at": gettext_noop("Sent"),
    "how": gettext_noop("How"),
    "ident": gettext_noop("Number in another system"),
    "industry": gettext_noop("Trade"),
    "journey": gettext_noop("Journey"),
    "key": gettext_noop("What"),
    "kind": gettext_noop("Kind"),
    "language": gettext_noop("Language"),
    "last_at": gettext_noop("Last word"),
    "last_value": gettext_noop("Last value"),
    "line": gettext_noop("Words"),
    "made_at": gettext_noop("Written down"),
    "message_class": gettext_noop("Kind of message"),
    "n": gettext_noop("How many"),
    "name": gettext_noop("Name"),
    "name_en": gettext_noop("Name"),
    "name_nb": gettext_noop("Name in Norwegian"),
    "opened_at": gettext_noop("Opened"),
    "org_number": gettext_noop("Organisation number"),
    "outcome": gettext_noop("What became of it"),
    "params": gettext_noop("Details"),
    "place": gettext_noop("Place"),
    "placed_at": gettext_noop("From"),
    "property": gettext_noop("What is computed"),
    "purpose": gettext_noop("Purpose"),
    "raw": gettext_noop("As it came"),
    "reason": gettext_noop("Reason"),
    "reasons": gettext_noop("Reasons"),
    "received_at": gettext_noop("Received"),
    "released_at": gettext_noop("Released"),
    "result": gettext_noop("What became of it"),
    "scope": gettext_noop("How far"),
    "segment": gettext_noop("Group"),
    "sender": gettext_noop("From whom"),
    "settled_at": gettext_noop("Settled"),
    "shown": gettext_noop("As written"),
    "size": gettext_noop("Size in bytes"),
    "source": gettext_noop("Where from"),
    "starts_at": gettext_noop("Begins"),
    "state": gettext_noop("State"),
    "step": gettext_noop("Step"),
    "judged": gettext_noop("Judged in the trial week"),
    "stopped": gettext_noop("Stopped"),
    "subject": gettext_noop("Subject"),
    "table": gettext_noop("List"),
    "tier": gettext_noop("Level"),
    "time_zone": gettext_noop("Time zone"),
    "title": gettext_noop("Title"),
    "title_en": gettext_noop("Title"),
    "title_nb": gettext_noop("Title in Norwegian"),
    "to_at": gettext_noop("Until"),
    "topic": gettext_noop("About"),
    "total": gettext_noop("Sum"),
    "ts": gettext_noop("When"),
    "undone_at": gettext_noop("Taken back"),
    "url": gettext_noop("Address"),
    "used": gettext_noop("Messages"),
    "value": gettext_noop("Value"),
    "variables": gettext_noop("Fields"),
    "verb": gettext_noop("What"),
    "verdict": gettext_noop("Decision"),
    "wanted_at": gettext_noop("When"),
    "wording": gettext_noop("Words"),
    "written": gettext_noop("What your programs said"),
    "year": gettext_noop("Year"),
    "was": gettext_noop("Before"),
    "became": gettext_noop("After"),
}
"""Of every column that people are shown."""


def personal_copy(contact: Person, visit: Visit) -> IO[bytes]:
    """A ZIP, in the client's own language. On disk while it is large; gone when it is closed."""
    copy = copy_of(contact.id)
    language = contact.language if contact.language in LANGUAGES else "en"
    made = TemporaryFile()  # noqa: SIM115 - the answer closes it
    with translation.override(language):
        parts = tuple(
            found for part in copy.parts if (found := _part(part, ZoneInfo(visit.house.time_zone))).rows
        )
        page = CopyPage(contact.name, visit.house.name, visit.now, language, parts, len(copy.files))
        _write_zip(made, copy, page)
    made.seek(0)
    return made


def _write_zip(into: IO[bytes], copy: Copy, page: CopyPage) -> None:
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr(_("Read me") + ".html", render_to_string("web/personal_copy.html", {"page": page}))
        rows = {table.name: table.rows for part in copy.parts for table in part.tables if table.rows}
        folder.writestr("data.json", json.dumps(rows, ensure_ascii=False, indent=1))
        taken: set[str] = set()
        for file in copy.files:
            with folder.open(f"files/{_free(file, taken)}", "w") as place:
                _pour(file, place)


def _part(part: Part, zone: ZoneInfo) -> CopyPart:
    rows: list[CopyRow] = []
    for table in part.tables:
        for row in table.rows:
            said = {column: _said(row.get(column), zone) for column in table.shows}
            pairs = tuple((_(LABELS[column]), text) for column, text in said.items() if text)
            rows += [CopyRow(pairs)] if pairs else []
    return CopyPart(_(part.title), tuple(rows))


def _said(value: Any, zone: ZoneInfo) -> str:
    match value:
        case None | "" | [] | {}:
            return ""
        case bool():
            return _("Yes") if value else _("No")
        case dict():
            return "\n".join(f"{key}: {_said(each, zone)}" for key, each in value.items())
        case list():
            return "\n".join(_said(each, zone) for each in value)
        case str() if _MOMENT.match(value):
            return _moment(value, zone)
    return str(value)


def _moment(text: str, zone: ZoneInfo) -> str:
    try:
        return f"{datetime.fromisoformat(text).astimezone(zone):%Y-%m-%d %H:%M}"
    except ValueError:
        return text


def _free(file: File, taken: set[str]) -> str:
    """A name that is safe in any folder and that no other file here has."""
    name = PurePath(_UNSAFE.sub("_", file.name).strip(". ")[-100:] or "file")
    found, number = str(name), 1
    while found.casefold() in taken:
        number += 1
        found = f"{name.stem} ({number}){name.suffix}"
    taken.add(found.casefold())
    return found


def _pour(file: File, place: IO[bytes]) -> None:
    if not file.stored:
        place.write(file.content)
        return
    for chunk in _chunks(file.stored):
        place.write(chunk)


def _chunks(stored: str) -> Iterator[bytes]:
    """Nothing, where the file itself is gone: its row still says what it was."""
    try:
        with files.path_of(stored).open("rb") as opened:
            while chunk := opened.read(1 << 20):
                yield chunk
    except FileNotFoundError:
        return
