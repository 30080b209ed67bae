"""Small fields of a row: language, yes or no, organisation number, postal code, tags."""

import re
from functools import lru_cache

from .trouble import Unusable, shown

_LANGUAGES = {
    "nb": "nb no nor nob norsk bokmål bokmal norwegian nb-no no-no no_no nb_no",
    "nn": "nn nno nynorsk nn-no nn_no",
    "en": "en eng english engelsk en-gb en-us en_gb en_us",
    "sv": "sv swe swedish svensk sv-se",
    "da": "da dan danish dansk da-dk",
    "de": "de deu ger german tysk de-de",
    "pl": "pl pol polish polsk pl-pl",
}
_BY_WORD = {word: code for code, words in _LANGUAGES.items() for word in words.split()}
_YES = frozenset(
    ["ja", "j", "yes", "y", "true", "1", "x", "ok", "subscribed", "påmeldt", "samtykker", "sant"]
)
_NO = frozenset(["nei", "n", "no", "false", "0", "-", "unsubscribed", "avmeldt", "reservert", "usant"])
_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)


@lru_cache(maxsize=1024)
def read_language(text: str) -> str:
    """BCP 47 code. Raises ``Unusable`` for a language that we do not know."""
    words = re.sub(r"[().,/;]", " ", text.casefold()).split()
    for word in [text.casefold().strip(), *words]:
        if word in _BY_WORD:
            return _BY_WORD[word]
    raise Unusable("language.unknown", text=shown(text))


@lru_cache(maxsize=1024)
def read_consent(text: str) -> bool:
    word = text.casefold().strip(" .")
    if word in _YES or word in _NO:
        return word in _YES
    raise Unusable("consent.unknown", text=shown(text))


@lru_cache(maxsize=1024)
def read_org_number(text: str) -> str:
    """Nine digits whose last one is the modulus 11 check digit (weights 3 2 7 6 5 4 3 2)."""
    digits = re.sub(r"(?i)^no|mva$|[\s.\-]", "", re.sub(r"[\s.\-]", "", text.strip()))
    if not re.fullmatch(r"[0-9]{9}", digits):
        raise Unusable("org.digits", text=shown(text))
    rest = 11 - sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=False)) % 11
    if rest % 11 != int(digits[8]) or rest == 10:
        raise Unusable("org.check", text=shown(text))
    return digits


def read_postal(postal: str, city: str) -> tuple[str, str]:
    """Postal code and town; "5005 Bergen" in either cell is taken apart. Excel's lost zero is put back."""
    if not postal and (not city or city.isalpha()):
        return "", city
    for cell in (postal, city):
        if match := re.fullmatch(r"(?:N-|NO-)?(\d{4})\s+(\D.*)", cell):
            return match[1], city if cell is postal and city else match[2]
    return (postal.zfill(4) if re.fullmatch(r"\d{3}", postal) else postal), city


@lru_cache(maxsize=1024)
def read_tags(text: str) -> tuple[str, ...]:
    parts = (" ".join(part.split()).casefold()[:60] for part in re.split(r"[;,|\n]|:::", text))
    return tuple(dict.fromkeys(part for part in parts if part and part != "* mycontacts"))
