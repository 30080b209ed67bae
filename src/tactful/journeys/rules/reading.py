"""From a valid document to dataclasses. Nothing is checked here: the schema has done that."""

from collections.abc import Callable
from datetime import timedelta

from tactful.gate.types import Check
from tactful.journeys.rules.reading_entries import entry_of
from tactful.journeys.rules.reading_parts import (
    Doc,
    condition_of,
    delay_of,
    maybe,
    ref_of,
    text_of,
    values_of,
    watch_of,
)
from tactful.journeys.types import (
    END,
    NOTHING,
    Answer,
    Approval,
    Arm,
    Branch,
    Definition,
    Exit,
    ExitRule,
    Goal,
    Reentry,
    ReentryMode,
    Send,
    Share,
    Split,
    StartJourney,
    Step,
    StopJourney,
    Tag,
    Task,
    TaskKind,
    Update,
    Variable,
    Wait,
    WaitFor,
    Webhook,
)

__all__ = ["condition_of", "definition_of", "step_of"]


def definition_of(doc: Doc) -> Definition:
    steps = doc["steps"]
    below = [*(step["id"] for step in steps[1:]), NOTHING]
    reentry = doc.get("reentry", {"mode": ReentryMode.AFTER_LEAVING})
    return Definition(
        slug=doc["slug"],
        name=text_of(doc["name"]),
        about=maybe(text_of, doc.get("about")),
        entry=entry_of(doc["entry"]),
        reentry=Reentry(ReentryMode(reentry["mode"]), timedelta(days=reentry.get("cooldown_days", 0))),
        goal=maybe(_goal, doc.get("goal")),
        exits=tuple(_exit_rule(rule) for rule in doc.get("exit_when", ())),
        stop_on_reply=doc.get("stop_on_reply", True),
        priority=doc.get("priority", 50),
        names={name: text_of(words) for name, words in doc.get("names", {}).items()},
        steps=tuple(step_of(step, after) for step, after in zip(steps, below, strict=True)),
    )


def step_of(doc: Doc, below: str) -> Step:
    return _STEPS[doc["kind"]](doc, below)


def _goal(doc: Doc) -> Goal:
    return Goal(watch_of(doc), doc.get("next", END))


def _exit_rule(doc: Doc) -> ExitRule:
    if "event" in doc:
        return ExitRule(watch=watch_of(doc))
    return ExitRule(condition=condition_of(doc["if"]))


def _send(doc: Doc, below: str) -> Step:
    variables = doc.get("variables", {}).items()
    return Send(
        doc["id"],
        doc.get("next", below),
        doc["touchpoint"],
        doc["template"],
        still_true=maybe(condition_of, doc.get("still_true")),
        latest=maybe(delay_of, doc.get("latest")),
        allow=frozenset(map(Check, doc.get("allow", ()))),
        variables=tuple(_variable(name, variable) for name, variable in variables),
        if_not_sent=doc.get("if_not_sent"),
    )


def _variable(name: str, doc: Doc) -> Variable:
    return Variable(name, ref_of(doc), maybe(text_of, doc.get("default")))


def _wait(doc: Doc, below: str) -> Step:
    return Wait(doc["id"], doc.get("next", below), delay_of(doc["delay"]))


def _wait_for(doc: Doc, below: str) -> Step:
    up_to = delay_of(doc["up_to"])
    return WaitFor(doc["id"], doc.get("next", below), watch_of(doc), up_to, doc.get("otherwise", below))


def _branch(doc: Doc, below: str) -> Step:
    arms = tuple(Arm(condition_of(arm["if"]), arm["next"]) for arm in doc["arms"])
    return Branch(doc["id"], doc.get("otherwise", below), arms)


def _task(doc: Doc, below: str) -> Step:
    answers = doc.get("answers", ())
    return Task(
        doc["id"],
        doc.get("next", below),
        TaskKind(doc["task"]),
        text_of(doc["title"]),
        owner=doc.get("owner", ""),
        still_true=maybe(condition_of, doc.get("still_true")),
        answers=tuple(Answer(each["id"], text_of(each["name"]), each["next"]) for each in answers),
        within=maybe(delay_of, doc.get("within")),
        otherwise=doc.get("otherwise"),
    )


def _update(doc: Doc, below: str) -> Step:
    return Update(doc["id"], doc.get("next", below), dict(doc["set"]))


def _tag(doc: Doc, below: str) -> Step:
    return Tag(doc["id"], doc.get("next", below), tuple(doc.get("add", ())), tuple(doc.get("remove", ())))


def _split(doc: Doc, _: str) -> Step:
    return Split(doc["id"], END, tuple(map(_share, doc["shares"])))


def _share(doc: Doc) -> Share:
    return Share(doc["weight"], doc["next"], maybe(text_of, doc.get("name")), doc.get("hold_out", False))


def _approval(doc: Doc, below: str) -> Step:
    return Approval(
        doc["id"],
        doc.get("next", below),
        text_of(doc["title"]),
        owner=doc.get("owner", ""),
        if_refused=doc.get("if_refused", END),
        within=maybe(delay_of, doc.get("within")),
        otherwise=doc.get("otherwise"),
    )


def _webhook(doc: Doc, below: str) -> Step:
    return Webhook(
        doc["id"],
        doc.get("next", below),
        doc["url"],
        values_of(doc.get("body", {})),
        maybe(delay_of, doc.get("up_to")),
        doc.get("if_failed"),
    )


def _start(doc: Doc, below: str) -> Step:
    return StartJourney(doc["id"], doc.get("next", below), doc["journey"], values_of(doc.get("with", {})))


def _stop(doc: Doc, below: str) -> Step:
    return StopJourney(doc["id"], doc.get("next", below), doc["journey"])


def _exit(doc: Doc, _: str) -> Step:
    return Exit(doc["id"], END, maybe(text_of, doc.get("reason")))


_STEPS: dict[str, Callable[[Doc, str], Step]] = {
    "send": _send,
    "wait": _wait,
    "wait_for": _wait_for,
    "branch": _branch,
    "task": _task,
    "approval": _approval,
    "update": _update,
    "tag": _tag,
    "split": _split,
    "webhook": _webhook,
    "start_journey": _start,
    "stop_journey": _stop,
    "exit": _exit,
}
