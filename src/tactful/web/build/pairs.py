"""Two who may be one person: in a list, side by side with what will be, and taken apart again."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from tactful.contacts import queries as contacts
from tactful.contacts.queries import ContactMerge, Pair
from tactful.contacts.rules.addresses import written_phone
from tactful.contacts.rules.merging import Chosen, ChosenBasis, MergePlan, Side, Why, plan_merge
from tactful.contacts.sentences import FIELD_NAMES
from tactful.contacts.types import ContactLine, Field
from tactful.web.build.clients import LANGUAGES
from tactful.web.pages.pairs import FieldRow, FindPage, MergedPage, PairPage, PairRow, PairsPage
from tactful.web.templatetags.tactful import full_date
from tactful.web.types import Act, EmptyState, Link, Pager, Person, Text
from tactful.web.visit import Visit
from tactful.wiring.merging import UNDO_WITHIN

PAGE = 50
FOUND = 20
UNSHOWN = frozenset({"source", Field.GIVEN_NAME.value, Field.FAMILY_NAME.value})
"""They follow from what is shown."""


def pairs_page(before: tuple[datetime, int, int] | None, first: int) -> PairsPage:
    """Four queries, however many pairs."""
    found = contacts.open_pairs(limit=PAGE + 1, before=before)
    total, shown = contacts.open_pair_count(), found[:PAGE]
    lines = _lines({ident for pair in shown for ident in (pair.one, pair.other)})
    rows = tuple(_pair_row(pair, lines) for pair in shown)
    return PairsPage(total, rows, _pager(found, first, total), None if rows else _empty())


def _pair_row(pair: Pair, lines: Mapping[int, ContactLine]) -> PairRow:
    one, other = lines[pair.one], lines[pair.other]
    url = reverse("web:pair", args=[one.id, other.id])
    return PairRow(_who(one), _who(other), why_said(pair.reasons), url, _beside(one, other))


def _who(line: ContactLine) -> Person:
    return Person(line.name, True, line.company, reverse("web:client", args=[line.id]))


def _beside(one: ContactLine, other: ContactLine) -> str:
    return " · ".join(filter(None, (_reached(one), _reached(other))))


def _reached(line: ContactLine) -> str:
    return line.mail or written_phone(line.phone)


def _lines(ids: Iterable[int]) -> dict[int, ContactLine]:
    return {line.id: line for line in contacts.lines(set(ids))}


def _pager(found: list[Pair], first: int, total: int) -> Pager:
    shown = found[:PAGE]
    if not shown:
        return Pager(0, 0, 0)
    last, end = shown[-1], first + len(shown) - 1
    at = {"before": last.found_at.isoformat(), "one": last.one, "other": last.other, "n": end + 1}
    following = f"{reverse('web:pairs')}?{urlencode(at)}" if len(found) > PAGE else ""
    return Pager(first, end, max(total, end), next_url=following)


def _empty() -> EmptyState:
    return EmptyState(
        _("Nobody is here twice"),
        _(
            "Once an hour we look for clients who share a postbox, a phone number, or a name beside a "
            "birthday or a company. Nobody is ever merged without a person's word."
        ),
        glyph="person",
        link=Link(_("All clients"), reverse("web:clients")),
    )


def why_said(reasons: Iterable[str]) -> str:
    """Why we think so, in one line."""
    words = {
        "same_postbox": _("their mail ends up in the same postbox"),
        "same_phone_noted": _("one has the phone number of the other"),
        "same_mail_noted": _("one has the mail address of the other"),
        "name_birthday": _("same name and birthday"),
        "name_company": _("same name and company"),
        "same_user_email": _("another system gives both of them one mail address"),
        "same_user_phone": _("another system gives both of them one phone number"),
        "alias": _("another system says that they are one"),
    }
    said = [words[each] for each in reasons if each in words]
    text = ", ".join(dict.fromkeys(said))
    return text[:1].upper() + text[1:]


def find_page(client: Person, pk: int, q: str) -> FindPage:
    """Whom else they may be, by a search."""
    lines = contacts.search(q, limit=FOUND) if q else ()
    rows = tuple(
        PairRow(client, _who(line), _reached(line), reverse("web:pair", args=[pk, line.id]))
        for line in lines
        if line.id != pk
    )
    return FindPage(client, q, rows)


def pair_page(one: Side, other: Side, visit: Visit) -> PairPage:
    """``one`` is kept. Everything is as ``contacts.rules.merging`` decides it."""
    plan = plan_merge(one, other)
    ours, theirs = _person(one), _person(other)
    page = [one.id, other.id]
    merge = Act(
        _("Merge, keep the left one"), reverse("web:merge", args=page), strong=True, icon="check", key="m"
    )
    apart = Act(_("They are two people"), reverse("web:apart", args=page), key="t")
    may = visit.user.may_write
    return PairPage(
        one=ours,
        other=theirs,
        why=why_said(contacts.reasons_of(one.id, other.id)),
        rows=tuple(_field_rows(plan, one, other)),
        will=tuple(_will(plan)),
        swap=Link(_("Change sides"), reverse("web:pair", args=[other.id, one.id])),
        merge=merge if may else None,
        apart=apart if may else None,
    )


def _person(side: Side) -> Person:
    return Person(str(side.columns["name"]), True, "", reverse("web:client", args=[side.id]))


def _field_rows(plan: MergePlan, one: Side, other: Side) -> Iterable[FieldRow]:
    labels = contacts.labels((one, other))
    left = {"name": one.columns["name"], "created_at": one.columns["created_at"]}
    yield _chosen(plan.fields[0], left["name"], labels)
    for kind, label in (("email", _("Mail")), ("phone", _("Phone")), ("external", _("Number elsewhere"))):
        sides = [_addresses(side, kind) for side in (one, other)]
        if any(sides):
            both = ", ".join(filter(None, sides))
            yield FieldRow(label, sides[0], sides[1], both, _why(Why.BOTH) if all(sides) else "")
    for field in plan.fields[1:]:
        if field.field in UNSHOWN:
            continue
        ours = one.columns.get(field.field, one.attributes.get(field.field))
        yield _chosen(field, ours, labels)
    yield from _kinds(plan, one, other)
    yield from (_basis_row(each, one) for each in plan.basis)


def _addresses(side: Side, kind: str) -> str:
    found = [each for each in side.addresses if each.kind == kind]
    return ", ".join(written_phone(each.value) if kind == "phone" else each.shown for each in found)


def _chosen(chosen: Chosen, ours: Any, labels: Mapping[tuple[str, int], str]) -> FieldRow:
    said = [_value(chosen.field, value, labels) for value in (ours, chosen.other, chosen.value)]
    quiet = chosen.why is Why.SAME or (chosen.why is Why.OURS and not said[1])
    return FieldRow(
        _label(chosen.field), *_three(said), why="" if quiet else _why(chosen.why), of_other=chosen.of_gone
    )


def _value(field: str, value: Any, labels: Mapping[tuple[str, int], str]) -> str:
    if value is None or value == "":
        return ""
    if field in ("company_id", "household_id", "manager_id"):
        return labels.get((field, value), str(value))
    if field == "language":
        return LANGUAGES.get(value, lambda: str(value))()
    if isinstance(value, datetime):
        return full_date(value)
    with suppress(ValueError):  # what is noted of a client is text, days too
        return full_date(date.fromisoformat(str(value)))
    return str(value)


def _three(said: list[str]) -> tuple[str, str, str]:
    """Of the one, of the other, of both."""
    return said[0], said[1], said[2]


def _label(field: str) -> Text:
    words: dict[str, Text] = {
        "name": _("Name"),
        "created_at": _("Here since"),
        "language": _("Language"),
        "time_zone": _("Time zone"),
        "subdivision": _("County"),
        "tier": _("Tier"),
        "company_id": _("Company"),
        "household_id": _("Household"),
        "manager_id": _("Looked after by"),
    }
    known = set(Field)
    return words.get(field) or (str(FIELD_NAMES[Field(field)]) if field in known else field)


def _why(why: Why) -> str:
    return {
        Why.OURS: _("the left one stands"),
        Why.ONLY: _("the left one says nothing"),
        Why.FULLER: _("the fuller name"),
        Why.EARLIER: _("the earlier day"),
        Why.BOTH: _("both are kept"),
        Why.STRICTER: _("the stricter holds"),
    }.get(why, "")


def _kinds(plan: MergePlan, one: Side, other: Side) -> Iterable[FieldRow]:
    for kind, label, keys in (("tag", _("Tags"), plan.tags), ("flag", _("What holds"), plan.flags)):
        if keys:
            own = [{each.key for each in side.spells if each.kind == kind} for side in (one, other)]
            said = [", ".join(_flag(key) for key in sorted(found)) for found in (*own, set(keys))]
            yield FieldRow(
                label,
                *_three(said),
                why=_why(Why.BOTH) if own[1] - own[0] else "",
                of_other=bool(own[1] - own[0]),
            )


def _flag(key: str) -> str:
    words = {
        "bereaved": _("in mourning"),
        "restricted": _("their data may only be kept"),
        "objected:marketing": _("no to news"),
        "objected:optional": _("no to what can be left out"),
    }
    return words.get(key, key)


def _basis_row(each: ChosenBasis, one: Side) -> FieldRow:
    kinds = {
        "consent": _("consent"),
        "existing_customer": _("an existing customer"),
        "contract": _("contract"),
        "withdrawn": _("withdrawn"),
    }
    ours = next((b.kind for b in one.basis if (b.purpose, b.channel) == (each.purpose, each.channel)), "")
    theirs = each.other if each.kind == ours else each.kind
    use = {"service": _("Service"), "marketing": _("News")}.get(each.purpose, each.purpose)
    channel = {"mail": _("Mail"), "sms": _("SMS")}.get(each.channel, each.channel)
    said = [kinds.get(kind, kind) for kind in (ours, theirs, each.kind)]
    why = _why(each.why) if each.why in (Why.STRICTER, Why.ONLY) else ""
    return FieldRow(f"{use}, {channel}", *_three(said), why=why, of_other=bool(theirs) and each.kind != ours)


def _will(plan: MergePlan) -> Iterable[str]:
    yield _(
        "Everything with both stands on one time line: what was said, what was sent, tasks, documents and "
        "visits."
    )
    if plan.flags or plan.wishes or any(each.kind == "withdrawn" for each in plan.basis):
        yield _("What either of them has said no to holds for the one client.")
    yield _("What waits for either is looked at once more before it goes.")
    yield _("Where both walk the same journey, the left one goes on and the other walk ends.")
    yield _("Old links lead to the one client. For %(days)d days you can take it back.") % {
        "days": UNDO_WITHIN.days
    }


def merged_page(row: ContactMerge, client: Person, visit: Visit) -> MergedPage:
    who = visit.person(row.by)
    names = {"gone": row.shown, "kept": client.name, "who": who.name if who else _("Somebody of ours")}
    late = row.at < visit.now - UNDO_WITHIN
    said = _("%(who)s merged them on %(day)s.") % {**names, "day": full_date(row.at)}
    act = Act(_("Make them two again"), reverse("web:unmerge", args=[row.id]), strong=True)
    return MergedPage(
        client=client,
        gone=row.shown,
        said=said,
        will=(_("It is longer ago than %(days)d days.") % {"days": UNDO_WITHIN.days},)
        if late
        else (
            _("Every row goes back to where it was: addresses, messages, talks, tasks and documents."),
            _("What has come in since, and what somebody has changed since, stays with %(kept)s.") % names,
            _("What waits for either is looked at once more before it goes."),
        ),
        undo=act if visit.user.may_write and not late else None,
    )
