"""What a search looks into: words for prefixes, three-letter pieces for the middle of a word."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_KEEP = str.maketrans({"æ": "\ue000", "ø": "\ue001", "å": "\ue002"})
_BACK = str.maketrans({"\ue000": "æ", "\ue001": "ø", "\ue002": "å"})
_PHONE = re.compile(r"[+\d][\d\s()\-./]*")


@dataclass(frozen=True, slots=True)
class Searchable:
    """``words`` for a tsvector, ``pieces`` for the trigram array; sorted, each once."""

    words: tuple[str, ...]
    pieces: tuple[str, ...]


def fold(text: str) -> str:
    """Lower case, accents off, but æ, ø and å stay letters of their own."""
    text = unicodedata.normalize("NFC", text).casefold().translate(_KEEP)
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return " ".join(plain.translate(_BACK).replace("\0", "").split())


def searchable(names: Iterable[str], mails: Iterable[str], phones: Iterable[str]) -> Searchable:
    """``names``: person and company; ``phones`` in E.164. Whole words keep their marks ("o'brien")."""
    words = _words(names, mails, phones)
    pieces = {piece for word in words for piece in trigrams(word)}
    return Searchable(tuple(sorted(words)), tuple(sorted(pieces)))


def trigrams(word: str) -> set[str]:
    return {word[at : at + 3] for at in range(len(word) - 2)}


def terms(query: str) -> tuple[str, ...]:
    """The words that must all be found. What looks like a phone number is one term of digits."""
    if _PHONE.fullmatch(query.strip()):
        digits = re.sub(r"\D", "", query)
        return (digits.removeprefix("00") or digits,) if digits else ()
    return tuple(dict.fromkeys(fold(query)[:200].split()))[:8]


def matches(
    query_terms: Iterable[str], names: Iterable[str], mails: Iterable[str], phones: Iterable[str]
) -> bool:
    """Is every term really inside some word? Three-letter pieces alone can lie."""
    words = _words(names, mails, phones)
    return all(any(term in word for word in words) for term in query_terms)


def _words(names: Iterable[str], mails: Iterable[str], phones: Iterable[str]) -> set[str]:
    words: set[str] = set()
    for text in (*names, *mails):
        for word in fold(text).split():
            words |= {word, *re.split(r"[\W_]+", word)}
    for phone in phones:
        words.add(re.sub(r"\D", "", phone))
    return words - {""}
