"""Searching for clients by any part of a name, a mail address, a phone number or a company."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product

from django.db.models import QuerySet

from tactful.contacts.hot import lines as hot
from tactful.contacts.hot.lines import Found
from tactful.contacts.hot.words import beginning_a_name, beginning_somewhere, exactly, prefix, whole
from tactful.contacts.models import Contact
from tactful.contacts.rules.names import sort_key
from tactful.contacts.rules.searching import corrections, matches, nearly, number_of, terms, trigrams
from tactful.contacts.types import ContactLine

MOST_CANDIDATES = 1_000
"""Of a term that more clients share, some are shown, and more letters are needed to find one of them."""
MOST_MEANINGS = 8
"""Of what somebody may have meant by several words with mistakes, so many are looked for by name."""
LAST_LETTER = "\uffff"

Lines = tuple[ContactLine, ...]
IsMeant = Callable[[Found], bool]


def search(query: str, *, limit: int = 20) -> Lines:
    """Contacts whose name, mail, phone or company holds every word of ``query``, in any part of it.

    Words of three letters and more use the trigram index, shorter ones the beginnings of words. Where nobody
    is found so, a word of five letters and more may hold one mistake.
    """
    words = terms(query)
    if not words:
        return ()
    return _by_name(words, limit) or _exactly(words, limit) or _with_a_mistake(words, limit)


def _by_name(words: Sequence[str], limit: int) -> Lines:
    """The first of those whose name begins so, if they are enough to show: a family name that many share
    is read in the order of the list, and the others are not looked for. Else none."""
    found = _named(words, limit)
    return found if len(found) == limit else ()


def _named(words: Sequence[str], limit: int) -> Lines:
    """The first of those whose name begins with these words, in whatever order they were given."""
    if any(letter.isdigit() for word in words for letter in word):
        return ()
    ids: set[int] = set()
    for turned in {tuple(words), (*words[1:], words[0]), (words[-1], *words[:-1])}:
        if key := sort_key(" ".join(turned)):
            rows = Contact.objects.filter(sort_key__gte=key, sort_key__lt=key + LAST_LETTER)
            ids.update(rows.order_by("sort_key", "id").values_list("id", flat=True)[:limit])
    really = (each.line for each in hot.found(ids) if _holds(words)(each))
    return tuple(really)[:limit]


def _exactly(words: Sequence[str], limit: int) -> Lines:
    return _first(matching(words), limit, _holds([word for word in words if len(word) > 3]))


def _holds(words: Sequence[str]) -> IsMeant:
    return lambda each: matches(words, each.names, each.mails, each.phones)


def _first(candidates: QuerySet[Contact], limit: int, is_meant: IsMeant) -> Lines:
    """Of those that the indexes find, the first ones as they are listed. In two steps: in one, PostgreSQL may
    walk the whole list and ask of each whether it is among them."""
    keys = sorted(candidates.order_by().values_list("sort_key", "id")[:MOST_CANDIDATES])
    ids = [ident for _, ident in keys]
    really: list[ContactLine] = []
    for some in (ids[:limit], ids[limit : 3 * limit], ids[3 * limit :]):  # pieces of words lie seldom
        if len(really) < limit and some:
            really += (each.line for each in hot.found(some) if is_meant(each))
    return tuple(really[:limit])


def _with_a_mistake(words: Sequence[str], limit: int) -> Lines:
    """By the words that may have been meant: of some hundred that one mistake makes of a word, few are a word
    of anybody."""
    meant, known = _meant(words)
    meanings = list(product(*meant.values()))[1:]  # as they stand, nobody was found
    if not meanings:
        return ()
    named: set[ContactLine] = set()
    if len(meanings) <= MOST_MEANINGS:
        each = -(-limit // len(meanings))
        named.update(line for one in meanings for line in _named(one, each))
    if len(named) >= limit:
        return tuple(sorted(named, key=lambda line: (line.sort_key, line.id)))[:limit]
    rows = matching(word for word, instead in meant.items() if len(instead) == 1)
    for instead in meant.values():
        if len(instead) > 1:
            asked = [exactly(word) if word in known else prefix(word) for word in instead]
            rows = _asked(rows, " | ".join(asked))
    return _first(rows, limit, lambda each: nearly(words, each.names, each.mails, each.phones))


def _meant(words: Sequence[str]) -> tuple[Mapping[str, list[str]], set[str]]:
    """Each word, and what may have been meant by it: words that are known, or else beginnings of such; and
    which of all these are whole words. Looks for beginnings cost more, and are kept for those words of which
    nothing else is known."""
    near = {word: corrections(word) for word in words}
    known = whole(set(words).union(*near.values()))
    meant = {word: [word, *sorted(others & known)] for word, others in near.items()}
    for look in (beginning_a_name, beginning_somewhere):
        dark = [word for word, others in near.items() if others and len(meant[word]) == 1]
        begun = look(set(dark).union(*(near[word] for word in dark)))
        for word in dark:
            if word in begun:
                near[word] = set()  # it stands well as it is
            else:
                meant[word] += sorted(near[word] & begun)
    return meant, known


def matching(words: Iterable[str]) -> QuerySet[Contact]:
    """Candidates for ``search``, through the two GIN indexes. Not to be asked within another query."""
    rows = Contact.objects.all()
    for word in words:
        pieces = sorted(map(number_of, trigrams(word)))
        rows = rows.filter(pieces__contains=pieces) if pieces else _asked(rows, prefix(word))
    return rows


def _asked(rows: QuerySet[Contact], asked: str) -> QuerySet[Contact]:
    """``asked``: a tsquery."""
    return rows.extra(where=["contact.search @@ %s::tsquery"], params=[asked])
