"""In which of its languages a client gets a broadcast."""

from collections import Counter
from collections.abc import Collection, Mapping

from tactful.broadcasts.types import LANGUAGES

NORWEGIAN = ("nb", "no", "nn")


def chosen(known: str, house: str, there: Collection[str]) -> str:
    """``known``: the client's, "" is unknown; ``house``: the business's. ``there`` is not empty."""
    for wanted in (known, house, "en"):
        short = _short(wanted)
        if short in there:
            return short
    return min(there)


def without(clients: Mapping[str, int], there: Collection[str]) -> Mapping[str, int]:
    """How many read a language in which it could be written and is not. ``clients``: how many by what is
    known of each; of whom nothing is known, nothing can be missed."""
    found: Counter[str] = Counter()
    for known, count in clients.items():
        found[_short(known)] += count
    return {code: found[code] for code in LANGUAGES if there and code not in there and found[code]}


def _short(language: str) -> str:
    return "nb" if language.startswith(NORWEGIAN) else language.partition("-")[0]
