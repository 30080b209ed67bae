"""Programs that listen: how they stand, and what they were told."""

from datetime import datetime

from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.web.build.around import post
from tactful.web.forms.programs import HEARD
from tactful.web.pages.settings import ListenerPage, ListenerRow, ListenersPage, ToldRow
from tactful.web.templatetags.tactful import near
from tactful.web.types import Act
from tactful.webhooks import queries
from tactful.webhooks.queries import Endpoint, Telling

ROWS = 50


def listeners_page(form: Form) -> ListenersPage:
    endpoints = queries.endpoints()
    waiting = queries.waiting([each.id for each in endpoints])
    return ListenersPage(tuple(_row(each, waiting.get(each.id, 0)) for each in endpoints), form)


def listener_page(endpoint: Endpoint, form: Form, now: datetime, before: int | None = None) -> ListenerPage:
    rows = queries.tellings(endpoint.id, before=before, limit=ROWS + 1)
    here = reverse("web:webhook", args=[endpoint.id])
    return ListenerPage(
        name=endpoint.name,
        form=form,
        state=_state(endpoint),
        acts=tuple(_acts(endpoint)),
        told=tuple(_told(row, endpoint, now) for row in rows[:ROWS]),
        more=f"{here}?before={rows[ROWS - 1].id}" if len(rows) > ROWS else "",
    )


def _row(endpoint: Endpoint, waiting: int) -> ListenerRow:
    return ListenerRow(
        name=endpoint.name,
        url=endpoint.url,
        hears=" · ".join(_words(name) for name in endpoint.events),
        state=_state(endpoint) or _waiting(waiting),
        change=Act(_("Open"), reverse("web:webhook", args=[endpoint.id]), post=False),
    )


def _words(event: str) -> str:
    return next((str(said) for name, said in HEARD if name == event), event)


def _state(endpoint: Endpoint) -> str:
    if endpoint.stopped_at is not None:
        return {
            "gone": _("It said that it does not listen any more."),
            "failing": _("It did not answer for five days, so it is told nothing."),
        }.get(endpoint.stopped_why, _("Stopped."))
    return _("It does not answer at the moment. We go on trying.") if endpoint.failing_since else ""


def _waiting(count: int) -> str:
    if not count:
        return _("has heard everything")
    return ngettext("%(n)d thing to tell", "%(n)d things to tell", count) % {"n": count}


def _acts(endpoint: Endpoint) -> list[Act]:
    if endpoint.stopped_at is not None:
        return []
    return [
        post(_("Give it a new secret"), "webhook_secret", endpoint.id),
        post(_("Tell it nothing more"), "webhook_stop", endpoint.id),
    ]


def _told(row: Telling, endpoint: Endpoint, now: datetime) -> ToldRow:
    states = {"done": (_("told"), "moss"), "dead": (_("not told"), "brick"), "queued": (_("waits"), "line")}
    state, tone = states[row.state]
    again = row.state != "queued" and endpoint.stopped_at is None
    return ToldRow(
        what=_words(row.event),
        when=near(row.made_at, now),
        state=state,
        tone=tone,
        error=row.error,
        again=post(_("Tell it again"), "webhook_again", row.id) if again else None,
    )
