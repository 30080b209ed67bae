"""The first run: one question at a time. Each POST keeps its answer at once, so leaving loses nothing."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from functools import wraps
from pathlib import PurePath
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date, parse_time
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tactful.contacts.actions import ContactError, import_file
from tactful.contacts.types import Declaration, ImportRequest
from tactful.foundation.files import LARGEST
from tactful.foundation.setting_up.types import Progress
from tactful.web.access import StaffRequest, number, refused, staff_page
from tactful.web.build import first_run as build
from tactful.web.first_mail import keep_mail, send_test, try_mail, typed_mail
from tactful.web.forms.imports import trouble_of
from tactful.web.waiting_file import SentFile, let_go, put_aside, waiting
from tactful.wiring import first_run as run

View = Callable[..., HttpResponseBase]
TRIED: Final = "first_mail"
SENT: Final = "first_test"


def for_its_owner(view: View) -> View:
    """A run that is open, and an owner. Others see whose turn it is; afterwards there is only Today."""

    @wraps(view)
    def guarded(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and not request.user.is_owner:
            return refused(request, _("Only an owner can do this. Ask one of them."))
        state = run.progress()
        if state.finished:
            return redirect("web:today")
        if not request.user.is_owner:
            return render(request, "web/first/others.html", {"owner": request.visit.person(state.by)})
        return view(request, state, *args, **kwargs)

    return guarded


def _known(step: str, state: Progress) -> None:
    """A screen that is one. Before a trade is chosen there is only the first."""
    if step not in run.STEPS or (step != "trade" and run.trade_of(state) is None):
        raise Http404


@require_safe
@staff_page("first")
@for_its_owner
def first_run(_request: StaffRequest, state: Progress) -> HttpResponseBase:
    return redirect("web:first_step", state.step or run.STEPS[0])


@staff_page("first")
@for_its_owner
def step(request: StaffRequest, state: Progress, step: str) -> HttpResponseBase:
    _known(step, state)
    if request.method == "POST":
        return _answer(request, state, step)
    return _show(request, step, SCREENS[step](request, state))


def _answer(request: StaffRequest, state: Progress, step: str) -> HttpResponseBase:
    try:
        ANSWERS[step](request, state)
    except run.NotYet as trouble:
        page = SCREENS[step](request, state, trouble=str(trouble))
        return _show(request, step, page, status=422)
    return redirect("web:first_run")


@require_POST
@staff_page("first")
@for_its_owner
def skip(request: StaffRequest, state: Progress, step: str) -> HttpResponseBase:
    _known(step, state)
    run.skip(step, by=request.user, now=request.visit.now)
    return redirect("web:first_run")


@require_POST
@staff_page("first")
@for_its_owner
def back(request: StaffRequest, state: Progress, step: str) -> HttpResponseBase:
    _known(step, state)
    run.go_back(step, by=request.user, now=request.visit.now)
    return redirect("web:first_run")


@require_POST
@staff_page("first")
@for_its_owner
def later(request: StaffRequest, state: Progress, step: str) -> HttpResponseBase:
    _known(step, state)
    run.put_off(step, by=request.user, now=request.visit.now)
    return redirect("web:today")


@require_POST
@staff_page("first")
@for_its_owner
def mail(request: StaffRequest, state: Progress) -> HttpResponseBase:
    """Keep the account, and try it at once: outside a transaction, for servers take their time."""
    form = typed_mail(request.POST)
    if not form.is_valid():
        return _show(request, "mail", build.mail_step(state, request.visit, form, ()), status=422)
    try:
        with transaction.atomic():
            account = keep_mail(form, by=request.user, now=request.visit.now)
    except ValueError as trouble:
        form.add_error(None, str(trouble))
        return _show(request, "mail", build.mail_step(state, request.visit, form, ()), status=422)
    request.session[TRIED] = [asdict(each) for each in try_mail(account)]
    return redirect("web:first_step", "mail")


@require_POST
@staff_page("first")
@for_its_owner
def client(request: StaffRequest, state: Progress) -> HttpResponseBase:
    name, address = request.POST.get("name", "").strip(), request.POST.get("address", "").strip()
    try:
        run.add_client(name, address, by=request.user, now=request.visit.now)
    except (ContactError, run.NotYet) as trouble:
        page = _clients(request, state, trouble=str(trouble), name=name[:200], address=address[:320])
        return _show(request, "clients", page, status=422)
    return redirect("web:first_step", "clients")


@require_POST
@staff_page("first")
@for_its_owner
def file(request: StaffRequest, state: Progress) -> HttpResponseBase:
    """A list or contact cards: read, and shown in a sentence before anything is written."""
    upload = request.FILES.get("file")
    if upload is None:
        return _no_file(request, state, _("Choose a file first."))
    if (upload.size or 0) > LARGEST:
        return _no_file(request, state, _("The file is larger than 25 MB. Divide it into several files."))
    content = upload.read()
    if trouble := trouble_of(content):
        return _no_file(request, state, trouble)
    declared = {"source": "undeclared", "collected_on": "", "opt_out_offered": False, "words": ""}
    sent = SentFile(PurePath(upload.name or "").name, content, declared)
    put_aside(request.session, sent, request.user.id, request.visit.now)
    return redirect("web:first_step", "clients")


def _no_file(request: StaffRequest, state: Progress, trouble: str) -> HttpResponseBase:
    return _show(request, "clients", _clients(request, state, file_trouble=trouble), status=422)


@require_POST
@staff_page("first")
@for_its_owner
def bring_in(request: StaffRequest, state: Progress) -> HttpResponseBase:
    found = waiting(request.session, request.visit.house.country)
    if found is not None and "bring" in request.POST:
        wanted = ImportRequest(found.name, found.content, found.mapping, Declaration())
        try:
            import_file(wanted, acting_user=request.user.id, now=request.visit.now)
        except ContactError as trouble:
            return _no_file(request, state, str(trouble))
    let_go(request.session)
    return redirect("web:first_step", "clients")


@require_POST
@staff_page("first")
@for_its_owner
def test(request: StaffRequest, state: Progress) -> HttpResponseBase:
    """A mail to oneself, over the account that clients will hear from."""
    wishes = run.wishes_of(state)
    trouble = send_test(wishes[0].recipe if wishes else "", request.visit)
    request.session[SENT] = {"trouble": trouble}
    return redirect("web:first_step", "test")


def _show(request: StaffRequest, step: str, page: Any, status: int = 200) -> HttpResponseBase:
    return render(request, f"web/first/{step}.html", {"page": page}, status=status)


def _trade(request: StaffRequest, state: Progress, trouble: str = "") -> Any:
    return build.trade_page(state, request.visit, request.POST.get("name"), trouble)


def _line(request: StaffRequest, state: Progress, **_given: Any) -> Any:
    return build.line_page(state, request.visit)


def _mail(request: StaffRequest, state: Progress, **_given: Any) -> Any:
    return build.mail_step(state, request.visit, None, request.session.get(TRIED, ()))


def _clients(request: StaffRequest, state: Progress, **typed: Any) -> Any:
    found = waiting(request.session, request.visit.house.country)
    shown = build.found_file(found, request.visit) if found else None
    return build.clients_page(state, request.visit, file=shown, **typed)


def _wishes(request: StaffRequest, state: Progress, **_given: Any) -> Any:
    return build.wishes_page(state, request.visit)


def _test(request: StaffRequest, state: Progress, **_given: Any) -> Any:
    kept = request.session.get(SENT)
    return build.test_page(state, request.visit, kept is not None, (kept or {}).get("trouble", ""))


def _start(request: StaffRequest, state: Progress, trouble: str = "") -> Any:
    return build.start_page(state, request.visit, request.POST or None, trouble)


SCREENS: Final[dict[str, Callable[..., Any]]] = {
    "trade": _trade,
    "line": _line,
    "mail": _mail,
    "clients": _clients,
    "wishes": _wishes,
    "test": _test,
    "start": _start,
}


def _choose_trade(request: StaffRequest, _state: Progress) -> None:
    given = request.POST
    run.choose_trade(given.get("trade", ""), given.get("name", ""), by=request.user, now=request.visit.now)


def _draw_line(request: StaffRequest, _state: Progress) -> None:
    run.draw_line(by=request.user, now=request.visit.now)


def _go_on(step: str) -> Callable[[StaffRequest, Progress], None]:
    def answered(request: StaffRequest, _state: Progress) -> None:
        run.answered(step, by=request.user, now=request.visit.now)

    return answered


def _clients_done(request: StaffRequest, _state: Progress) -> None:
    if request.POST.get("history"):
        run.read_back(by=request.user, now=request.visit.now)
    run.answered("clients", by=request.user, now=request.visit.now)


def _choose_wishes(request: StaffRequest, _state: Progress) -> None:
    chosen = frozenset(request.POST.getlist("wish"))
    run.choose_wishes(chosen, by=request.user, now=request.visit.now)


def _begin(request: StaffRequest, _state: Progress) -> None:
    assessed = request.POST.get("assessed") == "yes"
    run.finish(_case(request), by=request.user, now=request.visit.now, assessed=assessed)
    for key in (TRIED, SENT):
        request.session.pop(key, None)
    messages.success(
        request,
        _("It has begun, with a week of trial: Today shows what would have gone, and nothing leaves."),
    )


def _case(request: StaffRequest) -> run.FirstCase | None:
    """Whose the first reminder is; None where nobody was chosen."""
    given = request.POST
    contact, wish = number(given.get("client", "")), given.get("case", "")
    if contact is None or not wish:
        return None
    zone = ZoneInfo(request.visit.house.time_zone)
    try:
        day = parse_date(given.get("day", ""))
        hour = parse_time(given.get("time", "") or build.NINE)
    except ValueError as trouble:
        raise run.NotYet(_("Write a day and a time that exist.")) from trouble
    at = datetime.combine(day, hour, zone) if day is not None and hour is not None else None
    return run.FirstCase(wish, contact, at)


ANSWERS: Final[dict[str, Callable[[StaffRequest, Progress], None]]] = {
    "trade": _choose_trade,
    "line": _draw_line,
    "mail": _go_on("mail"),
    "clients": _clients_done,
    "wishes": _choose_wishes,
    "test": _go_on("test"),
    "start": _begin,
}
