"""Broadcasts in a list, and the page on which one is written."""

from django.urls import reverse
from django.utils.translation import gettext as _

from tactful.broadcasts import queries
from tactful.broadcasts.queries import Broadcast
from tactful.broadcasts.sentences import KINDS
from tactful.broadcasts.types import Standing, State
from tactful.segments import queries as segments
from tactful.segments.rules.problems import SegmentError
from tactful.segments.sentences import problem_sentence, sentence
from tactful.touchpoints import queries as touchpoints
from tactful.touchpoints.types import Line
from tactful.web.build.around import link, post
from tactful.web.build.segments import clients_said
from tactful.web.forms.broadcasts import Choices, Writing
from tactful.web.forms.segment.house import house_of
from tactful.web.pages.broadcasts import BroadcastRow, BroadcastsPage, FieldRow, GroupPart, Offer, WritePage
from tactful.web.templatetags.tactful import near, number
from tactful.web.types import Act, EmptyState, Glyph, Link, Text
from tactful.web.visit import Visit
from tactful.wiring.everybody import EVERYBODY, count_everybody, everybody_is_made
from tactful.wiring.segments import ALLOWED, moment_at

PAGE = 30
GLYPHS: dict[str, Glyph] = {
    State.DRAFT: "person",
    State.WAITING: "person",
    State.SCHEDULED: "plan",
    State.SENDING: "auto",
    State.PAUSED: "held",
    State.FINISHED: "sent",
    State.CANCELLED: "refused",
}


def state_words(state: str) -> str:
    return {
        State.DRAFT: _("Being written"),
        State.WAITING: _("Waits for a second person"),
        State.SCHEDULED: _("Will be sent"),
        State.SENDING: _("On its way"),
        State.PAUSED: _("Paused"),
        State.FINISHED: _("Sent"),
        State.CANCELLED: _("Cancelled"),
    }[State(state)]


def broadcasts_page(visit: Visit, before: int | None) -> BroadcastsPage:
    found = queries.listed(before, PAGE + 1)
    rows, more = found[:PAGE], found[PAGE:]
    second = queries.second_person_asked(visit.now)
    return BroadcastsPage(
        rows=tuple(_row(row, visit) for row in rows),
        second=_("A second person reads each of them before it goes.")
        if second
        else _("Whoever writes one may send it alone."),
        turn=_turn(second) if visit.user.is_owner else None,
        empty=None if rows else _empty(visit),
        next_url=f"{reverse('web:broadcasts')}?before={rows[-1].id}" if more else "",
    )


def _turn(second: bool) -> Act:
    said = _("Let one person be enough") if second else _("Ask for a second person each time")
    return post(said, "broadcast_second", fields={"wanted": "no" if second else "yes"})


def _empty(visit: Visit) -> EmptyState:
    start = link(_("Write the first one"), "broadcast_new")
    return EmptyState(
        _("Nothing has gone out to many at once"),
        _(
            "A broadcast is one message to a group of clients, once: the opening hours at Christmas, a new "
            "price list, a free chair next week. You see beforehand who gets it and who does not, and why."
        ),
        "plan",
        Link(start.text, start.url) if visit.user.may_write else None,
    )


def _row(row: Broadcast, visit: Visit) -> BroadcastRow:
    return BroadcastRow(
        url=reverse("web:broadcast", args=[row.id]),
        name=row.name or _("Without a name"),
        glyph=GLYPHS[row.state],
        state=state_words(row.state),
        note=_note(row),
        when=near(row.ended_at or row.began_at or row.begins_at or row.changed_at, visit.now),
    )


def _note(row: Broadcast) -> str:
    """Counted where it is over or small; a large one that is under way is counted on its own page."""
    if row.size is None:
        return ""
    if row.state in (State.FINISHED, State.CANCELLED) or row.size <= 10_000:
        sent = queries.account_of(row).counts.get(Standing.SENT, 0)
        return _("%(sent)s of %(all)s have it") % {"sent": number(sent), "all": number(row.size)}
    return clients_said(row.size)


def choices(visit: Visit) -> Choices:
    """What can be chosen: every group, and the places where a broadcast may speak."""
    places = touchpoints.views_of_all().values()
    fitting = [each for each in places if each.line is Line.STRUCTURAL and each.message_class in KINDS]
    groups = [(each.row.slug, _group_name(each.row.name, each.size)) for each in segments.listed(ALLOWED)]
    all_of_them = [] if everybody_is_made() else [(EVERYBODY, _("All clients"))]
    return Choices(
        [*all_of_them, *groups],
        [(each.slug, each.name(visit.language)) for each in fitting],
    )


def _group_name(name: str, size: int | None) -> str:
    return name if size is None else f"{name} · {clients_said(size)}"


def group_part(slug: str, visit: Visit) -> GroupPart:
    """Counted anew, with the sentence that says who they are."""
    if slug == EVERYBODY:
        return GroupPart(clients_said(count_everybody(visit.now)), _("Everybody with a mail address"))
    row = segments.segment(slug) if slug else None
    if row is None:
        return GroupPart()
    known = segments.library(ALLOWED)
    tree = known.get(slug)
    if tree is None:
        return GroupPart(trouble=_("This group cannot be read any more. Open it and mend it."))
    try:
        count = segments.count(tree, ALLOWED, moment_at(visit.now), known)
    except SegmentError as error:
        return GroupPart(trouble=problem_sentence(error.problem))
    return GroupPart(clients_said(count), sentence(tree, house_of(visit, lists=False).names))


def write_page(row: Broadcast | None, writing: Writing, visit: Visit, error: str = "") -> WritePage:
    chosen = str(writing.top["segment"].value() or "")
    back = Link(_("Broadcasts"), reverse("web:broadcasts"))
    if row is not None:
        back = Link(row.name or _("Without a name"), reverse("web:broadcast", args=[row.id]))
    return WritePage(
        title=_("Write on it") if row else _("New broadcast"),
        back=back,
        save=reverse("web:broadcast_edit", args=[row.id]) if row else reverse("web:broadcast_new"),
        writing=writing,
        group=group_part(chosen, visit),
        marks=_marks(),
        fields=_fields_to_write(),
        error=error,
        offer=None if writing.has_places else _offer(visit),
    )


def _offer(visit: Visit) -> Offer:
    if not visit.user.is_owner:
        return Offer(_("No touchpoint is for this yet. Ask an owner to put News on the line."))
    said = _(
        "No touchpoint is for this yet. News is made for it: put it on the line, say that automation may "
        "write there, and come back."
    )
    return Offer(said, post(_("Put News on the line"), "broadcast_news"))


def _marks() -> tuple[tuple[str, Text], ...]:
    """The signs behind the buttons over the words, for whoever would rather type them."""
    return (
        ("# " + _("Open at Christmas"), _("A title")),
        ("- " + _("Monday to Wednesday"), _("A point of a list")),
        ("[" + _("Book a time") + "](https://…)", _("A button where it stands alone on a line, else a link")),
        ("{{ given_name }}", _("The first name of each client")),
    )


def _fields_to_write() -> tuple[FieldRow, ...]:
    """With the words for whom it is not known of, which nobody may leave out."""
    own = [
        ("given_name", _("the first name")),
        ("company", _("the company")),
        ("sender_name", _("who looks after the client, or our name")),
        ("business", _("our name")),
    ]
    known = [FieldRow(key, "{{ " + key + " }}", label) for key, label in own]
    return (
        *known,
        *(FieldRow(key, "{{ " + key + ' | default: "…" }}', label, True) for key, label in queries.fields()),
    )
