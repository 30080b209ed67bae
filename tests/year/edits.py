"""Journeys that are changed while people walk them, lines that move, people moved by hand."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import yaml

from tactful.journeys import actions as journeys
from tactful.journeys import recipes
from tactful.journeys.actions import Passage
from tactful.journeys.models import Enrolment, Journey, JourneySpell
from tactful.touchpoints.actions import decide
from tactful.touchpoints.models import Touchpoint
from tactful.touchpoints.types import Line
from tactful.wiring.journey_facts import loader
from tests.year.world import World

RATES = {"edit": 14, "rest": 4, "line": 5, "hand": 30}  # a year


class Edits:
    def __init__(self, world: World) -> None:
        self.world = world
        self.acts: dict[str, Callable[[], None]] = {
            "edit": self._edit,
            "rest": self._rest,
            "line": self._move_line,
            "hand": self._by_hand,
        }

    def plan_day(self, day: Any) -> None:
        world = self.world
        if day.weekday() > 4:
            return
        for name, rate in RATES.items():
            for _ in range(world.how_many(rate / 250)):
                world.at(day + timedelta(minutes=world.dice.randrange(7 * 60, 15 * 60)), self.acts[name])

    def _edit(self) -> None:
        """A new version; half the time the people of the old one are taken over."""
        world = self.world
        journey = world.dice.choice(list(Journey.objects.order_by("slug")))
        before = journey.live_version
        assert before is not None
        document = yaml.safe_load(before.source or recipes.text(journey.slug))
        self._change(document["steps"])
        text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
        who = world.firm.owner
        after = journeys.import_journey(text, acting_user=who, now=world.now, despite_tests=True)
        world.book.tell(world.now, None, f"{journey.slug} has a version {after.number}")
        if after.id == before.id or world.chance(0.5):
            return
        kept = {step["id"] for step in document["steps"]}
        same = {
            ident: ident for ident in sorted(kept) if ident in {s["id"] for s in before.document["steps"]}
        }
        passage = Passage(journey.id, before.id, after.id, same)
        act = journeys.ask_to_change_over(passage, reason="Better", acting_user=who, now=world.now)
        meant = act.passage["meant"] if act and act.passage else 0
        world.book.tell(world.now, None, f"{journey.slug}: {meant} go over")

    def _change(self, steps: list[dict[str, Any]]) -> None:
        """A wait becomes longer, or a new one stands before a mail."""
        dice = self.world.dice
        waits = [step for step in steps if step["kind"] == "wait" and "working_days" in step["delay"]]
        if waits and dice.random() < 0.6:
            wait = dice.choice(waits)
            wait["delay"]["working_days"] += dice.choice((1, 2))
            return
        place = dice.randrange(len(steps))
        name = f"a-little-later-{dice.randrange(10_000)}"
        steps.insert(place, {"id": name, "kind": "wait", "delay": {"minutes": dice.randrange(5, 40)}})

    def _rest(self) -> None:
        """Off for some days, and on again."""
        world, who = self.world, self.world.firm.owner
        journey = world.dice.choice(list(Journey.objects.order_by("slug")))
        if JourneySpell.objects.running().filter(journey=journey, kind="paused").exists():
            return
        journeys.switch_off(journey.id, acting_user=who, now=world.now)
        world.book.tell(world.now, None, f"{journey.slug} is off")

        def on() -> None:
            journeys.switch_on(journey.id, acting_user=who, now=world.now)
            world.book.tell(world.now, None, f"{journey.slug} is on")

        world.after(on, days=world.dice.uniform(0.1, 5))

    def _move_line(self) -> None:
        """A touchpoint goes to people for some days."""
        world = self.world
        below = sorted(ident for ident, structural in world.book.lines.items() if structural)
        self._decide(world.dice.choice(below), Line.JUDGEMENT)

    def _decide(self, point: int, line: Line) -> None:
        world, who = self.world, self.world.firm.owner
        decide(point, line, "We shall see", owner_id=who, acting_user=who, now=world.now)
        world.book.lines[point] = line is Line.STRUCTURAL
        slug = Touchpoint.objects.get(id=point).slug
        world.book.tell(world.now, None, f"{slug} is {line}")
        if line is Line.JUDGEMENT:
            world.after(lambda: self._decide(point, Line.STRUCTURAL), days=world.dice.uniform(0.2, 6))

    def _by_hand(self) -> None:
        """Somebody is skipped ahead, taken out, or paused for a while."""
        world, who = self.world, self.world.firm.owner
        walking = list(Enrolment.objects.filter(ended_at=None, retry_at=None).order_by("id"))
        if not walking:
            return
        row, load = world.dice.choice(walking), loader(world.now)
        drawn = world.dice.random()
        world.book.stirred.add(row.id)
        common: dict[str, Any] = {"reason": "By hand", "acting_user": who, "now": world.now}
        if drawn < 0.4:
            journeys.move([row.id], None, load=load, **common)
        elif drawn < 0.6:
            journeys.take_out([row.id], load=load, **common)
        else:
            journeys.pause([row.id], **common)
            world.after(lambda: self._resume(row.id), days=world.dice.uniform(0.1, 6))
        words = "skipped" if drawn < 0.4 else "taken out" if drawn < 0.6 else "paused"
        world.book.tell(world.now, row.contact_id, f"enrolment {row.id} is {words} at {row.step}")

    def _resume(self, ident: int) -> None:
        world = self.world
        journeys.resume(
            [ident], reason="By hand", load=loader(world.now), acting_user=world.firm.owner, now=world.now
        )
        world.book.tell(world.now, None, f"enrolment {ident} goes on")
