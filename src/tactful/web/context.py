"""What the frame around every staff page shows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tactful.delivery import queries as outbox
from tactful.foundation.models import User
from tactful.gate import queries as gate
from tactful.inbox import queries as inbox
from tactful.web.build.around import needs_person
from tactful.web.templatetags.tactful import near
from tactful.web.types import Person, Shell
from tactful.web.visit import Visit, begin_visit


def shell(request: HttpRequest) -> dict[str, Any]:
    """Nothing for clients and for those who have not signed in."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or request.path.startswith("/c/"):
        return {}
    visit: Visit = getattr(request, "visit", None) or begin_visit(user)
    otherwise = "settings" if request.path.startswith("/account/") else ""
    return {
        "shell": _shell(visit, getattr(request, "section", otherwise)),
        "now": visit.now,
        "business": visit.house,
        "business_name": visit.house.name,
    }


def _shell(visit: Visit, section: str) -> Shell:
    user = visit.user
    return Shell(
        business=visit.house.name or "Tactful",
        user=Person(user.name, title=user.title or user.get_role_display()),
        section=section,
        needs_person=0 if user.is_helper else needs_person(visit),
        unanswered=0 if user.is_helper else visit.once(inbox.waiting_for_us),
        holding=0 if user.is_helper else visit.once(outbox.held_count),
        hold_all=_hold_all(visit),
        trial=visit.once(gate.over_everything, visit.now)[1] is not None,
        paused=PAUSES.get(visit.once(outbox.sending_paused), lambda: "")(),
        can_write=user.may_set_up,
        is_helper=user.is_helper,
        is_owner=user.is_owner,
        is_demo=bool(getattr(settings, "DEMO", False)),
        theme=user.theme if user.theme in ("light", "dark") else "",  # type: ignore[arg-type]
        single_keys=user.shortcuts,
        tone=visit.house.brand.tone,
        live_url="" if user.is_helper else reverse("web:live"),
    )


def _hold_all(visit: Visit) -> str:
    hold, _trial = visit.once(gate.over_everything, visit.now)
    if hold is None:
        return ""
    since = near(hold.placed_at, visit.now)
    who = visit.person(hold.placed_by)
    if who is None:
        return _("Since %(moment)s") % {"moment": since}
    return _("Since %(moment)s, by %(name)s") % {"moment": since, "name": who.name}


PAUSES = {
    "restored": lambda: _("A backup has been restored"),
    "epoch": lambda: _("This looks like a copy"),
    "clock": lambda: _("The clock of this machine has jumped"),
    "person": lambda: _("One of us has stopped it"),
    "pause": lambda: _("One of us has stopped it"),
}
