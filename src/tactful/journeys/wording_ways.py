"""Single steps in words, and each way out of one: what an editor and a difference speak of."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext, override, pgettext

from tactful.journeys.rules.edges import ANSWER, ARM, NEXT, NOT_SENT, OTHERWISE, SHARE
from tactful.journeys.types import Approval, Branch, Definition, Split, Step, Task, WaitFor
from tactful.journeys.wording import Words, sentence
from tactful.journeys.wording_entries import begins, begins_only
from tactful.journeys.wording_steps import KINDS


@dataclass(frozen=True, slots=True)
class StepSaid:
    """``verb`` comes first and strong, then ``what``; ``conditions`` is the line under it, perhaps empty.
    ``kind``: as in the document. ``owner``: who is asked, for a task."""

    kind: str
    verb: str
    what: str
    conditions: str
    owner: str = ""

    @property
    def line(self) -> str:
        return f"{self.verb} {self.what}".strip()


def steps_said(definition: Definition, language: str) -> dict[str, StepSaid]:
    """Every step by its id."""
    with override(language):
        words = Words(definition.names, language)
        return {step.id: _said(step, words) for step in definition.steps}


def beginning_said(definition: Definition, language: str) -> StepSaid:
    with override(language):
        words = Words(definition.names, language)
        entry = definition.entry
        key = gettext("Once per %(object)s") % {"object": words.name(entry.key)} if entry.key else ""
        conditions = sentence([begins_only(entry, words), key])
        return StepSaid("begin", pgettext("journey", "Begins"), begins(entry, words), conditions)


def goal_said(definition: Definition, language: str) -> str:
    """When the goal is reached; empty if there is none."""
    if definition.goal is None:
        return ""
    with override(language):
        return Words(definition.names, language).watch(definition.goal.watch)


def way_said(definition: Definition, step: Step, slot: str, language: str) -> str:
    """The heading of one way out: "If the answer is yes"."""
    with override(language):
        return _way(step, slot, Words(definition.names, language))


def kind_names(language: str) -> Mapping[str, str]:
    """What each kind of step is called where one is chosen, in the order in which they are offered."""
    with override(language):
        return {
            "wait": gettext("Wait"),
            "send": gettext("Send a message"),
            "task": gettext("Give a person a task"),
            "branch": gettext("Ask: if …"),
            "wait_for": gettext("Wait until something happens"),
            "approval": gettext("Ask a person for a yes or no"),
            "update": gettext("Write something down about the client"),
            "tag": gettext("Put on or take off a tag"),
            "split": gettext("Share the clients out by chance"),
            "start_journey": gettext("Begin another journey"),
            "stop_journey": gettext("Stop another journey"),
            "webhook": gettext("Tell another program"),
            "exit": gettext("End the journey here"),
        }


def _said(step: Step, words: Words) -> StepSaid:
    kind, write = KINDS[type(step)]
    verb, what, conditions = write(step, words)
    owner = step.owner if isinstance(step, Task | Approval) else ""
    return StepSaid(kind, verb, what, sentence(conditions), owner)


def _way(step: Step, slot: str, words: Words) -> str:
    if isinstance(step, Branch) and slot.startswith(ARM):
        return words.when(step.arms[int(slot.removeprefix(ARM))].condition)
    if isinstance(step, Split):
        return words.share(step, step.shares[int(slot.removeprefix(SHARE))])
    if isinstance(step, Task) and slot.startswith(ANSWER):
        name = next(each.name for each in step.answers if f"{ANSWER}{each.id}" == slot)
        return gettext("If the answer is “%(answer)s”") % {"answer": words.text(name)}
    if isinstance(step, WaitFor) and slot == NEXT:
        return gettext("If %(condition)s") % {"condition": words.watch(step.watch)}
    return _plain_way(step, slot)


def _plain_way(step: Step, slot: str) -> str:
    if slot == OTHERWISE:
        return gettext("When the time is out")
    if slot == NOT_SENT:
        return gettext("If it cannot be sent")
    if isinstance(step, Approval):
        return gettext("If the answer is yes") if slot == NEXT else gettext("If it is no")
    if isinstance(step, Task):
        return gettext("Otherwise") if step.answers else gettext("When it is done")
    if isinstance(step, Branch):
        return gettext("Otherwise")
    return gettext("If it answers") if slot == NEXT else gettext("If it does not")
