"""What the words of a broadcast may say of each client beside the name: ``{{ orders | default: "some" }}``.

Such a field is a computed property. Its default is what stands there for clients of whom it is not known;
without one nothing goes out, for nobody wants to read "you have  points".
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from tactful.broadcasts.types import Words

LONGEST: Final = 61  # letters of a name in a template
FACT: Final = "contact.computed."
OWN: Final = frozenset({"given_name", "sender_name", "company", "business"})
_PUT_IN: Final = re.compile(
    r"""\{\{-?\s*(?P<name>[a-z][a-z0-9_]{0,60})\s*(?:\|\s*default:\s*(?:"(?P<a>[^"]*)"|'(?P<b>[^']*)')\s*)?-?\}\}"""
)
_NEVER_INSIDE: Final = str.maketrans({"'": "\u2019", "{": "(", "}": ")"})


def defaults(words: Words) -> dict[str, str]:
    """By name, what each field says where nothing is known; the first that is given."""
    found: dict[str, str] = {}
    for name, default in _said(words):
        if default is not None:
            found.setdefault(name, default)
    return found


def plain(text: str) -> str:
    """The defaults are declared; what stays in the text is the name."""
    return _PUT_IN.sub(lambda it: it[0] if it["name"] in OWN else "{{ " + it["name"] + " }}", text)


def written(text: str, values: Mapping[str, str]) -> str:
    """The other way round: what is declared stands in the text again. ``values``: by name; a field that says
    one already keeps it. In single quotation marks: it may stand inside an address that has the double."""

    def said(it: re.Match[str]) -> str:
        default = values.get(it["name"], "")
        if it["name"] in OWN or not default or it["a"] is not None or it["b"] is not None:
            return it[0]
        return f"{{{{ {it['name']} | default: '{default.translate(_NEVER_INSIDE)}' }}}}"

    return _PUT_IN.sub(said, text)


def variables(words: Words) -> Mapping[str, str]:
    """As ``delivery.types.NewMessage`` takes them: each is read at the moment of sending."""
    return {f"@{name}": FACT + name for name in defaults(words)}


def wrong(words: Words, known: Collection[str]) -> Iterator[tuple[str, str]]:
    """(code, name) for each field that cannot be put in: its ``default`` is missing, ``two`` of them differ,
    or it is ``unknown`` here."""
    first: dict[str, str] = {}
    told: set[tuple[str, str]] = set()
    for name, default in _said(words):
        code = _code(first, name, default, known)
        if code and (code, name) not in told:
            told.add((code, name))
            yield code, name


def _code(first: dict[str, str], name: str, default: str | None, known: Collection[str]) -> str:
    if name not in known:
        return "unknown" if default is not None else ""  # the template itself says what else is amiss
    if not default:
        return "default"
    return "" if first.setdefault(name, default) == default else "two"


def _said(words: Words) -> Iterator[tuple[str, str | None]]:
    for text in (words.subject, words.preheader, words.body):
        for found in _PUT_IN.finditer(text):
            if found["name"] not in OWN:
                yield found["name"], found["a"] if found["a"] is not None else found["b"]
