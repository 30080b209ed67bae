"""An invented story as an address: whom it is about, what is known, and what happens when.

The whole story stands in the query of the page, so it can be shared, and every step is undone by going
back. ``read_trial`` and ``Trial.query`` are each other's inverse.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import QueryDict

from tactful.web.access import number

LANGUAGES = ("nb", "en")
LENGTHS = (14, 30, 90, 183, 366)  # days
MOST = 60  # happenings
LATER: Mapping[str, timedelta] = {
    "same": timedelta(),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "three": timedelta(days=3),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
}
LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class Happening:
    """``what``: a code of ``build.happenings``. ``at``: aware. ``data``: values as they were typed."""

    what: str
    at: datetime
    data: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """``client``: of the business, None for an invented one. ``facts``: values as they were typed."""

    client: int | None
    language: str
    consent: bool
    since: datetime
    days: int
    facts: tuple[tuple[str, str], ...]
    happenings: tuple[Happening, ...]
    is_new: bool = False

    @property
    def until(self) -> datetime:
        return self.since + timedelta(days=self.days)

    @property
    def last(self) -> datetime:
        return max((each.at for each in self.happenings), default=self.since)

    def with_one(self, what: str, at: datetime, data: Iterable[tuple[str, str]] = ()) -> "Trial":
        if len(self.happenings) >= MOST:
            return self
        added = (*self.happenings, Happening(what, at, tuple(data)))
        return replace(self, happenings=tuple(sorted(added, key=lambda each: each.at)))

    def query(self, more: Mapping[str, str] | None = None) -> str:
        zone = self.since.tzinfo
        pairs = [
            ("who", str(self.client or "")),
            ("lang", self.language),
            ("ads", "yes" if self.consent else "no"),
            ("from", _local(self.since)),
            ("for", str(self.days)),
            *((f"f.{name}", value) for name, value in self.facts),
        ]
        for place, each in enumerate(self.happenings):
            pairs += [(f"{place}.what", each.what), (f"{place}.at", _local(each.at.astimezone(zone)))]
            pairs += [(f"{place}.d.{name}", value) for name, value in each.data]
        return urlencode([*(more or {}).items(), *pairs])


def _local(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M")


def read_trial(given: QueryDict, zone: str, otherwise: datetime, language: str) -> Trial:
    """``otherwise``: when a story begins that does not say. What cannot be read is left out, and so is the
    happening that ``drop`` names by its place in the form."""
    local = ZoneInfo(zone)
    since = _moment(given.get("from", ""), local) or otherwise.astimezone(local)
    days = given.get("for", "")
    spoken = given.get("lang", "")
    return Trial(
        client=number(given.get("who", "")),
        language=spoken if spoken in LANGUAGES else language,
        consent=given.get("ads", "yes") != "no",
        since=since,
        days=found if (found := number(days)) in LENGTHS and found is not None else 90,
        facts=tuple(
            (name[2:], str(value)[:LONGEST_VALUE])
            for name, value in sorted(given.items())
            if name.startswith("f.")
        ),
        happenings=tuple(_happenings(given, local)),
        is_new="from" not in given,
    )


def _happenings(given: QueryDict, zone: ZoneInfo) -> list[Happening]:
    found = []
    places = sorted(
        place for name in given if name.endswith(".what") and (place := number(name[:-5])) is not None
    )
    dropped = given.get("drop", "")
    for place in [each for each in places if str(each) != dropped][:MOST]:
        at = _moment(given.get(f"{place}.at", ""), zone)
        what = given.get(f"{place}.what", "")
        mark = f"{place}.d."
        data = tuple(
            (name.removeprefix(mark), str(value)[:LONGEST_VALUE])
            for name, value in given.items()
            if name.startswith(mark)
        )
        if at is not None and what:
            found.append(Happening(what[:120], at, data))
    return sorted(found, key=lambda each: each.at)


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not 1990 <= at.year <= 2200:
        return None
    return at.replace(tzinfo=zone) if at.tzinfo is None else at.astimezone(zone)
