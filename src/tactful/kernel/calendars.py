"""Public holidays of a country, and the zones in which its people may live."""

import csv
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from importlib.resources import files

import holidays


def is_holiday(day: date, country: str, subdivision: str = "") -> bool:
    """Whether ``day`` is a public holiday. ``country``: ISO 3166-1 alpha-2; one that nobody has
    listed has no public holidays, and an unlisted ``subdivision`` has those of its country."""
    return day in _of_year(country.upper(), subdivision.upper(), day.year)


@lru_cache(maxsize=4096)
def zones_of(country: str) -> tuple[str, ...]:
    """The plausible IANA zones of ``country``, in alphabetical order; none for an unknown country."""
    return tuple(sorted(_zone_table().get(country.upper(), ())))


@lru_cache(maxsize=4096)
def _of_year(country: str, subdivision: str, year: int) -> frozenset[date]:
    try:
        return frozenset(holidays.country_holidays(country, subdiv=subdivision or None, years=year))
    except NotImplementedError:
        return _of_year(country, "", year) if subdivision else frozenset()


@lru_cache(maxsize=1)
def _zone_table() -> dict[str, set[str]]:
    table: dict[str, set[str]] = {}
    for countries, name in _rows("zone.tab"):
        for country in countries.split(","):
            table.setdefault(country, set()).add(name)
    return table


def _rows(file_name: str) -> Iterator[tuple[str, str]]:
    """Country codes and zone name of each line of a table of the IANA time zone database."""
    text = files("tzdata.zoneinfo").joinpath(file_name).read_text("utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    for row in csv.reader(lines, delimiter="\t"):
        yield row[0], row[2]
