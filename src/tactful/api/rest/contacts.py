"""Clients: lists, one, making, changing, addresses and tags."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.http import HttpRequest
from ninja import Query, Router

from tactful.api.rest.door import Asked
from tactful.api.rest.paging import after_id, paged, row_id
from tactful.api.rest.problems import not_found
from tactful.api.rest.scopes import Key, Scope
from tactful.api.rest.shapes import (
    MOST,
    USUALLY,
    Address,
    ContactChanges,
    ContactOut,
    ErasureOut,
    ErasureReason,
    Id,
    Limit,
    Line,
    NewAddressIn,
    NewContactIn,
    Page,
    Sought,
)
from tactful.api.rest.shapes import Key as Word
from tactful.contacts import actions, queries
from tactful.contacts.actions import ErasureWish
from tactful.contacts.queries import Contact
from tactful.contacts.types import NewContact
from tactful.foundation.actions import record_audit
from tactful.foundation.clock import business_now
from tactful.foundation.models import ApiKey
from tactful.wiring import erasing

router = Router(tags=["Contacts"])
ERASE = Key(Scope.ERASE_CONTACTS)
READ, WRITE = Key(Scope.READ_CONTACTS), Key(Scope.WRITE_CONTACTS)


@router.get("", response=Page[ContactOut], auth=READ, operation_id="list_contacts")
def list_contacts(
    request: HttpRequest,
    cursor: Line | None = None,
    limit: Limit = USUALLY,
    *,
    sought: Query[Sought],
) -> object:
    """Clients in the order in which they came. `email` or `phone` finds the one who has this address; `find`
    those (at most 200) whose name, mail, phone or company holds these words in any part of it."""
    chosen: Sequence[int] | None = (
        [line.id for line in queries.search(sought.find, limit=MOST)] if sought.find else None
    )
    for kind, value in (("email", sought.email), ("phone", sought.phone)):
        if value:
            owner = queries.find_by_address(kind, value)
            chosen = [owner] if owner and (chosen is None or owner in chosen) else []
    rows = queries.records(ids=chosen, after=after_id(cursor) or 0, tag=sought.tag, limit=limit + 1)
    return paged(rows, limit, lambda row: [row.id], shown)


@router.get("/{contact_id}", response=ContactOut, auth=READ, operation_id="get_contact")
def get_contact(request: HttpRequest, contact_id: Id) -> object:
    return shown(known(contact_id))


@router.post("", response={201: ContactOut}, auth=WRITE, operation_id="create_contact")
def create_contact(request: HttpRequest, new: NewContactIn) -> object:
    """A new client. An address that somebody has already is refused: nobody is merged unasked."""
    now = business_now()
    made = actions.create_contact(
        NewContact(
            name=new.name,
            mails=tuple(new.emails),
            phones=tuple(new.phones),
            language=new.language,
            company=new.company,
            tags=tuple(new.tags),
        ),
        acting_user=None,
        now=now,
        source="api",
    )
    if new.attributes:
        actions.update_contact(made.id, new.attributes, acting_user=None, now=now)
    audit(request, "contact.created", f"contact:{made.id}", now)
    return 201, shown(known(str(made.id)))


@router.patch("/{contact_id}", response=ContactOut, auth=WRITE, operation_id="update_contact")
def update_contact(request: HttpRequest, contact_id: Id, changes: ContactChanges) -> object:
    """What is left out stays as it is. What the gate asks about is heeded at once."""
    ident, now = known_id(contact_id), business_now()
    given = changes.model_dump(exclude_none=True, exclude={"attributes"})
    values: Mapping[str, object] = given | changes.attributes
    if values:
        actions.update_contact(ident, values, acting_user=None, now=now)
        audit(request, "contact.updated", f"contact:{ident}", now, fields=sorted(values))
    return shown(known(contact_id))


@router.post("/{contact_id}/addresses", response=ContactOut, auth=WRITE, operation_id="add_address")
def add_address(request: HttpRequest, contact_id: Id, new: NewAddressIn) -> object:
    ident, now = known_id(contact_id), business_now()
    actions.add_identity(ident, new.kind, new.value, acting_user=None, now=now)
    audit(request, "contact.identity_added", f"contact:{ident}", now)
    return shown(known(contact_id))


@router.put("/{contact_id}/tags/{tag}", response=ContactOut, auth=WRITE, operation_id="set_tag")
def set_tag(request: HttpRequest, contact_id: Id, tag: Word) -> object:
    ident, now = known_id(contact_id), business_now()
    if actions.set_flag(ident, "tag", tag, acting_user=None, now=now):
        audit(request, "contact.tag_set", f"contact:{ident}", now, key=tag)
    return shown(known(contact_id))


@router.delete("/{contact_id}/tags/{tag}", response=ContactOut, auth=WRITE, operation_id="clear_tag")
def clear_tag(request: HttpRequest, contact_id: Id, tag: Word) -> object:
    ident, now = known_id(contact_id), business_now()
    if actions.clear_flag(ident, "tag", tag, acting_user=None, now=now):
        audit(request, "contact.tag_cleared", f"contact:{ident}", now, key=tag)
    return shown(known(contact_id))


@router.delete("/{contact_id}", response={202: ErasureOut}, auth=ERASE, operation_id="erase_contact")
def erase_contact(request: HttpRequest, contact_id: Id, reason: ErasureReason) -> object:
    """Erases a client from the database, the files and the search, for good. From the answer on nothing more
    goes to them and nothing comes in of them; once it is done, they are not found any more (404). Their
    addresses stay as keyed hashes, so that nobody brings them back unasked."""
    found, now = known(contact_id), business_now()
    row = erasing.ask(ErasureWish(found.id, reason, "api"), acting_user=None, now=now)
    audit(request, "contact.erasure_asked", f"erasure:{row.id}", now)
    return 202, ErasureOut(id=str(row.id), asked_at=row.asked_at)


def known(contact_id: str) -> Contact:
    """The client with this id, or the one whom they have become part of: other systems keep old ids. Ends the
    request with 404 if there is none."""
    ident = row_id(contact_id)
    found = queries.records(ids=[ident]) if ident else []
    if ident and not found:
        found = queries.records(ids=list(queries.kept_of([ident]).values()))
    if not found:
        raise not_found()
    return found[0]


def known_id(contact_id: str) -> int:
    """As ``known``, for who needs no more than the id."""
    ident = row_id(contact_id)
    if ident is None or not queries.people([ident]):
        raise not_found()
    return ident


def key_of(request: HttpRequest) -> ApiKey:
    asked: Asked = request  # type: ignore[assignment]
    return asked.api_key


def audit(request: HttpRequest, verb: str, subject: str, now: datetime, **body: object) -> None:
    """A program did it: nobody of ours stands as its author, the key does."""
    record_audit(
        actor=None,
        verb=f"api.{verb}",
        subject=subject,
        now=now,
        body={"api_key": key_of(request).id, **body},
    )


def shown(row: Contact) -> ContactOut:
    return ContactOut(
        id=str(row.id),
        name=row.name,
        given_name=row.given_name,
        language=row.language,
        time_zone=row.time_zone,
        country=row.country,
        company=row.company.name if row.company else None,
        tier=row.tier,
        manager_id=str(row.manager_id) if row.manager_id else None,
        addresses=[
            Address(kind=each.kind, value=each.value, primary=each.is_primary)
            for each in row.all_identities  # type: ignore[attr-defined]
        ],
        tags=[each.key for each in row.tags],  # type: ignore[attr-defined]
        attributes=row.attributes,
        created_at=row.created_at,
    )
