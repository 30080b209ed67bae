"""The newest words of a reply: quoted text, attribution lines and signatures go.

Our own pass knows English and Norwegian (and the Danish and Swedish that Norwegians receive) and is
linear; the library mail-parser-reply then looks for what other languages left. When nothing would be
left, everything stays: better too much than an empty message.
"""

import re
from itertools import islice

from mailparser_reply import EmailReplyParser

_LANGUAGES = ["en", "da", "sv", "de", "fr", "es", "nl", "pl", "it"]
_LIBRARY_LIMIT = 1_500  # characters; its expressions need cubic time
_SCAN_LIMIT = 5_000  # lines

_WROTE = re.compile(r"\b(wrote|writes|skrev|skreiv|skriver|schrieb|a écrit)\b", re.IGNORECASE)
_MOMENT = re.compile(r"\b\d{1,2}[:.]\d{2}\b|\b\d{4}\b|<[^<>\s]+@[^<>\s]+>|\d{1,2}[./-]\d{1,2}", re.IGNORECASE)
_DIVIDER = re.compile(
    r"^[\s>*]*[-_\u2013\u2014]{2,}\s*(original message|opprinnelig melding"
    r"|opprinneleg melding|original besked"
    r"|oprindelig meddelelse|ursprungligt meddelande|forwarded message|videresendt melding"
    r"|videresendt e-post|vidaresend melding)\s*[-_\u2013\u2014]{2,}\s*$"
    r"|^\s*(begin forwarded message|start på videresendt melding):\s*$",
    re.IGNORECASE,
)
_FROM = re.compile(r"^[\s>*]*(from|fra|frå|från|von|de)\s?:\*?\s*\S", re.IGNORECASE)
_FIELD = re.compile(
    r"^[\s>*]*(sent|date|to|cc|subject|sendt|dato|til|kopi|emne|skickat|datum|till|ämne|gesendet|an"
    r"|betreff|reply-to|svar til)\s?:",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"^\s*(sent from (my|outlook|yahoo|mail|samsung|proton)"
    r"|sendt (fra|frå) (min|mitt|outlook|yahoo|e-post|proton|samsung|mobil)"
    r"|get outlook for|hent outlook for|skaff deg outlook|last ned outlook|få outlook for)\b",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^\s*(mvh|vennlig hilsen|med vennlig hilsen|med vennleg helsing|beste hilsen|hilsen|vh|hilsen fra"
    r"|best regards|kind regards|regards|best wishes|warm regards|sincerely|yours sincerely|cheers|best)"
    r"\s*[,.!]?(\s+[\w .æøåÆØÅ-]{1,40})?\s*$",
    re.IGNORECASE,
)
_RULE = re.compile(r"^\s*_{10,}\s*$")


def newest_words(text: str) -> str:
    """``text`` without quoted text and signature; all of it if nothing else is left."""
    lines = text.replace("\r\n", "\n").replace("\u00a0", " ").split("\n")[:_SCAN_LIMIT]
    kept = _without_signature(_without_quotes(lines))
    own = "\n".join(kept).strip()
    return _second_opinion(own) or own or text.strip()


def _without_quotes(lines: list[str]) -> list[str]:
    kept: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if _DIVIDER.match(line) or _is_header_block(lines, at) or _is_ruled_header(lines, at):
            break
        if taken := _attribution(lines, at):
            at += taken
            if not _next_is_quoted(lines, at):
                break  # the quoted text has no marks, so it has no end either
            continue
        if not line.lstrip().startswith(">"):
            kept.append(line)
        at += 1
    return kept


def _attribution(lines: list[str], at: int) -> int:
    """How many lines "On … wrote:" takes here: 0 (it is none) to 3, for mail programs wrap it."""
    joined = ""
    for count, line in enumerate(islice(lines, at, at + 3), 1):
        if not line.strip():
            return 0
        joined = f"{joined} {line.strip()}"
        if len(joined) > 400:
            return 0
        if joined.endswith(":") and _WROTE.search(joined):
            certain = _MOMENT.search(joined) or _next_is_quoted(lines, at + count)
            return count if certain else 0
    return 0


def _next_is_quoted(lines: list[str], at: int) -> bool:
    return next((line.lstrip().startswith(">") for line in islice(lines, at, at + 5) if line.strip()), False)


def _is_header_block(lines: list[str], at: int) -> bool:
    if not _FROM.match(lines[at]):
        return False
    following = [line for line in islice(lines, at + 1, at + 8) if line.strip()]
    return sum(bool(_FIELD.match(line)) for line in following[:5]) >= 2


def _is_ruled_header(lines: list[str], at: int) -> bool:
    return bool(_RULE.match(lines[at])) and any(
        _is_header_block(lines, place) for place in range(at + 1, min(at + 4, len(lines)))
    )


def _without_signature(lines: list[str]) -> list[str]:
    for at, line in enumerate(lines):
        if line.rstrip() == "--" or _DEVICE.match(line):
            lines = lines[:at]
            break
    for at, line in enumerate(lines):
        if _CLOSING.match(line) and _is_signature(lines, at + 1) and any(map(str.strip, lines[:at])):
            return lines[:at]
    return lines


def _is_signature(lines: list[str], at: int) -> bool:
    """Short lines only, and nothing that asks or adds something."""
    words = list(islice(filter(None, map(str.strip, islice(lines, at, None))), 9))
    return len(words) <= 8 and all(
        len(line) <= 70 and not line.endswith("?") and not line.lower().startswith(("ps", "p.s"))
        for line in words
    )


def _second_opinion(text: str) -> str:
    if not text or len(text) > _LIBRARY_LIMIT:
        return ""
    shorter = EmailReplyParser(languages=list(_LANGUAGES)).parse_reply(text)
    return (shorter or "").strip()
