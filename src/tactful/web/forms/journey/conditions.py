"""A condition as rows: what, how, and with which value; all of them or any of them.

What does not fit in rows (groups in groups) is shown as text and taken as text.
"""

from typing import Any

from django.utils.translation import gettext as _

from tactful.journeys.rules.problems import DefinitionError
from tactful.journeys.rules.yaml_text import read_yaml, write_yaml
from tactful.journeys.types import Op, Source
from tactful.web.forms.journey.controls import Choice, Control, Doc, Group, Post, Row, choices, several, word
from tactful.web.forms.journey.house import House
from tactful.web.forms.journey.refs import ref_controls, take_ref
from tactful.web.types import Text

PARTS = {each.value for each in Source} | {each.value for each in Op}
NUMBERS = {Op.MORE_THAN.value, Op.AT_LEAST.value, Op.LESS_THAN.value, Op.AT_MOST.value}


def condition_group(
    prefix: str, legend: Text, doc: Doc | None, house: House, *, folded: bool = True, blank: int = 1
) -> Group:
    if doc is not None and _rows_of(doc) is None:
        text = Control(f"{prefix}.text", _("The condition as text"), "area", write_yaml(doc))
        hint = _("It is too nested to be clicked together here.")
        return Group(legend, (Row((text,)),), folded, True, hint=hint)
    joint, rows = _rows_of(doc) if doc is not None else ("all", [])  # type: ignore[misc]
    shown = [_row(f"{prefix}.{n}", row, house) for n, row in enumerate([*rows, *[None] * blank])]
    how = choices([("all", _("All of these hold")), ("any", _("At least one of these holds"))])
    several_rows = (Row((Control(f"{prefix}.joint", _("When"), "select", joint, choices=how),)),)
    head = several_rows if len(shown) > 1 else ()
    return Group(
        legend, (*head, *shown), folded, bool(doc), "g-cond",
        more=f"more.{prefix}", more_text=_("One more condition"),
    )  # fmt: skip


def take_condition(post: Post, prefix: str) -> Doc | None:
    """None if every line was left empty. A text that cannot be read raises ``DefinitionError``."""
    if text := str(post.get(f"{prefix}.text", "")).strip():
        doc, _lines = read_yaml(text)
        return doc if isinstance(doc, dict) else {"all": doc}
    parts = [part for each in several(post, prefix) if (part := _taken(post, each)) is not None]
    if not parts:
        return None
    return (
        parts[0] if len(parts) == 1 else {"any" if word(post, f"{prefix}.joint") == "any" else "all": parts}
    )


def value_text(value: Any) -> str:
    """A value as a person types it."""
    if isinstance(value, list):
        return ", ".join(map(value_text, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "" if value is None else str(value)


def typed_value(text: str) -> Any:
    """What was typed as text, a number, yes or no."""
    if text.lower() in {"yes", "true", _("yes").lower()}:
        return True
    if text.lower() in {"no", "false", _("no").lower()}:
        return False
    try:
        doc, _lines = read_yaml(text)
    except DefinitionError:
        return text
    return doc if isinstance(doc, int | float) and not isinstance(doc, bool) else text


def _rows_of(doc: Doc) -> tuple[str, list[Doc]] | None:
    """(all or any, rows), or None if it is deeper than that."""
    joint = "any" if "any" in doc else "all"
    parts = doc.get(joint, [doc])
    plain = all(set(part.get("not", part)) <= PARTS for part in parts)
    return (joint, parts) if plain else None


def _row(name: str, doc: Doc | None, house: House) -> Row:
    inner = (doc or {}).get("not", doc or {})
    op = next((each.value for each in Op if each.value in inner), Op.HOLDS.value)
    value = inner.get(op)
    if op == Op.KNOWN.value:
        op, value = ("known" if value else "unknown"), None
    if doc and "not" in doc:
        op = f"not-{op}"
    first = _("nothing") if doc is None else _("take this condition away")
    return Row(
        (
            *ref_controls(name, _("What"), inner or None, house, first),
            Control(f"{name}.op", _("How"), "select", op, choices=_ops(op)),
            Control(f"{name}.value", _("Value"), "text", value_text(value), only="if-value", listed="values"),
            Control(f"{name}.kind", "", "text", _kind(value), only="kept"),
        ),
        only="cond",
    )


def _kind(value: Any) -> str:
    """Text that looks like a number or a yes stays text when it comes back untouched."""
    first = value[0] if isinstance(value, list) and value else value
    return "text" if isinstance(first, str) and not isinstance(typed_value(first), str) else ""


def _taken(post: Post, name: str) -> Doc | None:
    ref = take_ref(post, name)
    if ref is None:
        return None
    op = word(post, f"{name}.op") or Op.HOLDS.value
    plain = op.removeprefix("not-")
    doc = {**ref, **_asked(post, name, plain)}
    return {"not": doc} if op.startswith("not-") else doc


def _asked(post: Post, name: str, op: str) -> Doc:
    text, keeps = word(post, f"{name}.value"), word(post, f"{name}.kind") == "text"
    read = str if keeps else typed_value
    if op in ("known", "unknown"):
        return {Op.KNOWN.value: op == "known"}
    if op == Op.ONE_OF.value:
        return {op: [read(part.strip()) for part in text.split(",") if part.strip()]}
    if op in NUMBERS or op in (Op.IS.value, Op.IS_NOT.value, Op.CONTAINS.value):
        return {op: read(text)}
    return {}


def _ops(chosen: str) -> tuple[Choice, ...]:
    known = [
        ("holds", _("is so")),
        ("not-holds", _("is not so")),
        ("is", _("is")),
        ("is_not", _("is not")),
        ("one_of", _("is one of")),
        ("more_than", _("is more than")),
        ("at_least", _("is at least")),
        ("less_than", _("is less than")),
        ("at_most", _("is at most")),
        ("contains", _("contains")),
        ("known", _("is known")),
        ("unknown", _("is not known")),
    ]
    plain = dict(known)
    if chosen not in plain:
        known.append((chosen, _("not: %(how)s") % {"how": plain.get(chosen.removeprefix("not-"), chosen)}))
    return choices(known)
