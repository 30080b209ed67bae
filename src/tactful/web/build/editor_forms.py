"""Forms that stand open in the flow of a draft."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from tactful.journeys.rules.definition import document
from tactful.journeys.rules.yaml_text import write_yaml
from tactful.journeys.sentences import kind_names
from tactful.journeys.types import Definition
from tactful.web.forms.journey.around import show_part
from tactful.web.forms.journey.house import House
from tactful.web.forms.journey.kinds import show
from tactful.web.pages.editor import OpenForm, TestForm
from tactful.web.types import Text

Doc = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tried:
    """What was sent and could not be kept, or asked for another line. ``source``: typed as text."""

    doc: Doc
    problems: tuple[Text, ...] = ()
    source: str = ""
    source_problems: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """What of the editor stands open. ``edit``: a step's id. ``part``: a part around the steps. ``add``: a
    place, with ``kind`` its form. ``move``: a step's id. ``at``: the id of what has the focus."""

    edit: str = ""
    part: str = ""
    add: str = ""
    kind: str = ""
    move: str = ""
    at: str = ""
    tried: Tried | None = None
    test: TestForm | None = None

    @property
    def anything(self) -> bool:
        return bool(self.edit or self.part or self.add or self.move)


NEW: Mapping[str, Doc] = {
    "wait": {"delay": {"days": 1}},
    "wait_for": {},
    "branch": {},
    "split": {},
    "exit": {},
}
"""What a new step of a kind begins with, beyond its id and kind."""


def step_form(definition: Definition, doc: Doc, house: House, opened: Opened, number: int) -> OpenForm:
    tried = opened.tried or Tried(doc)
    said = {"number": number}
    return OpenForm(
        action=reverse("web:draft_step", args=[definition.slug, doc["id"]]),
        title=_("Step %(number)d") % said,
        groups=tuple(show(tried.doc, house)),
        button=_("Keep this"),
        cancel=f"?{urlencode({'at': 's-' + doc['id']})}",
        problems=tried.problems,
        source=tried.source or write_yaml({name: part for name, part in doc.items() if name != "id"}),
        source_problems=tried.source_problems,
    )


def add_form(definition: Definition, place: str, house: House, opened: Opened) -> OpenForm:
    kind = opened.kind
    tried = opened.tried or Tried({"kind": kind, **NEW.get(kind, {})})
    return OpenForm(
        action=reverse("web:draft_steps", args=[definition.slug]),
        title=kind_names(house.language)[kind],
        groups=tuple(show(tried.doc, house)),
        button=_("Add this step"),
        cancel=f"?{urlencode({'at': 'g-' + place})}",
        problems=tried.problems,
        hidden=(("place", place), ("kind", kind)),
    )


def part_form(definition: Definition, part: str, house: House, opened: Opened) -> OpenForm:
    whole = document(definition)
    tried = opened.tried or Tried(whole)
    return OpenForm(
        action=reverse("web:draft_part", args=[definition.slug, part]),
        title=part_titles()[part],
        groups=tuple(show_part(part, tried.doc, house)),
        button=_("Keep this"),
        cancel=f"?{urlencode({'at': 'p-' + part})}",
        problems=tried.problems,
    )


def part_titles() -> dict[str, Text]:
    return {
        "entry": _("How it begins"),
        "about": _("Name and purpose"),
        "goal": _("Goal"),
        "rules": _("Around every step"),
        "names": _("Words"),
    }
