"""Which of some words begin a word of anybody."""

from collections.abc import Sequence

from django.db import transaction

from tactful.foundation import pg

#: One look into the index for each: in one query for all, every client whom one of them finds is held against
#: all others. PostgreSQL expects each to be common, and would sooner read the clients until it meets one.
_BEGINNING = """SELECT u.word FROM unnest(%s::text[], %s::text[]) AS u(word, asked)
WHERE EXISTS (SELECT FROM contact WHERE search @@ u.asked::tsquery)"""
_BY_INDEX = "SELECT set_config('enable_seqscan', %s, true)"


def beginning_somewhere(words: Sequence[str]) -> set[str]:
    """Half a millisecond for ten of them."""
    if not words:
        return set()
    with transaction.atomic():
        pg.many(_BY_INDEX, ["off"])
        found = pg.many(_BEGINNING, [pg.texts(words), pg.texts(map(prefix, words))])
        pg.many(_BY_INDEX, ["on"])
    return {word for (word,) in found}


def prefix(word: str) -> str:
    """As a tsquery: what begins so."""
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}':*"
