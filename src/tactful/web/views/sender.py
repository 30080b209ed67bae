"""How receivers look at our mail. By POST it is looked up; what was found stays with this browser."""

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tactful.channels.queries import main_account
from tactful.web.access import StaffRequest, owner_only, staff_page
from tactful.web.build.sender import kept, sender_page, shown
from tactful.wiring.sender_check import check_account

FOUND = "sender_check"
FROM_FIRST_RUN = "first"


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("settings")
@owner_only
def sender(request: StaffRequest) -> HttpResponseBase:
    """Outside a transaction: somebody else's server may take its time."""
    account = main_account("mail")
    if request.method == "POST" and account is not None:
        request.session[FOUND] = kept(check_account(account), account.address)
        return redirect(_here(request.POST.get("from", "")))
    found = shown(request.session.get(FOUND), account.address if account else "")
    page = sender_page(account, found, request.visit.now)
    back = reverse("web:first_step", args=["mail"]) if request.GET.get("from") == FROM_FIRST_RUN else ""
    return render(request, "web/settings/sender.html", {"page": page, "back": back})


def _here(came_from: str) -> str:
    here = reverse("web:settings_sender")
    return f"{here}?from={FROM_FIRST_RUN}" if came_from == FROM_FIRST_RUN else here
