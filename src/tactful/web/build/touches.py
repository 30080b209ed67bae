"""What goes out soon and a person wanted to see first."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.touchpoints import queries as touchpoints
from tactful.web.build.around import Around, look_around
from tactful.web.pages.touches import TouchesPage, TouchRow
from tactful.web.types import EmptyState
from tactful.web.visit import Visit
from tactful.wiring.touches import Shown, coming, shown


def touches_page(visit: Visit) -> TouchesPage:
    found = shown(visit.now)
    around = look_around(visit, [each.coming.contact_id for each in found])
    empty = EmptyState(
        _("Nothing waits to be seen."),
        _("Choose on a touchpoint how long before it goes out you want to see a message."),
        glyph="plan",
    )
    rows = tuple(_row(each, around) for each in found)
    return TouchesPage(rows, visit.user.may_write, None if rows else empty)


def soon_line(visit: Visit) -> str:
    """One sentence for Today; empty when there is nothing to see. Owners see all, others their own and
    what is nobody's."""
    if not any(each.previewed for each in visit.once(touchpoints.at_a_glance)):
        return ""
    mine = [each for each in coming(visit.now) if _concerns(each.touchpoint.owner_id, visit)]
    said = ngettext(
        "%(n)d message goes out soon that you wanted to see first.",
        "%(n)d messages go out soon that you wanted to see first.",
        len(mine),
    )
    return said % {"n": len(mine)} if mine else ""


def _concerns(owner_id: int | None, visit: Visit) -> bool:
    return visit.user.is_owner or owner_id in (None, visit.user.id)


def _row(each: Shown, around: Around) -> TouchRow:
    touch, soon, visit = each.touch, each.coming, around.visit
    return TouchRow(
        key=soon.key,
        name=soon.touchpoint.name(visit.language),
        person=around.client(soon.contact_id),
        at=soon.at,
        subject=each.words.subject if each.words else "",
        text=each.words.text if each.words else "",
        owner=visit.person(soon.touchpoint.owner_id),
        line=touch.line if touch else "",
        stopped=bool(touch and touch.stopped),
        by=touch.by_name if touch else "",
    )
