"""From a valid document to dataclasses. Nothing is checked here: the schema has done that."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any, TypeAlias

from tactful.gate.types import Check
from tactful.journeys.types import (
    ANY_DAY,
    END,
    NOTHING,
    WORKING_DAYS,
    AllOf,
    Answer,
    AnyOf,
    Arm,
    Branch,
    Compare,
    Condition,
    DateEntry,
    DayRule,
    Definition,
    Delay,
    Entry,
    EventEntry,
    Exit,
    ExitRule,
    Goal,
    ManualEntry,
    Not,
    Op,
    Reentry,
    ReentryMode,
    Ref,
    Send,
    Share,
    Source,
    Split,
    Step,
    Tag,
    Task,
    TaskKind,
    Text,
    Update,
    Variable,
    Wait,
    WaitFor,
    Watch,
)

Doc: TypeAlias = dict[str, Any]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def definition_of(doc: Doc) -> Definition:
    steps = doc["steps"]
    below = [*(step["id"] for step in steps[1:]), NOTHING]
    reentry = doc.get("reentry", {"mode": ReentryMode.AFTER_LEAVING})
    return Definition(
        slug=doc["slug"],
        name=text_of(doc["name"]),
        about=_maybe(text_of, doc.get("about")),
        entry=entry_of(doc["entry"]),
        reentry=Reentry(ReentryMode(reentry["mode"]), timedelta(days=reentry.get("cooldown_days", 0))),
        goal=_maybe(_goal, doc.get("goal")),
        exits=tuple(_exit_rule(rule) for rule in doc.get("exit_when", ())),
        stop_on_reply=doc.get("stop_on_reply", True),
        priority=doc.get("priority", 50),
        names={name: text_of(words) for name, words in doc.get("names", {}).items()},
        steps=tuple(step_of(step, after) for step, after in zip(steps, below, strict=True)),
    )


def step_of(doc: Doc, below: str) -> Step:
    return _STEPS[doc["kind"]](doc, below)


def text_of(doc: Doc) -> Text:
    return Text(doc["en"], doc["nb"])


def condition_of(doc: Doc) -> Condition:
    if "all" in doc:
        return AllOf(tuple(map(condition_of, doc["all"])))
    if "any" in doc:
        return AnyOf(tuple(map(condition_of, doc["any"])))
    if "not" in doc:
        return Not(condition_of(doc["not"]))
    op = next((word for word in Op if word.value in doc), Op.HOLDS)
    value = doc.get(op.value)
    return Compare(ref_of(doc), op, tuple(value) if isinstance(value, list) else value)


def ref_of(doc: Doc) -> Ref:
    source = next(word for word in Source if word.value in doc)
    return Ref(source, doc[source.value])


def delay_of(doc: Doc) -> Delay:
    at, until = doc.get("at"), doc.get("until")
    return Delay(
        days=doc.get("days", 0),
        elapsed=_elapsed(doc),
        working_days=doc.get("working_days", 0),
        until=date.fromisoformat(until) if isinstance(until, str) else _maybe(ref_of, until),
        earlier=_elapsed(doc.get("earlier", {})),
        at=None if at is None else time.fromisoformat(at),
        on=_day_rule(doc.get("weekdays")),
    )


def entry_of(doc: Doc) -> Entry:
    key = doc.get("key", "")
    if "event" in doc:
        return EventEntry(doc["event"], _maybe(condition_of, doc.get("if")), key)
    if "date" in doc:
        return DateEntry(doc["date"], _elapsed(doc.get("earlier", {})), key)
    return ManualEntry(key)


def _maybe(read: Callable[[Doc], Any], doc: Doc | None) -> Any:
    return None if doc is None else read(doc)


def _elapsed(doc: Doc) -> timedelta:
    return timedelta(hours=doc.get("hours", 0), minutes=doc.get("minutes", 0))


def _day_rule(doc: str | list[str] | None) -> DayRule:
    if doc is None:
        return ANY_DAY
    return WORKING_DAYS if isinstance(doc, str) else DayRule(frozenset(map(WEEKDAYS.index, doc)))


def _watch(doc: Doc) -> Watch:
    return Watch(doc["event"], tuple(doc.get("match", ())), _maybe(condition_of, doc.get("if")))


def _goal(doc: Doc) -> Goal:
    return Goal(_watch(doc), doc.get("next", END))


def _exit_rule(doc: Doc) -> ExitRule:
    if "event" in doc:
        return ExitRule(watch=_watch(doc))
    return ExitRule(condition=condition_of(doc["if"]))


def _send(doc: Doc, below: str) -> Step:
    variables = doc.get("variables", {}).items()
    return Send(
        doc["id"],
        doc.get("next", below),
        doc["touchpoint"],
        doc["template"],
        still_true=_maybe(condition_of, doc.get("still_true")),
        latest=_maybe(delay_of, doc.get("latest")),
        allow=frozenset(map(Check, doc.get("allow", ()))),
        variables=tuple(_variable(name, variable) for name, variable in variables),
        if_not_sent=doc.get("if_not_sent"),
    )


def _variable(name: str, doc: Doc) -> Variable:
    return Variable(name, ref_of(doc), _maybe(text_of, doc.get("default")))


def _wait(doc: Doc, below: str) -> Step:
    return Wait(doc["id"], doc.get("next", below), delay_of(doc["delay"]))


def _wait_for(doc: Doc, below: str) -> Step:
    up_to = delay_of(doc["up_to"])
    return WaitFor(doc["id"], doc.get("next", below), _watch(doc), up_to, doc.get("otherwise", below))


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
        still_true=_maybe(condition_of, doc.get("still_true")),
        answers=tuple(Answer(each["id"], text_of(each["name"]), each["next"]) for each in answers),
        within=_maybe(delay_of, doc.get("within")),
        otherwise=doc.get("otherwise"),
    )


def _update(doc: Doc, below: str) -> Step:
    return Update(doc["id"], doc.get("next", below), dict(doc["set"]))


def _tag(doc: Doc, below: str) -> Step:
    return Tag(doc["id"], doc.get("next", below), tuple(doc.get("add", ())), tuple(doc.get("remove", ())))


def _split(doc: Doc, _: str) -> Step:
    return Split(doc["id"], END, tuple(Share(each["weight"], each["next"]) for each in doc["shares"]))


def _exit(doc: Doc, _: str) -> Step:
    return Exit(doc["id"], END, _maybe(text_of, doc.get("reason")))


_STEPS: dict[str, Callable[[Doc, str], Step]] = {
    "send": _send,
    "wait": _wait,
    "wait_for": _wait_for,
    "branch": _branch,
    "task": _task,
    "update": _update,
    "tag": _tag,
    "split": _split,
    "exit": _exit,
}
