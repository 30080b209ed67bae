"""Lists and the profile."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from tactful.contacts.hot import lines as hot
from tactful.contacts.models import BasisSpell, ConsentReceipt, Contact, ContactSpell, Identity
from tactful.contacts.rules.addresses import read_mail
from tactful.contacts.rules.trouble import Unusable
from tactful.contacts.types import ContactLine, Person
from tactful.foundation import pg
from tactful.foundation.lately import lately

from .merging import all_ids_of

PAGE = 50
MOST_COUNTED = 10_000
PEOPLE = """
    SELECT c.id, c.name, c.given_name, c.language, c.tier, firm.name, c.manager_id, ours.name, c.attributes
    FROM contact c
    LEFT JOIN company firm ON firm.id = c.company_id LEFT JOIN staff ours ON ours.id = c.manager_id
    WHERE c.id = ANY(%s::bigint[])"""
LANGUAGES = "SELECT language, count(*) FROM contact WHERE id = ANY(%s::bigint[]) GROUP BY 1"


@dataclass(frozen=True, slots=True)
class Page:
    """``after``: hand it back to get the next page; ``None`` on the last one."""

    lines: tuple[ContactLine, ...]
    after: tuple[str, int] | None


@dataclass(frozen=True, slots=True)
class Profile:
    """All that the profile shows. ``flags``, ``tags`` and ``basis`` are the running spells."""

    contact: Contact
    identities: tuple[Identity, ...]
    tags: tuple[str, ...]
    flags: tuple[ContactSpell, ...]
    basis: tuple[BasisSpell, ...]
    receipts: tuple[ConsentReceipt, ...]


def in_order(*, after: tuple[str, int] | None = None, tag: str = "", limit: int = PAGE) -> Page:
    """Contacts by family name as a Norwegian reader sorts them, paginated by key."""
    rows = Contact.objects.all()
    if after:
        key, ident = after
        # The first condition alone lets the index start at the key.
        rows = rows.filter(sort_key__gte=key).filter(Q(sort_key__gt=key) | Q(id__gt=ident))
    if tag:
        tagged = ContactSpell.objects.running().filter(kind="tag", key=tag)
        rows = rows.filter(id__in=tagged.values("contact_id"))
    ids = list(rows.order_by("sort_key", "id").values_list("id", flat=True)[: limit + 1])
    found = lines(ids[:limit])
    last = (found[-1].sort_key, found[-1].id) if len(ids) > limit else None
    return Page(found, last)


def records(
    *, ids: Collection[int] | None = None, after: int = 0, tag: str = "", limit: int = PAGE
) -> list[Contact]:
    """Whole rows in the order of their ids, after one of them; each with ``all_identities``, ``tags`` (the
    running spells) and its company."""
    tags = ContactSpell.objects.running().filter(kind="tag").order_by("key")
    rows = _listed().defer(None).prefetch_related(Prefetch("contactspell_set", queryset=tags, to_attr="tags"))
    if ids is not None:
        rows = rows.filter(id__in=ids)
    if tag:
        rows = rows.filter(id__in=tags.filter(key=tag).order_by().values("contact_id"))
    return list(rows.filter(id__gt=after).order_by("id")[:limit])


def profile(contact_id: int) -> Profile:
    """Raises ``Contact.DoesNotExist``. Six queries, whatever the size of the history; one more for those who
    are part of it."""
    rows = Contact.objects.select_related("company", "household", "manager").defer("search", "pieces")
    contact = rows.get(id=contact_id)
    spells = list(ContactSpell.objects.running().filter(contact_id=contact_id, kind__in=("tag", "flag")))
    return Profile(
        contact=contact,
        identities=tuple(contact.identities.order_by("kind", "-is_primary", "added_at")),
        tags=tuple(sorted(spell.key for spell in spells if spell.kind == "tag")),
        flags=tuple(spell for spell in spells if spell.kind == "flag"),
        basis=tuple(
            BasisSpell.objects.running().filter(contact_id=contact_id).order_by("purpose", "channel")
        ),
        receipts=tuple(
            ConsentReceipt.objects.filter(contact_id__in=all_ids_of(contact_id)).order_by("-at", "-id")
        ),
    )


def objection_sources(contact_id: int) -> set[str]:
    """What the running objections rest on, as far as it was kept."""
    running = ContactSpell.objects.running().filter(
        contact_id=contact_id, kind="flag", key__startswith="objected:"
    )
    values = running.values_list("value", flat=True)
    return {source for value in values if isinstance(value, dict) for source in value.get("sources", ())}


def find_by_address(kind: str, value: str) -> int | None:
    """The contact who owns an address, in whatever form it is written. None: nobody, or it is no address."""
    try:
        value = read_mail(value) if kind == Identity.Kind.EMAIL else value
    except Unusable:
        return None
    return Identity.objects.filter(kind=kind, value=value).values_list("contact_id", flat=True).first()


def known_since(addresses: Collection[str]) -> dict[str, tuple[int, datetime]]:
    """Of these mail addresses, in whatever form, those of clients: whose, and since when we know it."""
    read: dict[str, str] = {}
    for address in addresses:
        with suppress(Unusable):
            read[address] = read_mail(address)
    rows = Identity.objects.filter(kind=Identity.Kind.EMAIL, value__in=set(read.values()))
    owners = {value: (whose, at) for value, whose, at in rows.values_list("value", "contact_id", "added_at")}
    return {address: owners[value] for address, value in read.items() if value in owners}


def _listed() -> QuerySet[Contact]:
    identities = Identity.objects.order_by("-is_primary", "added_at", "id")
    rows = Contact.objects.select_related("company", "manager").defer("search", "pieces")
    return rows.prefetch_related(Prefetch("identities", queryset=identities, to_attr="all_identities"))


def people(ids: Collection[int]) -> dict[int, Person]:
    """What a letter or a condition needs of each contact. One query."""
    return {
        ident: Person(
            id=ident,
            name=name,
            given_name=given_name or (name.split() or [""])[0],
            language=language,
            tier=tier,
            company=company or "",
            manager_id=manager_id,
            manager=manager or "",
            attributes=attributes,
        )
        for ident, name, given_name, language, tier, company, manager_id, manager, attributes in (
            pg.many(PEOPLE, [pg.numbers(ids)]) if ids else ()
        )
    }


def languages(contact_ids: Sequence[int]) -> dict[str, int]:
    """How many of these clients by what is known of their language; "" is unknown."""
    return dict(pg.many(LANGUAGES, [pg.numbers(contact_ids)]))


def how_many() -> int:
    return Contact.objects.count()


def anybody() -> bool:
    """Whether there are clients at all: a million of them are not counted for that."""
    return Contact.objects.exists()


@dataclass(frozen=True, slots=True)
class Crowd:
    """``about``: nobody has counted them, but PostgreSQL knows roughly how many they are."""

    n: int
    about: bool = False


def crowd() -> Crowd:
    """How many clients there are, for a page: counting a million takes longer than the rest of it."""
    counted = lately("clients", lambda: int((pg.one(_COUNTED, [MOST_COUNTED + 1]) or (0,))[0]))
    if counted <= MOST_COUNTED:
        return Crowd(counted)
    (known,) = pg.one(_KNOWN) or (0,)
    return Crowd(max(MOST_COUNTED, round(known, 2 - len(str(known)))), about=True)


_COUNTED = "SELECT count(*) FROM (SELECT FROM contact LIMIT %s) AS counted"
_KNOWN = "SELECT reltuples::bigint FROM pg_class WHERE oid = 'contact'::regclass"


def lines(ids: Collection[int]) -> tuple[ContactLine, ...]:
    """These contacts as lines of a list, in the order of their names."""
    return tuple(hot.lines(ids))
