"""A file of clients, what is declared about it, and what its columns mean."""

from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tactful.contacts.rules.tables import open_table
from tactful.contacts.rules.trouble import Unusable
from tactful.contacts.sentences import sentence
from tactful.contacts.types import MANY_COLUMNS, ColumnMapping, Declaration, Field, ListSource, Note
from tactful.foundation.files import EXECUTABLE_STARTS, LARGEST, content_type

SOURCES = [
    (ListSource.UNDECLARED.value, _("Not known: only service messages")),
    (ListSource.SALE.value, _("From the people themselves, when they became clients")),
    (ListSource.COMPETITION.value, _("From a competition or a list of interested people")),
    (ListSource.BOUGHT.value, _("Bought, or found somewhere")),
]


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV from any program, or contact cards (.vcf) from a phone. Up to 25 MB."),
        error_messages={"required": _("Choose a file first."), "empty": _("The file is empty.")},
    )
    source = forms.ChoiceField(
        label=_("Where does the list come from?"),
        help_text=_("Kept as evidence with your name."),
        choices=SOURCES,
        initial=ListSource.UNDECLARED.value,
    )
    collected_on = forms.DateField(
        label=_("When did you get the addresses?"),
        help_text=_("The latest day, if it was over many years."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": _("Write the date as 2026-01-31.")},
    )
    opt_out_offered = forms.BooleanField(
        label=_("They could say no to news when we got the address"),
        help_text=_("Without this, only service messages go."),
        required=False,
    )
    words = forms.CharField(
        label=_("In your own words"),
        required=False,
        max_length=300,
        help_text=_("Such as “Contracts since 2009”."),
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        """Only a list gets any further: what cannot be read is refused in one sentence."""
        upload: UploadedFile[bytes] = self.cleaned_data["file"]
        if (upload.size or 0) > LARGEST:
            raise forms.ValidationError(_("The file is larger than 25 MB. Divide it into several files."))
        content = upload.read()
        upload.seek(0)
        if trouble := trouble_of(content):
            raise forms.ValidationError(trouble)
        return upload

    def clean_collected_on(self) -> date | None:
        day: date | None = self.cleaned_data["collected_on"]
        if day is not None and day.year < 1950:
            raise forms.ValidationError(_("Write the year with four digits."))
        return day

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        wants_news = given.get("opt_out_offered") and given.get("source") == ListSource.SALE
        if wants_news and not given.get("collected_on") and "collected_on" not in self.errors:
            self.add_error("collected_on", _("Say when, for without a date it is no proof."))
        return given

    def declared(self) -> dict[str, Any]:
        """As JSON, for the session."""
        given = self.cleaned_data
        return {
            "source": given["source"],
            "collected_on": given["collected_on"].isoformat() if given["collected_on"] else "",
            "opt_out_offered": given["opt_out_offered"],
            "words": given["words"],
        }


def trouble_of(content: bytes) -> str:
    """Why this cannot be read as a list of clients; empty if it can."""
    if content.startswith(EXECUTABLE_STARTS):
        return gettext("This is a program, not a list. Export the clients as CSV and send that file.")
    if content_type(content).startswith("image/"):
        return gettext("This is a picture, not a list. Export the clients as CSV and send that file.")
    try:
        len(open_table(content).rows)  # the last of them, too, can be read
    except Unusable as trouble:
        return sentence(trouble.note)
    return ""


def declaration(kept: dict[str, Any]) -> Declaration:
    """What ``UploadForm.declared`` has put aside."""
    day = kept.get("collected_on")
    return Declaration(
        source=ListSource(kept["source"]),
        collected_on=date.fromisoformat(day) if day else None,
        opt_out_offered=bool(kept["opt_out_offered"]),
        words=kept["words"],
    )


def mapping_of(data: Any, columns: int, region: str) -> ColumnMapping:
    """What was chosen for each column. Unknown choices count as left out."""
    known = {field.value: field for field in Field}
    chosen = {
        number: known[data[f"column-{number}"]]
        for number in range(columns)
        if data.get(f"column-{number}") in known
    }
    order = data.get("date_order", "")
    return ColumnMapping(
        chosen, order if order in ("dmy", "mdy") else "", region, bool(data.get("prefer_file"))
    )


def mapping_trouble(mapping: ColumnMapping) -> str:
    """Why it cannot be used; empty if it can."""
    fields = list(mapping.columns.values())
    if not {Field.EMAIL, Field.PHONE} & set(fields):
        return sentence(Note("file.no_address"))
    if any(fields.count(field) > 1 for field in fields if field not in MANY_COLUMNS):
        return gettext("Two columns mean the same. Choose one of them, and leave the other out.")
    return ""
