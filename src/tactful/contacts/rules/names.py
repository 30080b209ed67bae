"""Names of people: one order, one spelling for comparing, one key for sorting."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

#: æ, ø and å stand behind z. The database sorts by bytes (it has no ICU), so they borrow the three
#: characters that follow z in ASCII. "aa" is an old å; ä and ö are sorted like æ and ø.
_LAST = str.maketrans({"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}", "ü": "y"})
_LETTERS = str.maketrans({"ß": "ss", "ð": "d", "þ": "th", "đ": "d", "ł": "l", "œ": "oe", "\u0131": "i"})
_COMPARE = str.maketrans({"æ": "e", "ä": "e", "ø": "o", "ö": "o", "å": "a", "ü": "u"})
_PARTICLES = frozenset(
    ["van", "von", "de", "der", "den", "di", "da", "del", "la", "le", "af", "av", "al", "el"]
)
_NOT_NAMES = frozenset({"as", "asa", "ans", "da", "enk", "nuf", "sa", "jr", "sr", "phd", "md"})
_FORMS = frozenset({"as", "asa", "ans", "da", "enk", "nuf", "sa", "ba", "ltd", "limited", "ab", "gmbh"})
_TITLES = re.compile(r"^(?:hr|fru|frk|mr|mrs|ms|dr)\.?\s+", re.IGNORECASE)


_REMEMBERED = 4096  # names; files repeat firms, given names and whole families


@dataclass(frozen=True, slots=True)
class PersonName:
    full: str
    given: str = ""
    family: str = ""


@lru_cache(maxsize=_REMEMBERED)
def read_name(full: str, given: str = "", family: str = "") -> PersonName:
    """The person's name from a full name, or from its parts where the file has them.

    "Hansen, Kari" becomes "Kari Hansen", "KARI HANSEN" too; the last word is the family name,
    particles included. Empty when there is nothing that could be a name.
    """
    given, family = _spelled(given), _spelled(family)
    if given or family:
        return PersonName(f"{given} {family}".strip(), given, family)
    full = _TITLES.sub("", _spelled(_in_order(full)))
    if not re.search(r"[^\W\d_]", full):
        return PersonName("")
    words = full.split()
    at = len(words) - 1
    while at > 1 and words[at - 1].lower() in _PARTICLES:
        at -= 1
    return PersonName(full, " ".join(words[:at]) or full, " ".join(words[at:]) if at else "")


@lru_cache(maxsize=_REMEMBERED)
def sort_key(name: str) -> str:
    """Bytes in whose order Norwegian names stand: a to z, then æ, ø, å. Case and accents do not count."""
    text = unicodedata.normalize("NFC", name).casefold().translate(_LETTERS)
    text = re.sub("aa", "å", text).translate(_LAST)
    return " ".join(re.sub(r"[^\w{|}]+", " ", without_accents(text)).split())


def without_accents(text: str) -> str:
    """Letters stay, the marks on and under them go."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def person_sort_key(name: PersonName) -> str:
    """Family name first, then given name."""
    return sort_key(f"{name.family} {name.given}" if name.family else name.full)


def only_one(name: str, people: Iterable[tuple[int, str]]) -> int | None:
    """Of these, by id and name, the one who can be meant; None where there are several, or none."""
    found = [ident for ident, own in people if compatible(own, name)]
    return found[0] if len(found) == 1 else None


def compatible(one: str, other: str) -> bool:
    """Can both be the same person? "Kari Hansen" with "K. Hansen", "Kari Anne Hansen" or "Kari"."""
    left, right = _words(one), _words(other)
    if not left or not right:
        return False
    if len(left) > len(right):
        left, right = right, left
    if len(left) == 1:
        return left[0] == right[0]
    if left[-1] != right[-1] or not _same_or_initial(left[0], right[0]):
        return False
    return all(any(_same_or_initial(word, w) for w in right[1:-1]) for word in left[1:-1])


def is_full(name: str) -> bool:
    """A given name and a family name: enough to be evidence beside a phone number."""
    return len(_words(name)) > 1


@lru_cache(maxsize=_REMEMBERED)
def company_key(name: str) -> str:
    """Firms are compared without case, marks and legal form: "Kafé Kråka AS" is "kafé kråka"."""
    words = re.sub(r"[\W_]+", " ", unicodedata.normalize("NFC", name).casefold()).split()
    return " ".join(words[:-1] if len(words) > 1 and words[-1] in _FORMS else words)


def _in_order(full: str) -> str:
    left, comma, right = full.partition(",")
    words = [word.strip(".").casefold() for word in right.split()]
    if comma and words and "," not in right and words[0] not in _NOT_NAMES and left.strip():
        return f"{right.strip()} {left.strip()}"
    return full


def _spelled(text: str) -> str:
    """One space, NFC, no brackets, no control marks; capitals calmed down."""
    if not text:
        return ""
    text = unicodedata.normalize("NFC", re.sub(r"\([^)]*\)", " ", text))
    if not text.isprintable():  # else the only separator is a space, and nothing is a control mark
        text = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    text = " ".join(text.strip(" ,;").split())
    if len(text) > 3 and text.isupper():
        return re.sub(r"[^\W\d_]+", lambda word: word[0].capitalize(), text)
    return text[:200]


@lru_cache(maxsize=_REMEMBERED)
def _words(name: str) -> tuple[str, ...]:
    text = unicodedata.normalize("NFC", name).casefold().translate(_LETTERS)
    text = text.replace("aa", "å").replace("ae", "æ").replace("oe", "ø").translate(_COMPARE)
    return tuple(re.sub(r"[\W\d_]+", " ", without_accents(text)).split())


def _same_or_initial(one: str, other: str) -> bool:
    return one == other or (1 in (len(one), len(other)) and one[0] == other[0])
