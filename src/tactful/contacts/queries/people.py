"""Lists, searching and the profile."""

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from tactful.contacts.hot.words import beginning_somewhere, prefix
from tactful.contacts.models import BasisSpell, ConsentReceipt, Contact, ContactSpell, Identity
from tactful.contacts.rules.addresses import read_mail
from tactful.contacts.rules.names import sort_key
from tactful.contacts.rules.searching import corrections, matches, nearly, terms, trigrams
from tactful.contacts.rules.trouble import Unusable
from tactful.contacts.types import ContactLine, Person
from tactful.foundation import pg

from .merging import all_ids_of

PAGE = 50
MOST_CANDIDATES = 1_000
"""Of a term that more clients share, some are shown, and more letters are needed to find one of them."""
MOST_COUNTED = 10_000
LAST_LETTER = "\uffff"
PERSON = (
    "id", "name", "given_name", "language", "tier", "company__name", "manager_id",
    "manager__name", "attributes",
)  # fmt: skip


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
    rows = _listed()
    if after:
        key, ident = after
        # The first condition alone lets the index start at the key.
        rows = rows.filter(sort_key__gte=key).filter(Q(sort_key__gt=key) | Q(id__gt=ident))
    if tag:
        tagged = ContactSpell.objects.running().filter(kind="tag", key=tag)
        rows = rows.filter(id__in=tagged.values("contact_id"))
    found = list(rows.order_by("sort_key", "id")[: limit + 1])
    lines = tuple(_line(row) for row in found[:limit])
    last = (lines[-1].sort_key, lines[-1].id) if len(found) > limit else None
    return Page(lines, last)


def search(query: str, *, limit: int = 20) -> tuple[ContactLine, ...]:
    """Contacts whose name, mail, phone or company holds every word of ``query``, in any part of it.

    Words of three letters and more use the trigram index, shorter ones the beginnings of words. Where nobody
    is found so, a word of five letters and more may hold one mistake.
    """
    words = terms(query)
    if not words:
        return ()
    return _by_name(words, limit) or _exactly(words, limit) or _with_a_mistake(words, limit)


def _by_name(words: Sequence[str], limit: int) -> tuple[ContactLine, ...]:
    """The first of those whose name begins so, if they are enough to show: a family name that many share
    is read in the order of the list, and the others are not looked for. Else none."""
    if any(letter.isdigit() for word in words for letter in word):
        return ()
    found: dict[int, Contact] = {}
    for turned in {tuple(words), (*words[1:], words[0]), (words[-1], *words[:-1])}:
        key = sort_key(" ".join(turned))
        rows = _listed().filter(sort_key__gte=key, sort_key__lt=key + LAST_LETTER)
        found |= {row.id: row for row in rows.order_by("sort_key", "id")[:limit]} if key else {}
    really = sorted(
        (row for row in found.values() if matches(words, *_texts(row))),
        key=lambda row: (row.sort_key, row.id),
    )
    return tuple(_line(row) for row in really[:limit]) if len(really) >= limit else ()


def _exactly(words: Sequence[str], limit: int) -> tuple[ContactLine, ...]:
    found = _first(matching(words), limit)
    really = (row for row in found if matches((w for w in words if len(w) > 3), *_texts(row)))
    return tuple(_line(row) for row in really)[:limit]


def _first(rows: QuerySet[Contact], limit: int) -> QuerySet[Contact]:
    """Of those that the indexes find, the first ones as they are listed, some more than are wanted. In two
    steps: in one, PostgreSQL may walk the whole list and ask of each whether it is among them."""
    ids = list(rows.order_by().values_list("id", flat=True)[:MOST_CANDIDATES])
    return _listed().filter(id__in=ids).order_by("sort_key", "id")[: limit * 3]


def _with_a_mistake(words: Sequence[str], limit: int) -> tuple[ContactLine, ...]:
    """By the words that may have been meant: of some hundred that one mistake makes of a word, few begin a
    word of anybody."""
    meant = {word: corrections(word) for word in words}
    begun = beginning_somewhere(sorted(set[str]().union(*meant.values())))
    if not begun:
        return ()
    rows = _listed()
    for word in words:
        rows = _with_word(rows, word, sorted(meant[word] & begun))
    really = (row for row in _first(rows, limit) if nearly(words, *_texts(row)))
    return tuple(_line(row) for row in really)[:limit]


def matching(words: Iterable[str]) -> QuerySet[Contact]:
    """Candidates for ``search``, through the two GIN indexes. Not to be asked within another query."""
    rows = _listed()
    for word in words:
        rows = _with_word(rows, word)
    return rows


def _with_word(rows: QuerySet[Contact], word: str, instead: Sequence[str] = ()) -> QuerySet[Contact]:
    """Those with a word that holds it, or, under three letters, begins with it; with others ``instead``,
    that begins with it or with one of them."""
    pieces = sorted(trigrams(word))
    if pieces and not instead:
        return rows.filter(trigrams__contains=pieces)
    begins = " | ".join(map(prefix, (word, *instead)))
    return rows.extra(where=["contact.search @@ %s::tsquery"], params=[begins])


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
    contact = Contact.objects.select_related("company", "household", "manager").get(id=contact_id)
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
    rows = Contact.objects.select_related("company", "manager").defer("search", "trigrams")
    return rows.prefetch_related(Prefetch("identities", queryset=identities, to_attr="all_identities"))


def _texts(row: Contact) -> tuple[list[str], list[str], list[str]]:
    names = [row.name, row.company.name if row.company else ""]
    return names, _values(row, Identity.Kind.EMAIL), _values(row, Identity.Kind.PHONE)


def _values(row: Contact, kind: str) -> list[str]:
    identities: list[Identity] = row.all_identities  # type: ignore[attr-defined]
    return [identity.value for identity in identities if identity.kind == kind]


def _line(row: Contact) -> ContactLine:
    return ContactLine(
        id=row.id,
        name=row.name,
        sort_key=row.sort_key,
        company=row.company.name if row.company else "",
        mail=next(iter(_values(row, Identity.Kind.EMAIL)), ""),
        phone=next(iter(_values(row, Identity.Kind.PHONE)), ""),
        language=row.language,
        manager=row.manager.name if row.manager else "",
    )


def people(ids: Collection[int]) -> dict[int, Person]:
    """What a letter or a condition needs of each contact. One query."""
    rows = Contact.objects.filter(id__in=ids).values_list(*PERSON)
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
        for ident, name, given_name, language, tier, company, manager_id, manager, attributes in rows
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
    counted, known = pg.one(_CROWD, [MOST_COUNTED + 1]) or (0, 0)
    if counted <= MOST_COUNTED:
        return Crowd(counted)
    return Crowd(max(MOST_COUNTED, round(known, 2 - len(str(known)))), about=True)


_CROWD = """SELECT (SELECT count(*) FROM (SELECT FROM contact LIMIT %s) AS counted),
    (SELECT reltuples::bigint FROM pg_class WHERE oid = 'contact'::regclass)"""


def lines(ids: Collection[int]) -> tuple[ContactLine, ...]:
    """These contacts as lines of a list, in the order of their names."""
    return tuple(_line(row) for row in _listed().filter(id__in=ids).order_by("sort_key", "id"))
