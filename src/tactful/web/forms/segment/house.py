"""What of the house the lines of a segment can name: journeys, segments, tags, people, events, attributes,
computed properties."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from tactful.journeys import queries as journeys
from tactful.segments import queries
from tactful.segments.wording import Names
from tactful.tracking import queries as tracking
from tactful.web.visit import Visit


@dataclass(frozen=True, slots=True)
class House:
    """Key -> name. ``lists``: names to type, with suggestions."""

    journeys: Mapping[str, str]
    segments: Mapping[str, str]
    managers: Mapping[str, str]
    computed: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def names(self) -> Names:
        of = {("journey", key): name for key, name in self.journeys.items()}
        of |= {("segment", key): name for key, name in self.segments.items()}
        of |= {("computed", key): name for key, name in self.computed.items()}
        return Names(of | {("manager", key): name for key, name in self.managers.items()})


def house_of(visit: Visit, *, without: str = "", lists: bool = True) -> House:
    """``without``: the slug of the segment in hand, which cannot ask itself."""
    language = visit.language
    return House(
        {each.journey.slug: _name(each.journey, language) for each in journeys.all_journeys()},
        {row.slug: row.name for row in queries.Segment.objects.order_by("name") if row.slug != without},
        {user.email: user.name for user in visit.staff.values() if user.is_active and not user.is_helper},
        {row.key: row.label for row in tracking.properties()},
        _lists() if lists else {},
    )


def _lists() -> Mapping[str, tuple[str, ...]]:
    return {
        "tags": tuple(queries.tags()),
        "events": tuple(queries.event_names()),
        "attributes": tuple(queries.attribute_names()),
    }


def _name(journey: object, language: str) -> str:
    return str(getattr(journey, "name_nb" if language == "nb" else "name_en", "")) or _("a journey")
