"""Words of contacts that others may see. Purposes and channels come as their plain string values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

_Kind = TypeVar("_Kind", bound=tuple[Any, ...])


def made(kind: type[_Kind]) -> Callable[[tuple[Any, ...]], _Kind]:
    """Makes one of all its values: for what is made by the thousand, in half of the constructor's time."""
    return partial(tuple.__new__, kind)


class Field(StrEnum):
    """What a column of an imported file can mean."""

    NAME = "name"
    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    EMAIL = "email"
    PHONE = "phone"
    COMPANY = "company"
    ORG_NUMBER = "org_number"
    LANGUAGE = "language"
    BIRTHDAY = "birthday"
    ADDRESS = "address"
    POSTAL_CODE = "postal_code"
    CITY = "city"
    TAGS = "tags"
    CLIENT_SINCE = "client_since"
    ACCOUNT_MANAGER = "account_manager"
    NOTES = "notes"
    CONSENT = "consent"


BEGAN = "began"
"""The kind of the spell that says what an imported client began with (``models.ContactSpell``)."""

#: Several columns may carry one of these; of every other field only the first column counts.
MANY_COLUMNS = frozenset({Field.EMAIL, Field.PHONE, Field.TAGS, Field.NOTES, Field.ADDRESS})


class RowOutcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    MERGED = "merged"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Note:
    """Why, as a code with parameters; ``contacts.sentences`` says it in the reader's language."""

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)


class SourceRow(NamedTuple):
    """One record of a file. ``line``: the line in the file on which it begins, from 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A file as rows. ``encoding`` and ``delimiter`` are what we recognised.

    ``doubtful``: letters look as if the file had been saved wrongly before ("Ã¥" for "å").
    """

    header: tuple[str, ...]
    rows: Sequence[SourceRow]
    encoding: str
    delimiter: str
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """What each column means, as a person has confirmed it.

    ``columns``: column index, from 0. ``date_order``: "dmy" or "mdy" where a file writes 3/4/19;
    empty when nobody can tell. ``region``: ISO 3166 country of phone numbers without country code.
    ``prefer_file``: values of the file replace ours; otherwise it only fills what is empty.
    """

    columns: Mapping[int, Field]
    date_order: str = ""
    region: str = "NO"
    prefer_file: bool = False


class Draft(NamedTuple):
    """The cleaned values of one row. Empty means: the file does not say.

    ``mails`` lower-case with A-label domains, ``phones`` E.164, ``language`` BCP 47.
    ``values``: the single-valued fields that the row speaks of, as text.
    ``consent``: what the file says about marketing; a "no" is always honoured, a "yes" proves nothing.
    """

    name: str = ""
    given_name: str = ""
    family_name: str = ""
    mails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    language: str = ""
    birthday: date | None = None
    client_since: date | None = None
    values: Mapping[Field, str] = MappingProxyType({})
    tags: tuple[str, ...] = ()
    consent: bool | None = None


@dataclass(frozen=True, slots=True)
class KnownContact:
    """A contact as the planner sees it: what it already holds.

    ``line``: the earlier line of this very file that made it, else 0; ``written``: the fields that
    earlier rows of this file have spoken of. Both for a file that is read in several batches.
    """

    id: int
    draft: Draft
    line: int = 0
    written: frozenset[Field] = frozenset()


class Changes(NamedTuple):
    """What a row adds to a person. ``fill``: field values to write, dates in ISO 8601."""

    fill: Mapping[Field, str] = MappingProxyType({})
    mails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    objects: bool = False  # the file says no to marketing and we did not know

    def __bool__(self) -> bool:
        return bool(self.fill or self.mails or self.phones or self.tags or self.objects)


class RowPlan(NamedTuple):
    """What will happen with one row.

    ``contact_id``: the known contact that it meets. ``same_as_line``: the earlier row of this file
    that it joins. Neither: a new contact, or a refusal with ``notes`` that say why.
    """

    row: SourceRow
    outcome: RowOutcome
    notes: tuple[Note, ...] = ()
    draft: Draft = Draft()
    changes: Changes = Changes()
    contact_id: int | None = None
    same_as_line: int | None = None


class ListSource(StrEnum):
    """Where an imported list comes from, as its owner declares it (R71)."""

    UNDECLARED = "undeclared"  # service messages only
    SALE = "sale"  # from the people themselves, in connection with a sale
    COMPETITION = "competition"  # these are no clients: no basis at all
    BOUGHT = "bought"


@dataclass(frozen=True, slots=True)
class Declaration:
    """The owner's word on a list, kept as evidence. Marketing needs a sale and an opt-out offered."""

    source: ListSource = ListSource.UNDECLARED
    collected_on: date | None = None
    opt_out_offered: bool = False
    words: str = ""

    @property
    def allows_service(self) -> bool:
        return self.source in (ListSource.UNDECLARED, ListSource.SALE)

    @property
    def allows_marketing(self) -> bool:
        return self.source is ListSource.SALE and self.opt_out_offered and self.collected_on is not None


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """A file with what a person has confirmed about it. ``mapping`` None: take the guess."""

    file_name: str
    content: bytes
    mapping: ColumnMapping | None = None
    declared: Declaration = Declaration()


@dataclass(frozen=True, slots=True)
class NewContact:
    """``mails`` and ``phones`` as people write them; the action cleans them."""

    name: str
    mails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    language: str = ""
    company: str = ""
    tags: tuple[str, ...] = ()
    region: str = "NO"


@dataclass(frozen=True, slots=True)
class Ground:
    """What a basis rests on (R68). ``kind``: consent, existing_customer, contract.

    ``wording``: the exact words that were shown; needed for consent. ``how``: import, portal, mail,
    in_person, one_click …; ``source``: page, file or document.
    """

    purpose: str
    channel: str
    kind: str
    how: str
    wording: str = ""
    wording_version: str = ""
    language: str = ""
    source: str = ""


class BasisState(NamedTuple):
    """Why we may write to one person for one purpose on one channel. ``kind`` "none": we may not."""

    kind: str = "none"
    since: datetime | None = None
    receipt_id: int | None = None
    objected: bool = False
    withdrawn: bool = False
    restricted: bool = False


class AddressView(NamedTuple):
    """``state``: usable, missing, bounced, suppressed. ``marketing_off``: usable for service only."""

    state: str
    address: str = ""
    reason: str = ""
    marketing_off: bool = False


@dataclass(frozen=True, slots=True)
class SensitiveState:
    bereaved: bool = False
    occasions_off: frozenset[str] = frozenset()


class PlaceState(NamedTuple):
    """``zones``: the one that we know, or all that are plausible."""

    zones: tuple[str, ...]
    country: str
    subdivision: str = ""
    household_id: int | None = None
    company_id: int | None = None


class Client(NamedTuple):
    """A contact in a batch that is about to go out. ``manager`` and ``company``: their names, or ""."""

    id: int
    name: str
    given_name: str
    language: str
    company: str
    manager: str
    place: PlaceState


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A contact as a line in a list."""

    id: int
    name: str
    sort_key: str
    company: str
    mail: str
    phone: str
    language: str
    manager: str


@dataclass(frozen=True, slots=True)
class Person:
    """A contact as a letter speaks to them."""

    id: int
    name: str
    given_name: str
    language: str
    tier: str
    company: str
    manager_id: int | None
    manager: str
    attributes: Mapping[str, Any]
