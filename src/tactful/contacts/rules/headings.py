"""Which heading means which field, in English and Norwegian. A guess, for a person to confirm."""

import re
from collections.abc import Mapping, Sequence

from tactful.contacts.types import MANY_COLUMNS, ColumnMapping, Field, SourceRow

from .dates import column_order

#: The heading that we put over the reason in a file of refused rows; never data.
REASON_HEADINGS = ("what is wrong", "hva er galt")

_WORDS: Mapping[Field, str] = {
    Field.NAME: "name, full name, display name, contact, contact name, contact person, person, navn, "
    "fullt navn, kontakt, kontaktperson, kontaktnavn, visningsnavn, kunde kontakt, client, client name",
    Field.GIVEN_NAME: "first name, given name, forename, fornavn, first, for og mellomnavn",
    Field.FAMILY_NAME: "last name, family name, surname, etternavn, last",
    Field.EMAIL: "email, e mail, mail, email address, e mail address, mail address, epost, e post, "
    "epostadresse, e postadresse, mailadresse, primary email, email 1, work email, "
    "e mail 1 value, e mail 2 value, epost faktura, e post kontakt",
    Field.PHONE: "phone, phone number, telephone, tel, mobile, mobile phone, mobile number, cell, "
    "cell phone, telefon, tlf, tlf nr, telefonnummer, telefonnr, mobil, mobilnr, mobilnummer, "
    "mobiltelefon, mob, phone 1 value, phone 2 value, work phone, home phone, telefon privat, "
    "telefon jobb, tlf mob",
    Field.COMPANY: "company, company name, organization, organisation, organization name, "
    "organization 1 name, business, firma, firmanavn, bedrift, bedriftsnavn, selskap, "
    "virksomhet, kundenavn, customer, customer name, account name, organisasjon, foretak",
    Field.ORG_NUMBER: "org number, organisation number, organization number, org no, company number, "
    "vat number, orgnr, org nr, organisasjonsnr, organisasjonsnummer, foretaksnummer, org nummer",
    Field.LANGUAGE: "language, preferred language, lang, locale, språk, foretrukket språk, målform",
    Field.BIRTHDAY: "birthday, birth date, date of birth, born, dob, fødselsdato, født, fødselsdag, fdato",
    Field.ADDRESS: "address, street, street address, address line 1, address line 2, address 1, adresse, "
    "gate, gateadresse, postadresse, besøksadresse, adresse 1, adresse 2, address 1 street",
    Field.POSTAL_CODE: "postal code, postcode, zip, zip code, postnr, postnummer, post nr, "
    "postnr sted, postnr poststed, postnummer sted, postnummer og sted",
    Field.CITY: "city, town, poststed, sted, by",
    Field.TAGS: "tags, tag, labels, label, groups, group, category, categories, segment, merkelapper, "
    "etiketter, gruppe, grupper, kategori, kategorier, kundegruppe, bransje, industry",
    Field.CLIENT_SINCE: "client since, customer since, since, start date, created, created at, joined, "
    "kunde siden, kunde fra, oppstart, startdato, opprettet, registrert, kunde fra dato",
    Field.ACCOUNT_MANAGER: "account manager, account owner, owner, contact owner, responsible, "
    "kundeansvarlig, ansvarlig, saksbehandler, regnskapsfører, rådgiver",
    Field.NOTES: "notes, note, comment, comments, remarks, merknad, merknader, notat, notater, "
    "kommentar, anmerkning, beskrivelse",
    Field.CONSENT: "consent, newsletter, marketing consent, email consent, opt in, subscribed, "
    "nyhetsbrev, samtykke, markedsføring, reklame",
}

_BY_WORD: dict[str, Field] = {
    word.strip(): field for field, words in _WORDS.items() for word in words.split(",")
}
#: Where a person has a column of their own, a bare "Name" or "Kunde" is the firm's.
_PERSON = frozenset({"kontaktperson", "contact person", "kontakt", "kontaktnavn", "contact name"})
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"[+(]?[\d][\d\s()\-.]{6,18}")


def fold_heading(text: str) -> str:
    """Turns "E-post (faktura)" into "e post": lower case, one space, no marks and no brackets."""
    bare = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", text.casefold())
    return " ".join(re.sub(r"[\W_]+", " ", bare).split())


def recognised(cells: Sequence[str]) -> int:
    """How many cells are headings that we know."""
    return sum(1 for cell in cells if fold_heading(cell) in _BY_WORD)


def guess_mapping(header: Sequence[str], rows: Sequence[SourceRow], region: str = "NO") -> ColumnMapping:
    """What each column probably means. ``rows``: some or all rows, read for dates and unnamed columns."""
    folded = [fold_heading(cell) for cell in header]
    columns: dict[int, Field] = {}
    for index, word in enumerate(folded):
        field = _meaning(word, folded)
        if field and (field in MANY_COLUMNS or field not in columns.values()):
            columns[index] = field
    columns |= _by_content(folded, columns, rows)
    dates = [i for i, field in columns.items() if field in (Field.BIRTHDAY, Field.CLIENT_SINCE)]
    order = column_order([row.cells[i] for row in rows for i in dates if i < len(row.cells)])
    return ColumnMapping(dict(sorted(columns.items())), order, region)


def _meaning(word: str, folded: Sequence[str]) -> Field | None:
    field = _BY_WORD.get(word)
    if field is Field.NAME and word not in _PERSON and _PERSON & set(folded):
        firm_has_column = any(_BY_WORD.get(other) is Field.COMPANY for other in folded)
        return None if firm_has_column else Field.COMPANY
    return field


def _by_content(
    folded: Sequence[str], columns: Mapping[int, Field], rows: Sequence[SourceRow]
) -> dict[int, Field]:
    """Mail and phone columns under a heading that we do not know, by what stands in most cells."""
    found: dict[int, Field] = {}
    for field, pattern in ((Field.EMAIL, _MAIL), (Field.PHONE, _PHONE)):
        if field in columns.values():
            continue
        for index, word in enumerate(folded):
            if index not in columns and not word and _mostly(pattern, index, rows):
                found[index] = field
    return found


def _mostly(pattern: re.Pattern[str], index: int, rows: Sequence[SourceRow]) -> bool:
    filled = [row.cells[index] for row in rows[:200] if index < len(row.cells) and row.cells[index]]
    return bool(filled) and sum(bool(pattern.fullmatch(cell)) for cell in filled) > len(filled) * 0.8
