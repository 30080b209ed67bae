"""Forms of the steps at which ways part by a condition, or by what a person says."""

from typing import Any

from django.utils.translation import gettext as _

from tactful.web.forms.journey.conditions import condition_group, take_condition
from tactful.web.forms.journey.controls import Control, Doc, Group, Post, Row, choices, said, several, word
from tactful.web.forms.journey.delays import delay_group, take_delay
from tactful.web.forms.journey.house import House
from tactful.web.forms.journey.words import owner_control, slug, take_text, text_row
from tactful.web.types import Text


def show_branch(doc: Doc, house: House) -> list[Group]:
    arms = [arm["if"] for arm in doc.get("arms", ())] or [None]
    groups = [
        condition_group(
            f"arms.{n}", _("Way %(number)d: take it if") % {"number": n + 1}, arm, house, folded=False,
            blank=1 if arm is None else 0,
        )
        for n, arm in enumerate(arms)
    ]  # fmt: skip
    another = condition_group(f"arms.{len(arms)}", _("Another way: take it if"), None, house)
    return [*groups, another] if doc.get("arms") else groups


def take_branch(taking: Any) -> Doc:
    """An arm without a condition is taken away."""
    old = taking.doc.get("arms", [])
    arms = []
    for prefix in several(taking.post, "arms"):
        number = int(prefix.rpartition(".")[2])
        condition = take_condition(taking.post, prefix)
        if condition is not None:
            goes = old[number]["next"] if number < len(old) else taking.goes
            arms.append({"if": condition, "next": goes})
    return {**taking.doc, "arms": arms}


def show_task(doc: Doc, house: House) -> list[Group]:
    kinds = [
        ("call", _("a call")),
        ("write", _("something to write")),
        ("answer", _("something to answer")),
        ("decide", _("something to decide")),
        ("approve", _("something to approve")),
    ]
    first = Group(
        "",
        (
            text_row("title", _("What to do, in English"), _("What to do, in Norwegian"), doc.get("title")),
            Row(
                (
                    owner_control(doc.get("owner", "account_manager"), house),
                    Control("task", _("It is"), "select", doc.get("task", "call"), choices=choices(kinds)),
                )
            ),
        ),
    )
    return [
        first,
        _answers(doc),
        *_time_out(doc, house),
        condition_group("still_true", _("Only if something still holds"), doc.get("still_true"), house),
    ]


def take_task(taking: Any) -> Doc:
    post = taking.post
    return said(
        taking.doc,
        task=word(post, "task"),
        title=take_text(post, "title"),
        owner=word(post, "owner"),
        answers=_take_answers(taking),
        still_true=take_condition(post, "still_true"),
        **_take_time_out(taking),
    )


def show_approval(doc: Doc, house: House) -> list[Group]:
    first = Group(
        "",
        (
            text_row(
                "title", _("The question, in English"), _("The question, in Norwegian"), doc.get("title")
            ),
            Row((owner_control(doc.get("owner", "business_owner"), house),)),
        ),
    )
    return [first, *_time_out(doc, house)]


def take_approval(taking: Any) -> Doc:
    post = taking.post
    title, owner = take_text(post, "title"), word(post, "owner")
    doc = said(taking.doc, title=title, owner=owner, **_take_time_out(taking))
    doc.setdefault("if_refused", "end")
    return doc


def _answers(doc: Doc) -> Group:
    given = [*doc.get("answers", ()), None]
    rows = [
        text_row(f"answers.{n}", _answer_label(n, "en"), _answer_label(n, "nb"), each and each["name"])
        for n, each in enumerate(given)
    ]
    legend = _("What the person may answer, each with a way of its own")
    return Group(
        legend,
        tuple(rows),
        True,
        bool(doc.get("answers")),
        more="more.answers",
        more_text=_("One more answer"),
    )


def _answer_label(number: int, language: str) -> Text:
    said = _("Answer %(number)d, in English") if language == "en" else _("Answer %(number)d, in Norwegian")
    return said % {"number": number + 1}


def _take_answers(taking: Any) -> list[Doc]:
    old = taking.doc.get("answers", [])
    found: list[Doc] = []
    taken = {each["id"] for each in old}
    for prefix in several(taking.post, "answers"):
        number = int(prefix.rpartition(".")[2])
        name = take_text(taking.post, prefix)
        if name is None:
            continue
        if number < len(old):
            found.append({**old[number], "name": name})
            continue
        ident = _free(slug(name["en"] or name["nb"]) or "answer", taken)
        taken.add(ident)
        found.append({"id": ident, "name": name, "next": taking.goes})
    return found


def _free(wish: str, taken: set[str]) -> str:
    names = (wish, *(f"{wish}-{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def _time_out(doc: Doc, house: House) -> list[Group]:
    label = _("When the time is out, it goes another way")
    tick = Control("time_out", label, "tick", "1" if doc.get("otherwise") else "")
    return [
        delay_group("within", _("Within what time"), doc.get("within"), house, folded=True),
        Group(_("If nobody has done it by then"), (Row((tick,)),), True, bool(doc.get("otherwise"))),
    ]


def _take_time_out(taking: Any) -> dict[str, Any]:
    post: Post = taking.post
    within = take_delay(post, "within")
    other = taking.doc.get("otherwise") or taking.goes
    return {"within": within, "otherwise": other if within and word(post, "time_out") else None}
