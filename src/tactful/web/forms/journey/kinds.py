"""Each kind of step as a form. ``show`` gives the groups of one, ``take`` the step with what was typed.

A step keeps its ``id`` and where its ways lead; ways that are new lead to where the others meet.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _

from tactful.web.forms.journey import kinds_asking as asking
from tactful.web.forms.journey import kinds_other as other
from tactful.web.forms.journey.conditions import condition_group, take_condition
from tactful.web.forms.journey.controls import (
    Choice,
    Control,
    Doc,
    Group,
    Post,
    Row,
    choices,
    known,
    said,
    several,
    word,
)
from tactful.web.forms.journey.delays import delay_group, take_delay
from tactful.web.forms.journey.house import House
from tactful.web.forms.journey.refs import ref_controls, take_ref
from tactful.web.forms.journey.words import (
    event_controls,
    same_tick,
    take_event,
    take_match,
    take_text,
    text_row,
)


class Taking(NamedTuple):
    """What was sent, for a step that is ``doc`` now. ``goes``: where a new way leads."""

    post: Post
    doc: Doc
    house: House
    goes: str


def show(doc: Doc, house: House) -> list[Group]:
    return _SHOW[doc["kind"]](doc, house)


def take(taking: Taking) -> Doc:
    return _TAKE[taking.doc["kind"]](taking)


def _wait(doc: Doc, house: House) -> list[Group]:
    return [delay_group("delay", _("How long"), doc.get("delay"), house)]


def _take_wait(taking: Taking) -> Doc:
    return said(taking.doc, delay=take_delay(taking.post, "delay"))


GATE = ("nobody_talking", "clean_hands", "mood", "quiet_hours")


def _send(doc: Doc, house: House) -> list[Group]:
    touchpoint, template = doc.get("touchpoint", ""), doc.get("template", "")
    what = Control(
        "touchpoint",
        _("Touchpoint"),
        "select",
        touchpoint,
        _("It must be structural. Else a person writes."),
        known(house.touchpoints, touchpoint),
    )
    words = Control(
        "template",
        _("Letter"),
        "select",
        template,
        _("The words that go out."),
        known(house.templates, template),
    )
    return [
        Group("", (Row((what,)), Row((words,)))),  # under each other: names are long, and a phone is narrow
        condition_group("still_true", _("Only if something still holds"), doc.get("still_true"), house),
        delay_group("latest", _("Not later than"), doc.get("latest"), house, folded=True),
        _variables(doc, house),
        _if_not(doc, house),
    ]


def _if_not(doc: Doc, house: House) -> Group:
    where = (Choice("", _("the journey goes on as if it had been")), *house.steps)
    goes = doc.get("if_not_sent", "")
    checks = choices(
        [
            ("nobody_talking", _("we are talking with the client")),
            ("clean_hands", _("we owe the client something")),
            ("mood", _("the client is in a bad mood")),
            ("quiet_hours", _("it is in quiet hours")),
        ]
    )
    allowed = frozenset(doc.get("allow", ()))
    rows = (
        Row((Control("if_not_sent", _("If it cannot be sent"), "select", goes, choices=where),)),
        Row((Control("allow", _("It goes even if"), "ticks", choices=checks, chosen=allowed),)),
    )
    legend = _("If it cannot be sent, and what it may ignore")
    return Group(legend, rows, folded=True, open=bool(goes or allowed))


def _take_send(taking: Taking) -> Doc:
    post = taking.post
    return said(
        taking.doc,
        touchpoint=word(post, "touchpoint"),
        template=word(post, "template"),
        variables=_take_variables(post),
        still_true=take_condition(post, "still_true"),
        latest=take_delay(post, "latest"),
        allow=[each for each in GATE if each in post.getlist("allow")],
        if_not_sent=word(post, "if_not_sent"),
    )


def _variables(doc: Doc, house: House) -> Group:
    given = [*doc.get("variables", {}).items(), ("", {})]
    rows: list[Row] = []
    for n, (name, value) in enumerate(given):
        source = {key: each for key, each in value.items() if key != "default"}
        rows.append(
            Row(
                (
                    Control(f"variables.{n}.key", _("Called"), "text", name),
                    *ref_controls(f"variables.{n}", _("Where from"), source or None, house),
                ),
                only="cond",
            )
        )
        rows.append(
            text_row(f"variables.{n}.default", _("If missing, in English"), _("If missing, in Norwegian"),
                     value.get("default"))
        )  # fmt: skip
    hint = _("What the letter wants to know beyond the client’s own name.")  # noqa: RUF001
    legend = _("Values in the letter")
    return Group(legend, tuple(rows), True, False, "g-cond", hint)


def _take_variables(post: Post) -> Doc:
    found: Doc = {}
    for each in several(post, "variables"):
        ref = take_ref(post, each)
        if (name := word(post, f"{each}.key")) and ref:
            found[name] = said(ref, default=take_text(post, f"{each}.default"))
    return found


def _wait_for(doc: Doc, house: House) -> list[Group]:
    event = Group(
        "",
        (
            Row(event_controls("event", _("Until this happens"), doc.get("event", ""), house), only="cond"),
            *([Row(same_tick(doc if "event" in doc else {}, house))] if house.key else []),
        ),
        css="g-cond",
    )
    return [
        event,
        delay_group("up_to", _("But at most"), doc.get("up_to") or {"days": 7}, house),
        condition_group("if", _("And only if this holds of it"), doc.get("if"), house),
    ]


def _take_wait_for(taking: Taking) -> Doc:
    post = taking.post
    parts = {"match": take_match(post, taking.doc, taking.house), "if": take_condition(post, "if")}
    doc = said(taking.doc, event=take_event(post, "event"), up_to=take_delay(post, "up_to"), **parts)
    doc.setdefault("otherwise", taking.goes)
    return doc


_SHOW: Mapping[str, Callable[[Doc, House], list[Group]]] = {
    "wait": _wait,
    "send": _send,
    "wait_for": _wait_for,
    "branch": asking.show_branch,
    "task": asking.show_task,
    "approval": asking.show_approval,
    "split": other.show_split,
    "update": other.show_update,
    "tag": other.show_tag,
    "webhook": other.show_webhook,
    "start_journey": other.show_start,
    "stop_journey": other.show_stop,
    "exit": other.show_exit,
}
_TAKE: Mapping[str, Callable[[Taking], Doc]] = {
    "wait": _take_wait,
    "send": _take_send,
    "wait_for": _take_wait_for,
    "branch": asking.take_branch,
    "task": asking.take_task,
    "approval": asking.take_approval,
    "split": other.take_split,
    "update": other.take_update,
    "tag": other.take_tag,
    "webhook": other.take_webhook,
    "start_journey": other.take_start,
    "stop_journey": other.take_stop,
    "exit": other.take_exit,
}
