"""What a search looks into: how words begin, and three-letter pieces for the middle of a word.

By how they begin only short words are looked for, and those with a mistake in them, in which there is no
digit: so the beginnings end before the first one. Numbers are found by their pieces, and what no two
clients have in common is what an index has most trouble with.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from .names import without_accents

_KEEP = str.maketrans({"æ": "\ue000", "ø": "\ue001", "å": "\ue002"})
_BACK = str.maketrans({"\ue000": "æ", "\ue001": "ø", "\ue002": "å"})
_MARKS = re.compile(r"[\W_]+")
_NO_DIGIT = re.compile(r"\D")
_DIGIT = re.compile(r"\d")
_PHONE = re.compile(r"[+\d][\d\s()\-./]*")


class Searchable(NamedTuple):
    """``words``, as far as they are looked for, for a tsvector, ``pieces`` for the trigram array; sorted,
    each once."""

    words: list[str]
    pieces: list[str]


def fold(text: str) -> str:
    """Lower case, accents off, but æ, ø and å stay letters of their own."""
    if text.isascii():
        return " ".join(text.lower().replace("\0", "").split())
    text = unicodedata.normalize("NFC", text).casefold().translate(_KEEP)
    return " ".join(without_accents(text).translate(_BACK).replace("\0", "").split())


def searchable(names: Iterable[str], mails: Iterable[str], phones: Iterable[str]) -> Searchable:
    """``names``: person and company; ``phones`` in E.164. Whole words keep their marks ("o'brien")."""
    texts = [*map(_begun_name, filter(None, names)), *map(_begun, mails)]
    found = [*texts, *(_whole(*_digits(phone)) for phone in phones)]
    words = {word for own in found for word in own.words}
    return Searchable(sorted(words), sorted({piece for own in found for piece in own.pieces}))


def written_down(
    names: Iterable[str], mails: Iterable[str], phones: Iterable[str]
) -> tuple[list[str], bytes]:
    """``searchable`` for a client as most are, in half of the time: the words, and ``elements`` of the pieces
    in any order. What comes again and again (names, firms, domains) is put together but once."""
    often = [*map(_begun_name, filter(None, names))]
    words: set[str] = set()
    pieces: set[str] = set()
    for mail in mails:
        if mail.isascii() and mail.islower() and mail.isprintable() and " " not in mail:
            often.append(_take_plain_mail(mail, words, pieces))
        else:
            often.append(_begun(mail))
    for phone in phones:
        digits = phone[1:]
        if not (phone[:1] == "+" and digits.isascii() and digits.isdecimal()):
            digits = _NO_DIGIT.sub("", phone)
        if digits:
            words.add(digits[:LONGEST_SHORT])
            pieces.update([digits[n : n + 3] for n in range(len(digits) - 2)])
    for own in often:
        words |= own.words
    return sorted(words), _put_together(often, pieces)


def _put_together(often: Iterable["Begun"], pieces: set[str]) -> bytes:
    """Elements, each once."""
    ready: list[bytes] = []
    done: set[str] = set()
    for own in often:
        if done.isdisjoint(own.pieces):
            done |= own.pieces
            ready.append(own.elements)
        else:
            pieces |= own.pieces
    return b"".join((elements(pieces - done), *ready))


def _take_plain_mail(mail: str, words: set[str], pieces: set[str]) -> "Begun":
    """One word, as it is. Where it ends, as far as it is kept, before its @, so does that part of it. Answers
    with what its domain has."""
    at = mail.find("@") if "@" in mail else len(mail)
    head, local, whole = mail[: at + 2], mail[:at], begun(mail)
    words.add(whole)
    if not local.isalnum():
        words.update(map(begun, filter(None, _MARKS.split(local))))
    elif len(whole) > at:
        words.add(begun(local))
    pieces.update([head[n : n + 3] for n in range(len(head) - 2)])
    return _begun_domain(mail[at:])


class Begun(NamedTuple):
    words: frozenset[str]
    pieces: frozenset[str]
    elements: bytes


def _whole(words: Iterable[str], pieces: Iterable[str]) -> Begun:
    kept = frozenset(pieces)
    return Begun(frozenset(map(begun, words)), kept, elements(kept))


def _begun(text: str) -> Begun:
    return _whole(*_split(text))


@lru_cache(maxsize=4096)
def _begun_name(name: str) -> Begun:
    return _begun(name)


@lru_cache(maxsize=1024)
def _begun_domain(text: str) -> Begun:
    """A plain address from its @ on."""
    return _whole(filter(None, _MARKS.split(text)), trigrams(text))


def trigrams(word: str) -> set[str]:
    return {word[at : at + 3] for at in range(len(word) - 2)}


def number_of(piece: str) -> int:
    """The piece as clients and their index hold it: numbers are compared in a tenth of the time. Letters of
    one byte each have a number of their own; what others share is told apart by ``matches``."""
    first, second, third = map(ord, piece)
    return ((first << 16) + (second << 8) + third) & 0x7FFF_FFFF


_NEXT = "\0\0\0\4\0"  # in binary form an integer has four bytes, the first of which is nothing here


def elements(pieces: Iterable[str]) -> bytes:
    """Their numbers as elements of an ``integer[]`` in PostgreSQL's binary form, each behind its size."""
    try:
        return _NEXT.join(["", *pieces]).encode("latin-1")
    except UnicodeEncodeError:
        return b"".join([b"\0\0\0\4" + number_of(piece).to_bytes(4, "big") for piece in pieces])


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


SHORTEST_MISTYPED, LONGEST_MISTYPED = 5, 30
LONGEST_SHORT, LONGEST_BEGUN = 2, LONGEST_MISTYPED + 1
"""Letters of a word that is too short for pieces, and of one that a mistake has made longer."""
LETTERS = "abcdefghijklmnopqrstuvwxyzæøå'-"


def begun(word: str) -> str:
    """As much of a word as anybody looks for by its beginning."""
    digit = None if word.isalpha() else _DIGIT.search(word)
    return word[: min(max(digit.start(), LONGEST_SHORT), LONGEST_BEGUN) if digit else LONGEST_BEGUN]


def may_be_mistyped(term: str) -> bool:
    """Not a number, nor a word so short that it would be half of another one, nor one so long that it is no
    name: each of its letters would cost some sixty looks into the index."""
    return SHORTEST_MISTYPED <= len(term) <= LONGEST_MISTYPED and not any(letter.isdigit() for letter in term)


def corrections(term: str) -> set[str]:
    """How the words may begin that a person meant, if one mistake was made: one letter more, less, another,
    or two turned round. Some four hundred for a word; what most of them begin is no word at all."""
    if not may_be_mistyped(term):
        return set()
    cuts = [(term[:at], term[at:]) for at in range(len(term))]
    found = {left + right[1:] for left, right in cuts}
    found |= {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    found |= {
        left + letter + rest for left, right in cuts for letter in LETTERS for rest in (right, right[1:])
    }
    return found - {term}


def nearly(
    query_terms: Iterable[str], names: Iterable[str], mails: Iterable[str], phones: Iterable[str]
) -> bool:
    """As ``matches``, where each longer word may hold one mistake."""
    words = _words(names, mails, phones)
    return all(any(term in word or _one_off(term, word) for word in words) for term in query_terms)


def _one_off(term: str, word: str) -> bool:
    """Is the word, or its beginning, the term with one mistake in it?"""
    if not may_be_mistyped(term):
        return False
    return any(_differs_by_one(term, word[:length]) for length in range(len(term) - 1, len(term) + 2))


def _differs_by_one(one: str, other: str) -> bool:
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    at = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    turned = one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
    return turned or one[at + 1 :] == other[at + 1 :]


def _words(names: Iterable[str], mails: Iterable[str], phones: Iterable[str]) -> set[str]:
    found = (*map(_known_name, names), *map(_split, mails), *map(_digits, phones))
    return {word for words, _ in found for word in words}


def _split(text: str) -> tuple[set[str], set[str]]:
    """Each word whole and in its parts; and the pieces of the whole ones, which are all that there are."""
    words = fold(text).split()
    pieces = {word[at : at + 3] for word in words for at in range(len(word) - 2)}
    return {*words, *(part for word in words for part in _MARKS.split(word) if part)}, pieces


def _digits(phone: str) -> tuple[set[str], set[str]]:
    digits = _NO_DIGIT.sub("", phone)
    return ({digits} if digits else set()), trigrams(digits)


@lru_cache(maxsize=4096)
def _known_name(name: str) -> tuple[set[str], set[str]]:
    return _split(name)
