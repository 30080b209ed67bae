from django import forms

from tactful.web.pages.imports import ImportPage, ImportRunPage, RunRow
from tactful.web.samples import at
from tactful.web.types import Cell, Progress, Table


class _Upload(forms.Form):
    file = forms.FileField(
        label="File", help_text="CSV, up to 20 MB. Semicolons or commas, old or new letters."
    )
    source = forms.CharField(label="Where does the list come from?", help_text="Kept as evidence.")
    offered = forms.BooleanField(
        label="They could say no to news when we got the address", help_text="Else only service messages go."
    )


START = ImportPage(
    form=_Upload({"source": ""}),
    runs=(RunRow(1, "kunder-eksport.csv", at(8, 10), "Ingrid", "118 created, 4 refused"),),
)
_REFUSED = Table(
    "Refused rows",
    (Cell("Line"), Cell("Name"), Cell("Reason")),
    (
        (Cell("14"), Cell("Pål Steine"), Cell("The mail address “pal@@steine” has two @ signs.")),
        (Cell("77"), Cell("Havn AS"), Cell("Neither a mail address nor a phone number.")),
    ),
)
_COLUMNS = Table(
    "Columns",
    (Cell("In the file"), Cell("Read as"), Cell("For example")),
    (
        (Cell("Kundenavn"), Cell("Name"), Cell("Liv Sandal")),
        (Cell("Tlf."), Cell("Phone"), Cell("900 00 142")),
    ),
)
DONE = ImportRunPage(
    "kunder-eksport.csv",
    at(9, 9),
    "Ingrid Solheim",
    "done",
    "Read in full: 122 rows, 2 of them refused.",
    created=96,
    updated=18,
    merged=6,
    refused=2,
    unchanged=3,
    created_url="#",
    refused_url="#",
    columns=_COLUMNS,
    refused_rows=_REFUSED,
)
READING = ImportRunPage(
    "kunder-eksport.csv",
    at(9, 9),
    "Ingrid Solheim",
    "reading",
    "We are reading it now.",
    progress=Progress("Reading 12 400 clients from your file", 7900, 12400, "About two minutes left."),
)
FAILED = ImportRunPage(
    "bilde.png",
    at(9, 9),
    "Ingrid Solheim",
    "failed",
    "Nothing was changed.",
    trouble="This is a picture, not a list. Export it as CSV and send it again.",
)
