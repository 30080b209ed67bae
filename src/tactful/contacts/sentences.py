"""What happened with a row, in the reader's language. Codes come from ``rules``."""

from collections.abc import Iterable, Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tactful.contacts.types import Field, Note

_SENTENCES: Final[Mapping[str, "str | Promise"]] = {
    "file.workbook": _("This is an Excel workbook. Open it and save it as CSV, then send that file."),
    "file.pdf": _("This is a PDF. Export the clients as CSV from the program that made it."),
    "file.empty": _("The file is empty. Export it again and check that it has rows."),
    "file.quote": _("A quotation mark opens on line %(line)s and never closes. Add or remove it."),
    "file.long": _("The file has more than %(limit)s rows. Divide it into several files."),
    "file.headings": _(
        "No heading could be recognised. The first line should name the columns, such as Name; "
        "E-mail; Phone. It says: %(first)s"
    ),
    "file.no_rows": _("The file has headings but no rows under them."),
    "file.no_cards": _("There is no whole contact card in this file. Save it again where it came from."),
    "file.no_address": _("No column holds mail addresses or phone numbers. Choose which one does."),
    "run.gone": _("The file is no longer here. Send it again."),
    "run.broken": _(
        "The file could not be read to its end. What has been read is kept. Send the file again: rows that "
        "are in already change nothing."
    ),
    "undo.done": _("This file was taken back already."),
    "undo.reading": _("The file is being read now. Wait until it is done."),
    "undo.late": _("This can no longer be taken back. It is too long ago."),
    "undo.unknown": _("This file was read before Tactful kept what is needed to take a file back."),
    "undo.nothing": _("Nothing of this file was brought in, so there is nothing to take back."),
    "row.quote": _("A quotation mark in this row never closes. Add or remove it."),
    "name.missing": _("The name is missing. Write the name of the person."),
    "name.missing_in": _("The name is missing. Whom do you write to at %(company)s?"),
    "reach.missing": _("There is neither a mail address nor a phone number. Give at least one."),
    "person.erased": _(
        "This person was erased from Tactful and is not taken in again. If they come back by their own wish, "
        "an owner can let them in, under Settings, Erased clients."
    ),
    "mail.no_at": _("“%(text)s” is not a mail address: the @ is missing."),
    "mail.local": _("“%(text)s” is not a mail address: look at the part before the @."),
    "mail.domain": _("“%(text)s” is not a mail address: look at the part after the @."),
    "mail.two_persons": _(
        "The address %(address)s belongs to %(name)s already. Two people cannot share one; give this "
        "person an address of their own, or leave it out."
    ),
    "mail.two_contacts": _(
        "The addresses in this row belong to two clients, %(one)s and %(other)s. If they are one "
        "person, merge them first; else divide the row."
    ),
    "phone.two_persons": _(
        "The number %(address)s belongs to %(name)s already, and nothing else tells these two apart. "
        "Add a mail address or a number of their own."
    ),
    "phone.two_contacts": _(
        "The numbers in this row belong to two clients, %(one)s and %(other)s. If they are one "
        "person, merge them first; else divide the row."
    ),
    "phone.kept_by": _("The number %(address)s stays with %(name)s, who has it already."),
    "phone.short_no": _("“%(text)s” has %(digits)s digits. Norwegian numbers have eight."),
    "phone.long_no": _("“%(text)s” has %(digits)s digits. Norwegian numbers have eight."),
    "phone.short": _("The phone number “%(text)s” is too short."),
    "phone.long": _("The phone number “%(text)s” is too long."),
    "phone.country": _("No country has the code with which “%(text)s” begins."),
    "phone.rounded": _(
        "A spreadsheet has rounded this phone number to “%(text)s”. Format the column as text and "
        "write the number again."
    ),
    "phone.unreadable": _("“%(text)s” is not a phone number."),
    "phone.unknown": _("No phone in the country has the number “%(text)s”."),
    "date.unreadable": _("“%(text)s” is not a date. Write it as 2019-02-14 or 14.02.2019."),
    "date.impossible": _("The date “%(text)s” does not exist."),
    "date.future": _("The date “%(text)s” has not come yet."),
    "date.ambiguous": _("“%(text)s” can mean two dates. Write it as 2019-02-14."),
    "date.century": _("“%(text)s” can mean two centuries. Write the year with four digits."),
    "language.unknown": _("We do not know the language “%(text)s”. Write Norwegian or English."),
    "consent.unknown": _("“%(text)s” is neither yes nor no."),
    "org.digits": _("“%(text)s” is not an organisation number: it has nine digits."),
    "org.check": _("The organisation number “%(text)s” has a typing error: its check digit is wrong."),
    "merged.row_mail": _("The same person as on line %(line)s, %(name)s: same mail address."),
    "merged.row_phone": _("The same person as on line %(line)s, %(name)s: same phone and name."),
    "merged.mail": _("Joined with %(name)s: same mail address."),
    "merged.phone": _("Joined with %(name)s: same phone and name."),
    "kept": _("We kept our own value here: %(field)s. Tell us if the file is newer."),
}

FIELD_NAMES: Final[Mapping[Field, "str | Promise"]] = {
    Field.NAME: _("Name"),
    Field.GIVEN_NAME: _("Given name"),
    Field.FAMILY_NAME: _("Family name"),
    Field.EMAIL: _("Mail address"),
    Field.PHONE: _("Phone"),
    Field.COMPANY: _("Company"),
    Field.ORG_NUMBER: _("Organisation number"),
    Field.LANGUAGE: _("Language"),
    Field.BIRTHDAY: _("Birthday"),
    Field.ADDRESS: _("Address"),
    Field.POSTAL_CODE: _("Postal code"),
    Field.CITY: _("Town"),
    Field.TAGS: _("Tags"),
    Field.CLIENT_SINCE: _("Client since"),
    Field.ACCOUNT_MANAGER: _("Looked after by"),
    Field.NOTES: _("Notes"),
    Field.CONSENT: _("Newsletter, yes or no"),
}


def sentence(note: Note) -> str:
    """The note in plain words. An unknown code is shown as it is, never dropped."""
    template = _SENTENCES.get(note.code)
    if template is None:
        return note.code
    params = dict(note.params)
    if "field" in params:
        params["field"] = str(FIELD_NAMES[Field(str(params["field"]))])
    return str(template) % params


def sentences(notes: Iterable[Note]) -> str:
    return " ".join(sentence(note) for note in notes)


def reason_heading() -> str:
    """The heading over the reasons in a file of refused rows; ``rules.headings`` knows it again."""
    return gettext("What is wrong")


def codes() -> frozenset[str]:
    return frozenset(_SENTENCES)
