"""What the kept contact will have when two become one, and why: decided here, shown before, done after.

The kept one's word stands; where it says nothing, the other's is taken. What forbids us something holds,
whichever of the two it was said to: an objection, a withdrawal, a restriction, mourning, and an address that
somebody did not want to be written to.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from tactful.contacts.types import BEGAN

from .names import compatible, is_full

#: Columns of a contact whose empty value says nothing. A country is always said, so the kept one's stands.
PLAIN: Final = (
    "language",
    "time_zone",
    "subdivision",
    "tier",
    "company_id",
    "household_id",
    "manager_id",
    "source",
)
NOTES: Final = "notes"
#: Spells that stand for a column or an attribute: the loser's ends.
_COLUMN_OF_KIND: Final = {"company": "company_id", "household": "household_id", "manager": "manager_id"}
#: The less a basis allows, the earlier it stands here.
STRICTNESS: Final = ("withdrawn", "contract", "existing_customer", "consent")
#: Why an address may be shut; these are a person's wish, the others are the address's own fault.
WISHES: Final = frozenset({"asked", "unsubscribe", "complaint"})


class Why(StrEnum):
    SAME = "same"  # both say so
    OURS = "ours"  # the kept one's stands
    ONLY = "only"  # the kept one says nothing
    FULLER = "fuller"  # the other one's name says more
    EARLIER = "earlier"
    BOTH = "both"  # both are kept
    STRICTER = "stricter"


class OwnAddress(NamedTuple):
    id: int
    kind: str
    value: str
    shown: str
    is_primary: bool


class OwnSpell(NamedTuple):
    """A running spell of a contact."""

    id: int
    kind: str
    key: str
    value: Any


class OwnBasis(NamedTuple):
    id: int
    purpose: str
    channel: str
    kind: str


class Shut(NamedTuple):
    """A running suppression of one of the addresses."""

    channel: str
    address: str
    scope: str
    reason: str


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two, as it stands. ``columns``: those of ``PLAIN``, ``name``, ``given_name``, ``sort_key``,
    ``country`` and ``created_at``. ``addresses``: the primary ones first."""

    id: int
    columns: Mapping[str, Any]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    addresses: tuple[OwnAddress, ...] = ()
    spells: tuple[OwnSpell, ...] = ()
    basis: tuple[OwnBasis, ...] = ()
    shut: tuple[Shut, ...] = ()


class Chosen(NamedTuple):
    """A value of the kept contact. ``other``: what the one who goes had; ``of_gone``: theirs is taken."""

    field: str
    value: Any
    other: Any
    why: Why

    @property
    def of_gone(self) -> bool:
        return self.why in (Why.ONLY, Why.FULLER, Why.EARLIER)


class ChosenBasis(NamedTuple):
    """``kind`` holds; ``other``: what the other side had for the same use, "" for nothing."""

    purpose: str
    channel: str
    kind: str
    other: str
    why: Why


@dataclass(frozen=True, slots=True)
class MergePlan:
    """``columns`` and ``attributes``: what changes on the kept contact. The rest are ids of rows: addresses
    of the gone that are primary no more, running spells and grounds that end, flags that take in what the
    other one rested on. ``wishes``: (channel, scope, reason) that hold for every address. ``began``: what
    the kept one has from now on of that with which either began; None where neither has such a spell."""

    fields: tuple[Chosen, ...]
    columns: Mapping[str, Any]
    attributes: Mapping[str, Any]
    demoted: tuple[int, ...]
    ended: tuple[int, ...]
    joined: Mapping[int, Any]
    basis: tuple[ChosenBasis, ...]
    ended_basis: tuple[int, ...]
    tags: tuple[str, ...]
    flags: tuple[str, ...]
    wishes: tuple[tuple[str, str, str], ...]
    began: Mapping[str, Any] | None = None


def plan_merge(kept: Side, gone: Side) -> MergePlan:
    """What will be, of both sides as they stand."""
    fields = [_name(kept, gone), _since(kept, gone), *_columns(kept, gone), *_attributes(kept, gone)]
    basis, ended_basis = _basis(kept.basis, gone.basis)
    ended, joined = _spells(kept, gone, {each.field for each in fields if each.of_gone})
    columns = _changed_columns(fields, gone)
    attributes = {
        each.field: each.value
        for each in fields
        if each.field not in kept.columns and each.value != kept.attributes.get(each.field)
    }
    began = [each for each in (*kept.spells, *gone.spells) if each.kind == BEGAN]
    return MergePlan(
        fields=tuple(fields),
        columns=columns,
        attributes=attributes,
        demoted=tuple(_demoted(kept, gone)),
        ended=(*ended, *(each.id for each in began)),
        joined=joined,
        basis=basis,
        ended_basis=ended_basis,
        tags=_keys("tag", kept, gone),
        flags=_keys("flag", kept, gone),
        wishes=tuple(sorted({(s.channel, s.scope, s.reason) for s in _wishes(kept, gone)})),
        began=_began_anew(began, {**kept.columns, **columns}, {**kept.attributes, **attributes}),
    )


def _began_anew(
    spells: Sequence[OwnSpell], columns: Mapping[str, Any], attributes: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    """Of what either began with, what the kept one has now."""
    if not spells:
        return None
    keys = sorted({key for each in spells for key in each.value.get("attributes", {})})
    anew: dict[str, Any] = {"attributes": {key: attributes[key] for key in keys if key in attributes}}
    if any("company" in each.value for each in spells):
        anew["company"] = columns["company_id"]
    return anew


def _name(kept: Side, gone: Side) -> Chosen:
    ours, theirs = str(kept.columns["name"]), str(gone.columns["name"])
    if ours == theirs:
        return Chosen("name", ours, theirs, Why.SAME)
    address = "@" in ours  # of somebody who came through a call that told no name
    if (
        is_full(theirs)
        and "@" not in theirs
        and (address or (not is_full(ours) and compatible(ours, theirs)))
    ):
        return Chosen("name", theirs, theirs, Why.FULLER)
    return Chosen("name", ours, theirs, Why.OURS)


def _since(kept: Side, gone: Side) -> Chosen:
    ours: datetime = kept.columns["created_at"]
    theirs: datetime = gone.columns["created_at"]
    if theirs < ours:
        return Chosen("created_at", theirs, theirs, Why.EARLIER)
    return Chosen("created_at", ours, theirs, Why.SAME if ours == theirs else Why.OURS)


def _columns(kept: Side, gone: Side) -> Iterable[Chosen]:
    abroad = kept.columns["country"] != gone.columns["country"]
    for name in PLAIN:
        ours, theirs = kept.columns[name], gone.columns[name]
        if name == "subdivision" and abroad:
            theirs = ""  # a county of another country
        if ours or theirs:
            yield _plain(name, ours, theirs)


def _attributes(kept: Side, gone: Side) -> Iterable[Chosen]:
    for key in sorted({*kept.attributes, *gone.attributes} - set(kept.columns)):
        ours, theirs = kept.attributes.get(key), gone.attributes.get(key)
        if key == NOTES and ours and theirs and ours != theirs:
            yield Chosen(key, f"{ours}\n\n{theirs}", theirs, Why.BOTH)
        else:
            yield _plain(key, ours, theirs)


def _plain(name: str, ours: Any, theirs: Any) -> Chosen:
    if _says_nothing(ours) and not _says_nothing(theirs):
        return Chosen(name, theirs, theirs, Why.ONLY)
    return Chosen(name, ours, theirs, Why.SAME if ours == theirs else Why.OURS)


def _says_nothing(value: Any) -> bool:
    return value is None or value == ""


def _changed_columns(fields: Sequence[Chosen], gone: Side) -> dict[str, Any]:
    found = {each.field: each.value for each in fields if each.of_gone and each.field in gone.columns}
    if "name" in found:
        found |= {"given_name": gone.columns["given_name"], "sort_key": gone.columns["sort_key"]}
    return found


def _demoted(kept: Side, gone: Side) -> Iterable[int]:
    taken = {address.kind for address in kept.addresses if address.is_primary}
    return (each.id for each in gone.addresses if each.is_primary and each.kind in taken)


def _spells(
    kept: Side, gone: Side, theirs: set[str]
) -> tuple[tuple[int, ...], Mapping[int, Mapping[str, Any]]]:
    """Of two running spells of one thing one ends. ``theirs``: fields that come from the gone contact."""
    own = {(each.kind, each.key): each for each in kept.spells}
    ended: list[int] = []
    joined: dict[int, Mapping[str, Any]] = {}
    for each in (spell for spell in gone.spells if spell.kind != BEGAN):
        mine = own.get((each.kind, each.key))
        about = _COLUMN_OF_KIND.get(each.kind) or (each.key if each.kind == "attribute" else "")
        if about:
            if about not in theirs:
                ended.append(each.id)
            elif mine is not None:
                ended.append(mine.id)
        elif mine is not None:
            ended.append(each.id)
            if (sources := _sources(mine, each)) is not None:
                joined[mine.id] = {"sources": sources}
    return tuple(ended), joined


def _sources(mine: OwnSpell, other: OwnSpell) -> list[str] | None:
    """An objection that was said to both rests on all that it was said by."""
    said = [_said(mine), _said(other)]
    if not any(said) or set(said[1] or [""]) <= set(said[0]):
        return None
    return list(dict.fromkeys([*(said[0] or [""]), *(said[1] or [""])]))


def _said(spell: OwnSpell) -> list[str]:
    return list(spell.value.get("sources", ())) if isinstance(spell.value, dict) else []


def _basis(
    kept: Sequence[OwnBasis], gone: Sequence[OwnBasis]
) -> tuple[tuple[ChosenBasis, ...], tuple[int, ...]]:
    ours = {(each.purpose, each.channel): each for each in kept}
    theirs = {(each.purpose, each.channel): each for each in gone}
    chosen: list[ChosenBasis] = []
    ended: list[int] = []
    for use in sorted({*ours, *theirs}):
        mine, other = ours.get(use), theirs.get(use)
        if mine is None or other is None:
            only = mine or other
            assert only is not None
            chosen.append(ChosenBasis(*use, only.kind, "", Why.OURS if mine else Why.ONLY))
        elif strictness(other.kind) < strictness(mine.kind):
            chosen.append(ChosenBasis(*use, other.kind, mine.kind, Why.STRICTER))
            ended.append(mine.id)
        else:
            why = Why.SAME if mine.kind == other.kind else Why.STRICTER
            chosen.append(ChosenBasis(*use, mine.kind, other.kind, why))
            ended.append(other.id)
    return tuple(chosen), tuple(ended)


def strictness(kind: str) -> int:
    """A kind that we do not know allows nothing."""
    return STRICTNESS.index(kind) if kind in STRICTNESS else -1


def _keys(kind: str, *sides: Side) -> tuple[str, ...]:
    return tuple(sorted({each.key for side in sides for each in side.spells if each.kind == kind}))


def _wishes(*sides: Side) -> Iterable[Shut]:
    return (each for side in sides for each in side.shut if each.reason in WISHES)
