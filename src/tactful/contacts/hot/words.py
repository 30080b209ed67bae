"""Which of some words somebody is called by, whole or in part. Many are asked for, few are known."""

from collections.abc import Callable, Iterable

from django.db import transaction

from tactful.contacts.rules.names import sort_key
from tactful.foundation import pg

#: One look into the index for each: in one query for all, every client whom one of them finds is held against
#: all others. PostgreSQL expects each to be common, and would sooner read the clients until it meets one.
_SEARCHED = """SELECT u.word FROM unnest(%s::text[], %s::text[]) AS u(word, asked)
WHERE EXISTS (SELECT FROM contact WHERE search @@ u.asked::tsquery)"""
_NAMED = """SELECT u.word FROM unnest(%s::text[], %s::text[]) AS u(word, key)
WHERE EXISTS (SELECT FROM contact WHERE sort_key >= u.key AND sort_key < u.key || U&'\\FFFF')"""
_BY_INDEX = "SELECT set_config('enable_seqscan', %s, true)"


def whole(words: Iterable[str]) -> set[str]:
    """What is a word of somebody's name, company or address."""
    return _known(_SEARCHED, words, exactly)


def beginning_a_name(words: Iterable[str]) -> set[str]:
    """What somebody's name begins with, as names are sorted: the family name first."""
    return _known(_NAMED, [word for word in words if sort_key(word)], sort_key)


def beginning_somewhere(words: Iterable[str]) -> set[str]:
    """What any word begins with. One that begins many words costs as many looks."""
    return _known(_SEARCHED, words, prefix)


def _known(query: str, words: Iterable[str], asked: Callable[[str], str]) -> set[str]:
    given = sorted(words)
    if not given:
        return set()
    with transaction.atomic():
        pg.many(_BY_INDEX, ["off"])
        found = pg.many(query, [pg.texts(given), pg.texts(map(asked, given))])
        pg.many(_BY_INDEX, ["on"])
    return {word for (word,) in found}


def exactly(word: str) -> str:
    """As a tsquery: this very word."""
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'"


def prefix(word: str) -> str:
    """As a tsquery: what begins so."""
    return f"{exactly(word)}:*"
