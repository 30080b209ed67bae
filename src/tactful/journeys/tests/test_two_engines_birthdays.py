"""Birthdays that move while a journey for them rests: told as they come, and by both engines alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import pytest

from tactful.journeys.rules.dates import CONTACT_UPDATED
from tactful.journeys.types import (
    END,
    Compare,
    DateEntry,
    Definition,
    Delay,
    Op,
    Reentry,
    ReentryMode,
    Ref,
    Source,
    Text,
    Update,
    Wait,
)

from .build import MONDAY, hours
from .invented import DAY, Fate, Story
from .test_two_engines import on_both
from .told import Happened

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
NUMBER, NONE = 124, timedelta()


@dataclass(frozen=True)
class Case:
    """``stays``: hours from its beginning to its end. ``edits``: the client is edited so many hours after
    Monday at eight, and then born on that day of March, or as before. ``begun``: when it begins, likewise."""

    what: str
    stays: int
    edits: Sequence[tuple[int, int | None]]
    begun: Sequence[int]
    cooldown: timedelta = 2 * DAY
    first: int = 14  # the day before it, at nine in Oslo: 264 hours after Monday
    earlier: int = 24  # hours
    late: int = 0  # an edit was made so many hours before it is told

    def story(self) -> Story:
        told = [
            Happened(
                MONDAY + hours(at), CONTACT_UPDATED, {"fields": ["born"]}, MONDAY + hours(at - self.late)
            )
            for at, _ in self.edits
        ]
        born = [(MONDAY - DAY, _day(self.first))]
        born += [(MONDAY + hours(at), _day(day)) for at, day in self.edits if day is not None]
        return Story(NUMBER, self.journey(), told, [Fate(0, 0)], MONDAY, born, {})

    def journey(self) -> Definition:
        own = Compare(Ref(Source.ATTRIBUTE, "story"), Op.IS, NUMBER)
        rest = Wait("b", END, Delay(elapsed=hours(self.stays)))
        return Definition(
            f"story-{NUMBER}",
            Text("S", "S"),
            DateEntry("contact.attribute.born", hours(self.earlier), yearly=True, at=time(9), condition=own),
            (Update("a", "b" if self.stays else END, {"tier": "gold"}), *([rest] if self.stays else [])),
            reentry=Reentry(ReentryMode.AFTER_LEAVING, self.cooldown),
        )


def _day(day: int) -> str:
    return f"1980-03-{day:02}"


CASES = (
    Case("it falls within the cool-down: no edit greets late", 84, [(372, 19), (396, None)], [264]),
    Case("edited when the cool-down is over, before its hour", 84, [(372, 19), (383, None)], [264]),
    Case("the cool-down is over by its hour, though not when it is told", 92, [(372, 19)], [264, 384], DAY),
    Case("told in time of a day after the cool-down", 12, [(372, 19), (396, None)], [264, 384]),
    Case("it moved to that day itself: no edit greets twice", 8, [(270, 15), (300, None)], [264, 288], NONE),
    Case("at once over: an edit on the day greets nobody twice", 0, [(270, None)], [264], NONE),
    Case("over at once, moved and greeted, then edited", 0, [(300, 19), (390, None)], [264, 384], NONE),
    Case("an earlier day, while a later one stands ready", 0, [(252, 13), (270, None)], [252], NONE),
    Case("an earlier day, while only the live engine has a row", 9, [(220, 12)], [220], NONE, 14, 36, 24),
    Case("moved away and past while only the live engine has a row, then to one that has just begun", 84,
         [(97, 4), (299, 15), (373, 3)], [299], first=9, earlier=36),
    Case("an edit told late moves it away, and the next one to another day", 8,
         [(60, 19), (177, 12), (178, 3), (293, 17)], [324], NONE, 14, 36, 48),
    Case("moved away before its day and back: as if it had stood still", 8, [(250, 3), (256, 14)], [264]),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_birthdays_that_move(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tactful.journeys.rules.definition.problems_of", lambda *_: ())
    (tale,) = on_both([case.story()], monkeypatch)
    begun: list[datetime] = [stay.since for walk in tale.walks for stay in walk.stays if stay.step == "a"]
    assert sorted(begun) == [MONDAY + hours(at) for at in case.begun]
