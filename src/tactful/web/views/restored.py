"""The word of an owner after a restore."""

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tactful.delivery import actions as delivery
from tactful.delivery.actions import NothingRestored, Since
from tactful.web.access import Sorry, StaffRequest, done, owner_only, staff_page, writes
from tactful.web.build.restored import restored_page


@require_safe
@staff_page("today")
def restored(request: StaffRequest) -> HttpResponseBase:
    return render(request, "web/restored.html", {"page": restored_page(request.visit)})


@staff_page("today")
@owner_only
@writes
def confirmation(request: StaffRequest) -> HttpResponseBase:
    try:
        since = Since(request.POST.get("since", ""))
        delivery.confirm_restored(since=since, acting_user=request.user.id, now=request.visit.now)
    except NothingRestored as error:
        raise Sorry(str(error)) from error
    except ValueError as error:
        raise Sorry(_("Say what becomes of these messages. Nothing has been changed.")) from error
    words = {
        Since.SEND: _("Messages leave again. What is more than an hour late waits for your decision."),
        Since.LEAVE: _("Messages leave again, but for those that were due before the restore."),
    }
    return done(request, words[since])
