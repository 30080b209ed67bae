"""After a restore: what would be sent, and what is known to have left."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.delivery import queries as outbox
from tactful.delivery.queries import Restored
from tactful.web.build.around import look_around
from tactful.web.pages.late import LateRow
from tactful.web.pages.restored import RestoredPage
from tactful.web.templatetags.tactful import near
from tactful.web.types import EmptyState, Link
from tactful.web.visit import Visit


def restored_page(visit: Visit) -> RestoredPage:
    found = outbox.restored(visit.now)
    if found is None:
        text = _("When a backup has been restored, nothing is sent until an owner has looked at it here.")
        link = Link(_("To Today"), reverse("web:today"))
        return RestoredPage(empty=EmptyState(_("Nothing waits for your word"), text, "plan", link))
    around = look_around(visit, [each.contact_id for each in found.waiting])
    rows = tuple(
        LateRow(each.id, around.client(each.contact_id), reverse("web:message", args=[each.id]), each.due_at)
        for each in found.waiting
    )
    return RestoredPage(
        why=_why(found),
        known=_known(found, visit),
        doubt=_doubt(found, visit),
        unclear=_unclear(found.unclear),
        rows=rows,
        total=found.total,
        more=found.total - len(rows),
        can_decide=visit.user.is_owner,
    )


def _why(found: Restored) -> str:
    if found.copied:
        return _(
            "This house is not where it was: it was moved, copied or brought back. Nothing is sent before an "
            "owner has looked."
        )
    return _("This house was made of a backup. Nothing is sent before an owner has looked.")


def _known(found: Restored, visit: Visit) -> str:
    words = {"backup": near(found.backup_at, visit.now), "n": found.gone}
    if found.known_until is None:
        if found.copied:
            return _("It was last at work %(backup)s. Nobody knows what has left since then.") % words
        said = _("The backup was made %(backup)s. Nobody knows what has left since then.")
        return said % words
    if found.copied:
        said = _("It was last at work %(backup)s. We know what had left until %(known)s.")
        return said % (words | {"known": near(found.known_until, visit.now)})
    said = ngettext(
        "The backup was made %(backup)s. We know what has left since, until %(known)s. That is %(n)d "
        "message, and it is not sent again.",
        "The backup was made %(backup)s. We know what has left since, until %(known)s. That is %(n)d "
        "messages, and they are not sent again.",
        found.gone,
    )
    return said % (words | {"known": near(found.known_until, visit.now)})


def _doubt(found: Restored, visit: Visit) -> str:
    if found.known_until is None:
        return _(
            "Did the old machine go on working after the backup? Then some of these may have been sent "
            "already."
        )
    said = _(
        "Did the old machine go on working after %(known)s? Then some of these may have been sent already."
    )
    return said % {"known": near(found.known_until, visit.now)}


def _unclear(count: int) -> str:
    said = ngettext(
        "%(n)d message was handed over just before the end, and no answer came. You are asked about it.",
        "%(n)d messages were handed over just before the end, and no answer came. You are asked about each.",
        count,
    )
    return said % {"n": count} if count else ""
