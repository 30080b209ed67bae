"""Moments and amounts as a colleague would say them, in English and in Norwegian Bokmål.

Pure: datetimes come in local time already (the caller knows the zone), ``now`` is given, and
``language`` is a BCP 47 tag; all Norwegian tags count as Bokmål, everything else as English.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

NBSP: Final = "\u00a0"

_DAYS: Final = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "nb": ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"),
}
_MONTHS: Final = {
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    "nb": (
        *("januar", "februar", "mars", "april", "mai", "juni"),
        *("juli", "august", "september", "oktober", "november", "desember"),
    ),
}
_NEAR_DAYS: Final = {
    "en": {-1: "yesterday", 0: "today", 1: "tomorrow"},
    "nb": {-1: "i går", 0: "i dag", 1: "i morgen"},
}
_SMALL: Final = {
    "en": (
        *("no", "one", "two", "three", "four", "five", "six"),
        *("seven", "eight", "nine", "ten", "eleven", "twelve"),
    ),
    "nb": (
        *("ingen", "én", "to", "tre", "fire", "fem", "seks"),
        *("sju", "åtte", "ni", "ti", "elleve", "tolv"),
    ),
}


def known(language: str) -> str:
    """``nb`` for every Norwegian tag, else ``en``."""
    return "nb" if language.lower()[:2] in {"nb", "no", "nn"} else "en"


def clock_time(at: datetime, language: str) -> str:
    """``09:00`` or ``kl. 09:00``."""
    time = at.strftime("%H:%M")
    return f"kl.{NBSP}{time}" if known(language) == "nb" else time


def day_date(day: date, language: str, *, year: bool = False) -> str:
    """``9 April`` or ``9. april``; with the year if asked."""
    lang = known(language)
    month = _MONTHS[lang][day.month - 1]
    number = f"{day.day}." if lang == "nb" else str(day.day)
    text = f"{number}{NBSP}{month}"
    return f"{text} {day.year}" if year else text


def day_name(day: date, language: str) -> str:
    """``Thursday 9 April`` or ``torsdag 9. april``."""
    return f"{_DAYS[known(language)][day.weekday()]} {day_date(day, language)}"


def day_mark(day: date, today: date, language: str) -> str:
    """``today``, ``yesterday``, else the day with its name."""
    word = _NEAR_DAYS[known(language)].get((day - today).days)
    return word or day_name(day, language)


def short_day(day: date, language: str) -> str:
    """``Thu`` or ``tor``."""
    return _DAYS[known(language)][day.weekday()][:3]


def day_brief(at: datetime, language: str) -> str:
    """``Thu 09:42`` or ``tor 09:42``, where a phone leaves no room for more."""
    return f"{short_day(at, language)} {at:%H:%M}"


def day_and_time(at: datetime, language: str) -> str:
    """``Thursday 9 April, 09:42`` or ``torsdag 9. april, kl. 09:42``."""
    return f"{day_name(at, language)}, {clock_time(at, language)}"


def near(at: datetime, now: datetime, language: str) -> str:
    """The shortest wording that is still plain: ``today 11:30``, ``Fri 12:00``, ``23 April``."""
    lang = known(language)
    days = (at.date() - now.date()).days
    word = _NEAR_DAYS[lang].get(days)
    if word is not None:
        return f"{word} {clock_time(at, lang)}"
    if abs(days) < 7:
        return day_brief(at, lang)
    return day_date(at, lang, year=at.year != now.year)


def until(at: datetime, now: datetime, language: str) -> str:
    """For the end of something, shorter than ``near``: ``in 20 minutes``, ``15:00``, ``Fri 12:00``."""
    left, days = at - now, (at.date() - now.date()).days
    if timedelta() < left <= timedelta(hours=1):
        minutes = max(1, round(left.total_seconds() / 60))
        if known(language) == "nb":
            return "om ett minutt" if minutes == 1 else f"om {minutes} minutter"
        return "in a minute" if minutes == 1 else f"in {minutes} minutes"
    if days == 0:
        return clock_time(at, language)
    return day_brief(at, language) if 0 < days < 7 else near(at, now, language)


def since(at: datetime, now: datetime, language: str) -> str:
    """For lists, as short as can be: ``42 min``, ``09:31``, ``Wed``, ``9 April``."""
    ago = now - at
    days = (now.date() - at.date()).days
    if timedelta() <= ago < timedelta(hours=1):
        return f"{int(ago.total_seconds() // 60)} min"
    if days == 0:
        return at.strftime("%H:%M")
    if 0 < days < 7:
        return short_day(at, language)
    return day_date(at, language, year=at.year != now.year)


def duration(length: timedelta, language: str) -> str:
    """The one unit that says most: ``20 minutes``, ``5 hours``, ``3 days``."""
    lang, minutes = known(language), round(length.total_seconds() / 60)
    for unit, size in (("day", 1440), ("hour", 60), ("minute", 1)):
        if minutes >= 2 * size or (unit == "minute") or (minutes >= size and minutes % size == 0):
            count = max(1, round(minutes / size))
            return f"{number(count, lang)} {_UNITS[lang][unit][count != 1]}"
    raise AssertionError("The last unit takes every length.")


_UNITS: Final = {
    "en": {"day": ("day", "days"), "hour": ("hour", "hours"), "minute": ("minute", "minutes")},
    "nb": {"day": ("dag", "dager"), "hour": ("time", "timer"), "minute": ("minutt", "minutter")},
}


def number(value: float | Decimal, language: str) -> str:
    """Thousands by a hard space, decimals by the language's mark: ``12 400``, ``1,2``."""
    text = f"{value:,}".replace(",", NBSP)
    return text.replace(".", ",") if known(language) == "nb" else text


def amount(value: int | Decimal, language: str, currency: str = "NOK") -> str:
    """``14 800 kr`` in Bokmål, ``NOK 14 800`` in English."""
    figure = number(value, language)
    if known(language) == "nb":
        return f"{figure}{NBSP}{'kr' if currency == 'NOK' else currency}"
    return f"{currency}{NBSP}{figure}"


def in_words(value: int, language: str) -> str:
    """Zero to twelve as a word (``four``, ``fire``), more as figures."""
    small = _SMALL[known(language)]
    return small[value] if 0 <= value < len(small) else number(value, language)


def quoted(text: str, language: str) -> str:
    """``“…”`` or ``«…»``."""
    return f"«{text}»" if known(language) == "nb" else f"“{text}”"


def file_size(size: int, language: str) -> str:
    """Bytes as people say them: ``340 kB``, ``2.1 MB``."""
    if size < 1_000_000:
        return f"{number(max(1, round(size / 1000)), language)}{NBSP}kB"
    return f"{number(round(size / 1_000_000, 1), language)}{NBSP}MB"
