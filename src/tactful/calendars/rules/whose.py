"""Whose an appointment is: by strong evidence only; everything else is asked."""

import re

from tactful.calendars.types import Known, Occurrence, Signs
from tactful.contacts.rules.addresses import read_mail, read_phone
from tactful.contacts.rules.trouble import Unusable

_MAIL = re.compile(r"[^\s<>()\[\],;:\"']{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}")
_PHONE = re.compile(r"(?<![\w/.-])\+?\(?\d[\d ()]{6,18}\d(?![\w/.-])")
_WORD = re.compile(r"[^\W\d_][\w'\u2019.-]*", re.UNICODE)
MOST_WORDS = 12
LONGEST_NAME = 4  # words


def signs(occurrence: Occurrence, region: str) -> Signs:
    text = f"{occurrence.title}\n{occurrence.description}"
    return Signs(
        attendees=_mails(occurrence.attendees),
        mails=_mails(_MAIL.findall(text)[:20]),
        phones=_phones(_PHONE.findall(text)[:20], region),
        names=_names(occurrence.title),
    )


def _mails(given: "tuple[str, ...] | list[str]") -> tuple[str, ...]:
    found: dict[str, None] = {}
    for each in given:
        try:
            found[read_mail(each)] = None
        except Unusable:
            continue
    return tuple(found)


def _phones(given: list[str], region: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for each in given:
        try:
            found[read_phone(each, region)] = None
        except Unusable:
            continue
    return tuple(found)


def _names(title: str) -> tuple[str, ...]:
    """Whatever in a title may be a full name: two to four words that follow each other."""
    words = _WORD.findall(title)[:MOST_WORDS]
    return tuple(
        dict.fromkeys(
            " ".join(words[start : start + length])
            for length in range(2, LONGEST_NAME + 1)
            for start in range(len(words) - length + 1)
        )
    )


def whose(said: Signs, known: Known) -> int | None:
    """The one client whom the strongest evidence names: who is invited, else an address in the text, else a
    full name that only one client has. Where it names two, nobody."""
    invited = {known.mails[mail] for mail in said.attendees if mail in known.mails}
    if invited:
        return _only(invited)
    written = {known.mails[mail] for mail in said.mails if mail in known.mails}
    written |= {known.phones[phone] for phone in said.phones if phone in known.phones}
    if written:
        return _only(written)
    named = [known.names[name] for name in said.names if name in known.names]
    return _only(frozenset().union(*named)) if named else None


def _only(found: "set[int] | frozenset[int]") -> int | None:
    return next(iter(found)) if len(found) == 1 else None
