"""From a form that was sent to the journey that it means, or to what is wrong with it in sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from tactful.content import queries as content
from tactful.journeys.rules import editing
from tactful.journeys.rules.comments import with_comments
from tactful.journeys.rules.definition import document, parse, write
from tactful.journeys.rules.edges import slots, target_of
from tactful.journeys.rules.editing import NotPossible
from tactful.journeys.rules.flow import lay_out, spot_of
from tactful.journeys.rules.problems import DefinitionError, Problem
from tactful.journeys.rules.yaml_text import read_yaml
from tactful.journeys.types import Definition, Text
from tactful.journeys.wording import problem_sentence
from tactful.web.build.editor_forms import NEW
from tactful.web.forms.journey.around import take_part
from tactful.web.forms.journey.house import House
from tactful.web.forms.journey.kinds import Taking, take
from tactful.web.forms.journey.words import slug

Doc = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Built:
    """``doc``: a step, or the whole journey for a ``part``. ``source``: it was typed as text. ``names``:
    words that come along for what was chosen."""

    doc: Doc
    step: str = ""
    part: str = ""
    source: str = ""
    is_new: bool = False
    problems: tuple[Problem, ...] = ()
    names: Mapping[str, Text] | None = None


def rewritten(old: str, definition: Definition) -> str:
    """The text of a definition, with the comments that stood in the old text."""
    return with_comments(old, write(definition))


def added(definition: Definition, post: QueryDict, house: House, kind: str) -> Built:
    """A new step of a kind, whose ways all lead to what stands at its place now."""
    if kind not in KINDS:
        raise NotPossible("gone")
    place = editing.place_of(definition, post.get("place", ""))
    goes = target_of(definition, place[0]) or "end"
    bare: Doc = {"id": "new", "kind": kind, **({} if kind in ("split", "exit") else _leading(kind, goes))}
    try:
        doc = take(Taking(post, bare, house, goes))
    except DefinitionError as error:
        return Built({**bare, **NEW.get(kind, {})}, is_new=True, problems=error.problems)
    ident = editing.fresh_id(definition, _wish(doc))
    doc = {**doc, "id": ident}
    return Built(doc, ident, is_new=True, names=_words(doc, house))


KINDS = frozenset(
    {
        "wait", "send", "task", "branch", "wait_for", "approval", "update", "tag", "split",
        "start_journey", "stop_journey", "webhook", "exit",
    }
)  # fmt: skip


def _leading(kind: str, goes: str) -> Doc:
    if kind == "branch":
        return {"otherwise": goes}
    if kind == "wait_for":
        return {"next": goes, "otherwise": goes}
    return {"next": goes}


def taken_step(definition: Definition, post: QueryDict, house: House, step: str) -> Built:
    """``source`` in the form: the step as text, which may say anything but its id."""
    doc = next(each for each in document(definition)["steps"] if each["id"] == step)
    if "as_text" in post:
        source = post.get("source", "")
        try:
            typed, _lines = read_yaml(source)
        except DefinitionError as error:
            return Built(doc, step, source=source or " ", problems=error.problems)
        typed = typed if isinstance(typed, dict) else {"kind": typed}
        return Built({"id": step, **typed}, step, source=source or " ")
    spot = spot_of(lay_out(definition), step)
    ways = list(slots(editing.step_of_id(definition, step)).values())
    goes = spot.after.target if spot and spot.after else (ways[-1] if ways else "end")
    try:
        new = take(Taking(post, doc, house, goes or "end"))
    except DefinitionError as error:
        return Built(doc, step, problems=error.problems)
    return Built(new, step, names=_words(new, house, doc))


def taken_part(definition: Definition, post: QueryDict, house: House, part: str) -> Built:
    whole = document(definition)
    try:
        doc = take_part(part, post, whole, house)
    except DefinitionError as error:
        return Built(whole, part=part, problems=error.problems)
    words = {} if part in ("names", "about") else _words(doc, house, whole)
    return Built(doc, part=part, names=words)


def definition_from(definition: Definition, built: Built, post: QueryDict) -> Definition:
    """Raises ``DefinitionError``, and ``NotPossible`` for a place that is gone."""
    if built.problems:
        raise DefinitionError(built.problems)
    if built.part:
        return _named(parse(built.doc), built)
    whole = document(definition)
    if built.is_new:
        grown = parse({**whole, "steps": [*whole["steps"], built.doc]})
        place = editing.place_of(definition, post.get("place", ""))
        return _named(editing.add(definition, grown.steps[-1], place), built)
    steps = [built.doc if each["id"] == built.step else each for each in whole["steps"]]
    changed_whole = parse({**whole, "steps": steps})
    return _named(editing.replaced(definition, editing.step_of_id(changed_whole, built.step)), built)


def problem_texts(problems: tuple[Problem, ...], built: Built, language: str) -> tuple[str, ...]:
    """In words; where in the document is said only to whoever types the document."""
    if built.source:
        return tuple(_without_place(each, language) for each in problems)
    return tuple(dict.fromkeys(_plain(each, language) for each in problems))


def _without_place(problem: Problem, language: str) -> str:
    path = problem.path.partition("].")[2] if problem.path.startswith("steps[") else problem.path
    return problem_sentence(Problem(problem.code, path, problem.line, problem.params), language)


def _plain(problem: Problem, language: str) -> str:
    field = problem.path.rpartition(".")[2]
    if problem.code == "missing":
        field = problem.params.get("name", field)
    label = _labels().get(field.partition("[")[0])
    if label and problem.code in ("missing", "shape", "kind", "length", "choose_one", "too_small", "date"):
        return _("“%(label)s” is not filled in as it must be.") % {"label": label}
    return problem_sentence(Problem(problem.code, "", None, problem.params), language)


def _labels() -> Mapping[str, str]:
    return {
        "touchpoint": _("Touchpoint"),
        "template": _("Letter"),
        "event": _("What happens"),
        "title": _("What to do"),
        "owner": _("Who does it"),
        "delay": _("How long"),
        "days": _("How many"),
        "hours": _("How many"),
        "minutes": _("How many"),
        "working_days": _("How many"),
        "until": _("Which date"),
        "up_to": _("But at most"),
        "arms": _("Way 1: take it if"),
        "journey": _("Which journey"),
        "url": _("Web address"),
        "set": _("Write down"),
        "add": _("Put on"),
        "weight": _("So many of the whole"),
        "shares": _("Share 1"),
        "form": _("The form’s short name"),  # noqa: RUF001
        "segment": _("Which segment"),
        "date": _("Which date"),
        "for": _("Only if, or for whom"),
        "from": _("Counted from"),
        "at": _("At what time"),
        "name": _("Name"),
    }


def _wish(doc: Doc) -> str:
    title = doc.get("title", {})
    name = doc.get("template") or title.get("en") or title.get("nb") or doc["kind"]
    return slug(str(name)) or "step"


def _named(definition: Definition, built: Built) -> Definition:
    """With words for what was chosen from a list and has none here yet."""
    new = {name: words for name, words in (built.names or {}).items() if name not in definition.names}
    return replace(definition, names={**definition.names, **new}) if new else definition


def _words(doc: Doc, house: House, old: Doc | None = None) -> dict[str, Text]:
    """For what was chosen now and not before: what stood there already keeps the words that it had."""
    before = {} if old is None else old
    found: dict[str, Text] = {}
    for name in set(_mentioned(doc)) - set(_mentioned(before)):
        words = house.events.get(name) or house.facts.get(name)
        if words is not None and words != Text(name, name):
            found[name] = words
    template = doc.get("template")
    if template and template != before.get("template"):
        found.update(
            (row.slug, Text(row.name_en, row.name_nb)) for row in content.templates() if row.slug == template
        )
    return dict(sorted(found.items()))


def _mentioned(part: Any) -> list[str]:
    """Names of events and facts anywhere in a part of the document."""
    if isinstance(part, list):
        return [name for each in part for name in _mentioned(each)]
    if not isinstance(part, dict):
        return []
    own = [part[word] for word in ("event", "fact") if isinstance(part.get(word), str)]
    return own + [name for each in part.values() for name in _mentioned(each)]
