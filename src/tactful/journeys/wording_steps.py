"""Each step in words: verb first, then its object, then what holds for it."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext, pgettext

from tactful.journeys.types import (
    Approval,
    Branch,
    Exit,
    Send,
    Split,
    StartJourney,
    StopJourney,
    Tag,
    Task,
    TaskKind,
    Update,
    Wait,
    WaitFor,
    Webhook,
)
from tactful.journeys.wording import Words

Said = tuple[str, str, list[str]]  # verb, object, conditions


def _send(step: Send, words: Words) -> Said:
    parts = [gettext("In the client’s language")]  # noqa: RUF001
    if step.still_true is not None:
        parts.append(gettext("Only if %(condition)s") % {"condition": words.condition(step.still_true)})
    if step.latest is not None:
        parts.append(words.latest(step.latest))
    if step.allow:
        parts.append(gettext("Goes even so: %(checks)s") % {"checks": words.checks(step.allow)})
    return pgettext("journey step", "Send"), words.quoted(step.template), parts


def _wait(step: Wait, words: Words) -> Said:
    return pgettext("journey step", "Wait"), words.delay(step.delay), [words.counted(step.delay)]


def _wait_for(step: WaitFor, words: Words) -> Said:
    what = gettext("until %(event)s") % {"event": words.watch(step.watch)}
    most = gettext("At most %(delay)s") % {"delay": words.delay(step.up_to)}
    return pgettext("journey step", "Wait"), what, [most]


def _branch(_: Branch, __: Words) -> Said:
    return pgettext("journey step", "Choose"), gettext("the first that fits"), []


def _task(step: Task, words: Words) -> Said:
    verb = gettext("Ask %(person)s:") % {"person": words.owner(step.owner)}
    parts = [] if step.kind is TaskKind.CALL else [words.task(step.kind)]
    if step.still_true is not None:
        parts.append(gettext("Only if %(condition)s") % {"condition": words.condition(step.still_true)})
    if step.within is not None:
        parts.append(gettext("Within %(delay)s") % {"delay": words.delay(step.within)})
    return verb, words.text(step.title), parts


def _approval(step: Approval, words: Words) -> Said:
    verb = gettext("Ask %(person)s for a yes or no:") % {"person": words.owner(step.owner)}
    within = step.within and gettext("Within %(delay)s") % {"delay": words.delay(step.within)}
    return verb, words.text(step.title), [within or ""]


def _webhook(step: Webhook, words: Words) -> Said:
    told = ", ".join(words.name(name) for name in step.body)
    parts = [gettext("It is told: %(fields)s") % {"fields": told}] if told else []
    if step.up_to is not None:
        parts.append(
            gettext("Its answer is waited for at most %(delay)s") % {"delay": words.delay(step.up_to)}
        )
    return pgettext("journey step", "Tell"), urlsplit(step.url).netloc, parts


def _start(step: StartJourney, words: Words) -> Said:
    return pgettext("journey step", "Begin"), _journey(step.journey, words), []


def _stop(step: StopJourney, words: Words) -> Said:
    return pgettext("journey step", "Stop"), _journey(step.journey, words), []


def _journey(slug: str, words: Words) -> str:
    return gettext("the journey %(name)s") % {"name": words.quoted(slug)}


def _update(step: Update, words: Words) -> Said:
    set_to = [f"{words.name(name)}: {words.value(value)}" for name, value in step.set.items()]
    return pgettext("journey step", "Write down"), ", ".join(set_to), []


def _tag(step: Tag, _: Words) -> Said:
    added, removed = (", ".join(f"“{tag}”" for tag in tags) for tags in (step.add, step.remove))
    off = gettext("Take off %(tags)s") % {"tags": removed} if removed and added else ""
    if added:
        return pgettext("journey step", "Put on"), gettext("the tag %(tags)s") % {"tags": added}, [off]
    return pgettext("journey step", "Take off"), gettext("the tag %(tags)s") % {"tags": removed}, []


def _split(_: Split, __: Words) -> Said:
    part = gettext("The same client always goes the same way")
    return pgettext("journey step", "Share out"), gettext("the clients by chance"), [part]


def _exit(step: Exit, words: Words) -> Said:
    if step.reason is None:
        return pgettext("journey", "Ends"), "", []
    return pgettext("journey", "Ends:"), words.text(step.reason), []


KINDS: Mapping[type, tuple[str, Callable[[Any, Words], Said]]] = {
    Send: ("send", _send),
    Wait: ("wait", _wait),
    WaitFor: ("wait_for", _wait_for),
    Branch: ("branch", _branch),
    Task: ("task", _task),
    Approval: ("approval", _approval),
    Update: ("update", _update),
    Tag: ("tag", _tag),
    Split: ("split", _split),
    Webhook: ("webhook", _webhook),
    StartJourney: ("start_journey", _start),
    StopJourney: ("stop_journey", _stop),
    Exit: ("exit", _exit),
}
