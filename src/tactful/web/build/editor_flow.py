"""The flow of a draft as lines that can be opened, moved and added to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from tactful.journeys.rules.definition import document
from tactful.journeys.rules.edges import BEGIN, GOAL, Edge
from tactful.journeys.rules.editing import can_copy, place_text
from tactful.journeys.rules.flow import Column, Line, Spot, Strand, every_line, lay_out
from tactful.journeys.sentences import StepSaid, beginning_said, goal_said, kind_names, steps_said, way_said
from tactful.journeys.types import NOTHING, Definition, Send, Step
from tactful.web.build.around import person_named
from tactful.web.build.editor_forms import Opened, add_form, step_form
from tactful.web.forms.journey.controls import Choice
from tactful.web.forms.journey.house import House
from tactful.web.pages.editor import EditColumn, EditLine, EditStrand, Menu, MoveForm
from tactful.web.types import Link, Text
from tactful.web.visit import Visit


@dataclass(frozen=True)
class Flow:
    """``marks``: step -> new or changed. ``findings``: step -> what the checks say of it."""

    definition: Definition
    house: House
    visit: Visit
    opened: Opened
    marks: Mapping[str, str] = field(default_factory=dict)
    findings: Mapping[str, tuple[tuple[bool, Text], ...]] = field(default_factory=dict)
    lines: Mapping[str, object] = field(default_factory=dict)  # touchpoint -> its view

    @cached_property
    def layout(self) -> tuple[Strand, ...]:
        return lay_out(self.definition)

    @cached_property
    def said(self) -> dict[str, StepSaid]:
        return steps_said(self.definition, self.visit.language)

    @cached_property
    def steps(self) -> dict[str, Step]:
        return {step.id: step for step in self.definition.steps}

    @cached_property
    def numbers(self) -> dict[str, int]:
        return {step.id: number for number, step in enumerate(self.definition.steps, 1)}

    @cached_property
    def documents(self) -> dict[str, dict[str, Any]]:
        return {step["id"]: step for step in document(self.definition)["steps"]}

    def begin(self) -> EditLine:
        said = beginning_said(self.definition, self.visit.language)
        return EditLine("begin", "entry", verb=said.verb, text=said.what, note=said.conditions)

    def strands(self) -> Iterator[EditStrand]:
        for strand in self.layout:
            heading, hint = self._heading(strand.edge)
            yield EditStrand(heading, tuple(self._lines(strand.lines, strand.edge, None)), hint)

    def heading_of(self, edge: Edge) -> str:
        return way_said(self.definition, self.steps[edge.step], edge.slot, self.visit.language)

    def _heading(self, edge: Edge | None) -> tuple[str, str]:
        if edge == BEGIN:
            return "", ""
        if edge == GOAL:
            goal = {"goal": goal_said(self.definition, self.visit.language)}
            return _("When %(goal)s") % goal, _("The goal: it may be reached at any moment.")
        if edge is None:
            return _("Nothing leads here"), _("Nobody comes to these steps. Move them, or take them away.")
        words = {"number": self.numbers[edge.step], "way": self.heading_of(edge)}
        return _("Step %(number)d. %(way)s") % words, ""

    def _lines(self, lines: tuple[Line, ...], edge: Edge | None, around: Spot | None) -> Iterator[EditLine]:
        """``around``: the line in whose column these stand."""
        for number, line in enumerate(lines):
            spot = Spot(lines, number)
            if line.kind == "step":
                yield self._step(spot, edge, around)
            else:
                yield self._tail(spot, edge)

    def _tail(self, spot: Spot, edge: Edge | None) -> EditLine:
        line = spot.line
        said = {"number": self.numbers.get(line.target, 0)}
        verb, text = {
            "end": (_("Ends"), _("nobody has said so yet") if line.target == NOTHING else ""),
            "below": (_("Goes on"), _("below")),
            "jump": (_("Goes on"), _("at step %(number)d") % said),
        }[line.kind]
        return EditLine(line.kind, verb=verb, text=text, **self._gap(spot, edge))

    def _step(self, spot: Spot, edge: Edge | None, around: Spot | None) -> EditLine:
        line, step = spot.line, self.steps[spot.line.target]
        said = self.said[step.id]
        up, down = self._up(spot, around), self._down(spot, around)
        return EditLine(
            "step",
            step.id,
            self.numbers[step.id],
            said.kind,
            said.verb,
            said.what,
            said.conditions,
            line=self._line_of(step),
            owner=person_named(self.visit, said.owner),
            change=self.marks.get(step.id, ""),  # type: ignore[arg-type]
            findings=self.findings.get(step.id, ()),
            up=up,
            down=down,
            can_move=spot.after is not None,
            can_copy=can_copy(spot),
            can_remove=not (said.kind == "exit" and self.numbers[step.id] == 1),
            columns=tuple(self._columns(line.columns, spot)),
            form=self._form(step),
            moving=self._moving(step) if self.opened.move == step.id and spot.after else None,
            **self._gap(spot, edge, self._focus(step.id, up, down)),
        )

    def _columns(self, columns: tuple[Column, ...], spot: Spot) -> Iterator[EditColumn]:
        for column in columns:
            lines = tuple(self._lines(column.lines, column.edge, spot))
            yield EditColumn(self.heading_of(column.edge), lines)

    def _form(self, step: Step) -> Any:
        if self.opened.edit != step.id:
            return None
        return step_form(
            self.definition, self.documents[step.id], self.house, self.opened, self.numbers[step.id]
        )

    def _gap(self, spot: Spot, edge: Edge | None, focus: str = "") -> dict[str, Any]:
        """The place before a line, and what stands open there."""
        place = place_text(spot.line.place)
        if not place:
            return {"focus": focus}
        found: dict[str, Any] = {"place": place, "gap": self._gap_name(spot, edge), "focus": focus}
        if self.opened.at == f"g-{place}":
            found["focus"] = "gap"
        if self.opened.add == place and self.opened.kind:
            found["adding"] = add_form(self.definition, place, self.house, self.opened)
        elif self.opened.add == place:
            found["menu"] = self._menu(spot, place)
        return found

    def _gap_name(self, spot: Spot, edge: Edge | None) -> str:
        return _("Add a step %(where)s") % {"where": self._where(spot, edge)}

    def _where(self, spot: Spot, edge: Edge | None) -> str:
        if spot.number:
            before = spot.lines[spot.number - 1]
            number = {"number": self.numbers[before.target]}
            return (
                _("under the ways of step %(number)d") if before.columns else _("after step %(number)d")
            ) % number
        if edge == BEGIN or edge is None:
            return _("at the beginning")
        if edge == GOAL:
            return _("when the goal is reached")
        words = {"number": self.numbers[edge.step], "way": self.heading_of(edge)}
        return _("first under “%(way)s” of step %(number)d") % words

    def _menu(self, spot: Spot, place: str) -> Menu:
        kinds = [
            Link(name, f"?{urlencode({'add': place, 'kind': kind})}")
            for kind, name in kind_names(self.visit.language).items()
        ]
        can_lead = spot.line.kind != "step"
        lead = tuple(each for each in self.house.steps if each.value != spot.line.target) if can_lead else ()
        return Menu(tuple(kinds), f"?{urlencode({'at': f'g-{place}'})}", place, lead)

    def _moving(self, step: Step) -> MoveForm:
        own = {step.id}
        found = [
            Choice(place_text(spot.line.place), self._where_to(spot, edge))
            for spot, edge in self._spots()
            if spot.line.place and not {each.step for each in spot.line.place} & own
        ]
        action = reverse("web:draft_step_place", args=[self.definition.slug, step.id])
        return MoveForm(action, tuple(found), f"?{urlencode({'at': f's-{step.id}'})}")

    def _where_to(self, spot: Spot, edge: Edge | None) -> str:
        where = self._where(spot, edge)
        return where[0].upper() + where[1:]

    def _spots(self) -> Iterator[tuple[Spot, Edge | None]]:
        firsts: dict[int, Edge | None] = {id(strand.lines): strand.edge for strand in self.layout}
        for spot in every_line(self.layout):
            for column in spot.line.columns:
                firsts[id(column.lines)] = column.edge
            yield spot, firsts.get(id(spot.lines))

    def _up(self, spot: Spot, around: Spot | None) -> str:
        if spot.after is None:
            return ""
        if spot.number:
            return place_text(spot.lines[spot.number - 1].place)
        return place_text(around.line.place) if around else ""

    def _down(self, spot: Spot, around: Spot | None) -> str:
        if spot.after is None:
            return ""
        beyond = spot.number + 2
        if spot.after.kind == "step":
            return place_text(spot.lines[beyond].place) if beyond < len(spot.lines) else ""
        return place_text(around.after.place) if around and around.after else ""

    def _focus(self, step_id: str, up: str, down: str) -> str:
        kind, _dash, which = self.opened.at.partition("-")
        if which != step_id:
            return ""
        there = {"up": bool(up), "down": bool(down), "c": True, "m": True}
        return {"up": "up", "down": "down", "c": "copy", "m": "move"}[kind] if there.get(kind) else "edit"

    def _line_of(self, step: Step) -> str:
        found = self.lines.get(step.touchpoint) if isinstance(step, Send) else None
        return str(getattr(found, "line", ""))
