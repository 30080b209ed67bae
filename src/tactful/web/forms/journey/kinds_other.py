"""Forms of the steps that share out, write down, tell others and end."""

from typing import Any

from django.utils.translation import gettext as _

from tactful.web.forms.journey.conditions import typed_value, value_text
from tactful.web.forms.journey.controls import Control, Doc, Group, Row, known, said, several, whole, word
from tactful.web.forms.journey.delays import delay_group, take_delay
from tactful.web.forms.journey.house import House
from tactful.web.forms.journey.words import take_text, take_values, text_row, values_group

TWO = ({"weight": 90, "next": ""}, {"weight": 10, "next": "", "hold_out": True})


def show_split(doc: Doc, _house: House) -> list[Group]:
    groups = []
    for n, share in enumerate([*doc.get("shares", TWO), {}]):
        tick = _("Leave these alone, to see what the journey changes")
        rows = (
            Row(
                (
                    Control(
                        f"shares.{n}.weight",
                        _("So many of the whole"),
                        "number",
                        str(share.get("weight", "")),
                    ),
                    Control(f"shares.{n}.hold_out", tick, "tick", "1" if share.get("hold_out") else ""),
                )
            ),
            text_row(f"shares.{n}", _("Called, in English"), _("Called, in Norwegian"), share.get("name")),
        )
        legend = _("Share %(number)d") % {"number": n + 1}
        groups.append(Group(legend, rows, folded=not share, hint="" if share else _("Empty: no such share.")))
    return groups


def take_split(taking: Any) -> Doc:
    old, shares = taking.doc.get("shares", []), []
    for prefix in several(taking.post, "shares"):
        number = int(prefix.rpartition(".")[2])
        if weight := word(taking.post, f"{prefix}.weight"):
            share: Doc = {"weight": whole(weight)}
            if name := take_text(taking.post, prefix):
                share["name"] = name
            if word(taking.post, f"{prefix}.hold_out"):
                share["hold_out"] = True
            shares.append({**share, "next": old[number]["next"] if number < len(old) else taking.goes})
    return {**taking.doc, "shares": shares}


def show_update(doc: Doc, _house: House) -> list[Group]:
    shown = [*doc.get("set", {}).items(), ("", "")]
    rows = tuple(
        Row(
            (
                Control(f"set.{n}.key", _("About the client"), "text", name, listed="attributes"),
                Control(f"set.{n}.value", _("Write down"), "text", value_text(value)),
            )
        )
        for n, (name, value) in enumerate(shown)
    )
    hint = _("Yes, no and numbers are kept as such, anything else as words.")
    return [Group("", rows, hint=hint, more="more.set", more_text=_("One more value"))]


def take_update(taking: Any) -> Doc:
    found = {}
    for each in several(taking.post, "set"):
        if key := word(taking.post, f"{each}.key"):
            found[key] = typed_value(word(taking.post, f"{each}.value"))
    return {**taking.doc, "set": found}


def show_tag(doc: Doc, _house: House) -> list[Group]:
    hint = _("Several with commas between them.")
    row = Row(
        (
            Control("add", _("Put on"), "text", ", ".join(doc.get("add", ())), hint),
            Control("remove", _("Take off"), "text", ", ".join(doc.get("remove", ())), hint),
        )
    )
    return [Group("", (row,))]


def take_tag(taking: Any) -> Doc:
    def tags(name: str) -> list[str]:
        return [part for each in word(taking.post, name).split(",") if (part := each.strip())]

    return said(taking.doc, add=tags("add"), remove=tags("remove"))


def show_webhook(doc: Doc, house: House) -> list[Group]:
    url = Control("url", _("Web address"), "text", doc.get("url", ""), _("It begins with https://"))
    failed = Control(
        "failed_way",
        _("If it says no or nothing, it goes another way"),
        "tick",
        "1" if doc.get("if_failed") else "",
    )
    return [
        Group("", (Row((url,)),)),
        values_group("body", _("What it is told"), doc.get("body", {}), house),
        delay_group("up_to", _("Wait for its answer at most"), doc.get("up_to"), house, folded=True),
        Group(_("If it does not answer"), (Row((failed,)),), True, bool(doc.get("if_failed"))),
    ]


def take_webhook(taking: Any) -> Doc:
    post = taking.post
    up_to = take_delay(post, "up_to")
    other = taking.doc.get("if_failed") or taking.goes
    failed = other if up_to and word(post, "failed_way") else None
    return said(
        taking.doc, url=word(post, "url"), body=take_values(post, "body"), up_to=up_to, if_failed=failed
    )


def show_start(doc: Doc, house: House) -> list[Group]:
    return [
        Group("", (Row((_journey(doc, house, _("Which journey begins")),)),)),
        values_group("with", _("What it is told"), doc.get("with", {}), house),
    ]


def take_start(taking: Any) -> Doc:
    parts = {"journey": word(taking.post, "journey"), "with": take_values(taking.post, "with")}
    return said(taking.doc, **parts)


def show_stop(doc: Doc, house: House) -> list[Group]:
    return [Group("", (Row((_journey(doc, house, _("Which journey stops for this client")),)),))]


def take_stop(taking: Any) -> Doc:
    return said(taking.doc, journey=word(taking.post, "journey"))


def show_exit(doc: Doc, _house: House) -> list[Group]:
    row = text_row("reason", _("Why, in English"), _("Why, in Norwegian"), doc.get("reason"))
    return [Group("", (row,), hint=_("May be left empty."))]


def take_exit(taking: Any) -> Doc:
    return said(taking.doc, reason=take_text(taking.post, "reason"))


def _journey(doc: Doc, house: House, label: str) -> Control:
    slug = doc.get("journey", "")
    return Control("journey", label, "select", slug, choices=known(house.journeys, slug))
