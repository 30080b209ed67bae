"""Broadcasts: written, read by a second person, sent, watched, paused and cancelled."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tactful.broadcasts import actions, queries
from tactful.broadcasts.queries import SECOND_PERSON, Broadcast
from tactful.broadcasts.types import BroadcastRefused, Plan, Standing
from tactful.content.types import MailAddress, MailRefused, TemplateRefused
from tactful.foundation.actions import change_settings
from tactful.touchpoints import actions as touchpoints
from tactful.touchpoints.rules.catalogue import suggestions
from tactful.web.access import StaffRequest, done, number, owner_only, refused, staff_page, writes
from tactful.web.build.broadcast import broadcast_page
from tactful.web.build.broadcast_people import people_page
from tactful.web.build.broadcast_preview import mail_seen, seen_of, words_seen
from tactful.web.build.broadcasts import broadcasts_page, choices, group_part, write_page
from tactful.web.forms.broadcasts import Writing
from tactful.web.frames import framed
from tactful.web.templatetags.tactful import near
from tactful.web.templatetags.tactful import number as said_number
from tactful.wiring.broadcasts import house_at, send_test
from tactful.wiring.everybody import EVERYBODY, everybody

NEWS = "news"


@require_safe
@staff_page("broadcasts")
def broadcasts(request: StaffRequest) -> HttpResponseBase:
    page = broadcasts_page(request.visit, number(request.GET.get("before", "")))
    return render(request, "web/broadcasts.html", {"page": page})


@staff_page("broadcasts")
@owner_only
@writes
def second_person(request: StaffRequest) -> HttpResponseBase:
    """Whether each broadcast is read by a second person."""
    wanted = request.POST.get("wanted") == "yes"
    change_settings(values={SECOND_PERSON: wanted}, acting_user=request.user.id, now=request.visit.now)
    said = (
        _("From now on a second person says yes first.") if wanted else _("From now on one person is enough.")
    )
    return done(request, said, "web:broadcasts")


@staff_page("broadcasts")
@owner_only
@writes
def news(request: StaffRequest) -> HttpResponseBase:
    """Puts the place for news on the map, undecided: its own page asks for the decision."""
    touchpoints.adopt(tuple(each for each in suggestions() if each.slug == NEWS), now=request.visit.now)
    return redirect("web:touchpoint", NEWS)


@require_safe
@staff_page("broadcasts")
def group(request: StaffRequest) -> HttpResponseBase:
    """Who is in the group that is just chosen."""
    part = group_part(request.GET.get("segment", "")[:60], request.visit)
    return render(request, "web/parts/broadcast_group.html", {"group": part})


@staff_page("broadcasts")
def new(request: StaffRequest) -> HttpResponseBase:
    return _write(request, None)


@staff_page("broadcasts")
def edit(request: StaffRequest, pk: int) -> HttpResponseBase:
    row = _broadcast(pk)
    if request.method != "POST" and not request.user.may_write:
        raise Http404  # what readers may see of it stands on its own page
    return _write(request, row)


def _write(request: StaffRequest, row: Broadcast | None) -> HttpResponseBase:
    if not request.user.may_write:
        return refused(request, _("You may look at everything here, but not change it. Ask an owner."))
    plan = queries.plan_of(row) if row else Plan(segment=request.GET.get("segment", "")[:60])
    zone, visit = request.visit.house.time_zone, request.visit
    posted = request.POST if request.method == "POST" else None
    writing = Writing(plan, choices(visit), zone, posted, queries.being_written(row) if row else ())
    if request.method == "POST" and not writing.act:
        return _keep(request, row, writing)
    return render(request, "web/broadcast_write.html", {"page": write_page(row, writing, visit)})


@writes
def _keep(request: StaffRequest, row: Broadcast | None, writing: Writing) -> HttpResponseBase:
    who: dict[str, Any] = {"acting_user": request.user.id, "now": request.visit.now}
    error = ""
    if writing.is_valid():
        try:
            plan = writing.plan()
            if plan.segment == EVERYBODY:
                plan = replace(plan, segment=everybody(**who))
            if row is None:
                row = actions.create(plan=plan, **who)
            else:
                actions.edit(broadcast_id=row.id, plan=plan, **who)
        except BroadcastRefused as trouble:
            error = str(trouble)
        else:
            return _kept(request, row, number(request.POST.get("blocks", "")))
    page = write_page(row, writing, request.visit, error)
    return render(request, "web/broadcast_write.html", {"page": page}, status=422)


def _kept(request: StaffRequest, row: Broadcast, in_blocks: int | None) -> HttpResponseBase:
    """``in_blocks``: the version that is to be written block by block now."""
    if in_blocks is None:
        messages.success(request, _("Kept. Nothing has gone out."))
        return redirect("web:broadcast", row.id)
    slug = actions.open_blocks(
        broadcast_id=row.id, variant=in_blocks, acting_user=request.user.id, now=request.visit.now
    )
    return redirect("web:letter", slug)


@require_safe
@staff_page("broadcasts")
def broadcast(request: StaffRequest, pk: int) -> HttpResponseBase:
    page = broadcast_page(_broadcast(pk), request.visit, seen_of(request.GET.dict()))
    return render(request, "web/broadcast.html", {"page": page})


@require_safe
@staff_page("broadcasts")
def frame(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The mail itself, in a frame that can do nothing."""
    seen = seen_of(request.GET.dict())
    mail = mail_seen(queries.plan_of(_broadcast(pk)), seen, request.visit.now)
    if mail is None:
        raise Http404
    return framed(mail.html, ours=True)


@require_safe
@staff_page("broadcasts")
def people(request: StaffRequest, pk: int) -> HttpResponseBase:
    given = request.GET
    shown = given.get("show", "")
    standing = Standing(shown) if shown in {each.value for each in Standing} else None
    after = number(given.get("after", "")) or 0
    page = people_page(_broadcast(pk), standing, given.get("code", "")[:40], after, request.visit)
    return render(request, "web/broadcast_people.html", {"page": page})


@require_POST
@staff_page("broadcasts")
def test(request: StaffRequest, pk: int) -> HttpResponseBase:
    """To whoever asks; outside a transaction, for somebody else's server may take its time."""
    row = _broadcast(pk)
    if not request.user.may_write:
        return refused(request, _("You may look at everything here, but not change it. Ask an owner."))
    found = words_seen(queries.plan_of(row), seen_of(request.POST.dict()))
    if found is None:
        return done(request, _("There are no words yet. Write some first."), "web:broadcasts")
    try:
        trouble = send_test(*found, MailAddress(request.user.email, request.user.name), request.visit.now)
    except (TemplateRefused, MailRefused) as refusal:
        trouble = str(refusal)
    if trouble:
        messages.error(request, _("The test could not be sent: %(trouble)s") % {"trouble": trouble})
    else:
        messages.success(request, _("A test is on its way to %(mail)s.") % {"mail": request.user.email})
    return redirect("web:broadcast", row.id)


@staff_page("broadcasts")
@writes
def approval(request: StaffRequest, pk: int) -> HttpResponseBase:
    row = _broadcast(pk)
    actions.ask_approval(broadcast_id=row.id, house=house_at(request.visit.now), acting_user=request.user.id)
    return done(request, _("Somebody else has to read it now. It stands in this list."), "web:broadcasts")


@staff_page("broadcasts")
@writes
def yes(request: StaffRequest, pk: int) -> HttpResponseBase:
    row, read = _broadcast(pk), request.POST.get("read", "")
    seen = (
        bytes.fromhex(read) if len(read) == 64 and all(each in "0123456789abcdef" for each in read) else b""
    )
    house = house_at(request.visit.now)
    row = actions.approve(broadcast_id=row.id, seen=seen, house=house, acting_user=request.user.id)
    return done(request, _scheduled(row, request), "web:broadcasts")


@staff_page("broadcasts")
@writes
def sending(request: StaffRequest, pk: int) -> HttpResponseBase:
    house = house_at(request.visit.now)
    row = actions.send(broadcast_id=_broadcast(pk).id, house=house, acting_user=request.user.id)
    return done(request, _scheduled(row, request), "web:broadcasts")


def _scheduled(row: Broadcast, request: StaffRequest) -> str:
    when = near(row.begins_at or request.visit.now, request.visit.now)
    return _("It begins %(when)s. Until then you can take it back.") % {"when": when}


@staff_page("broadcasts")
@writes
def return_(request: StaffRequest, pk: int) -> HttpResponseBase:
    actions.take_back(broadcast_id=_broadcast(pk).id, acting_user=request.user.id, now=request.visit.now)
    return done(request, _("It is back on the desk. Nobody has got anything."), "web:broadcasts")


@staff_page("broadcasts")
@writes
def pause(request: StaffRequest, pk: int) -> HttpResponseBase:
    actions.pause(broadcast_id=_broadcast(pk).id, acting_user=request.user.id, now=request.visit.now)
    return done(request, _("Paused. Nothing more leaves until you let it go on."), "web:broadcasts")


@staff_page("broadcasts")
@writes
def resumption(request: StaffRequest, pk: int) -> HttpResponseBase:
    actions.resume(broadcast_id=_broadcast(pk).id, acting_user=request.user.id, now=request.visit.now)
    return done(request, _("It goes on."), "web:broadcasts")


@staff_page("broadcasts")
@writes
def cancellation(request: StaffRequest, pk: int) -> HttpResponseBase:
    found = actions.cancel(broadcast_id=_broadcast(pk).id, acting_user=request.user.id, now=request.visit.now)
    said = _("Cancelled. %(stopped)s were stopped before it went, %(left)s had left.") % {
        "stopped": said_number(found.stopped),
        "left": said_number(found.left),
    }
    return done(
        request, said if found.account.audience else _("Put away. Nothing had left."), "web:broadcasts"
    )


def _broadcast(pk: int) -> Broadcast:
    row = queries.broadcast(pk)
    if row is None:
        raise Http404
    return row
