"""Tasks about the house itself: what is stopped, and where it is mended."""

from collections.abc import Callable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tactful.inbox.queries import Task
from tactful.web.build import results
from tactful.web.build.around import link
from tactful.web.build.mailbox_state import PASSWORD, mending_of
from tactful.web.build.task_parts import Matters, Said, done
from tactful.web.types import Act


def _house(sentence: Callable[[], str], where: str) -> Callable[[Task, Matters], Said]:
    def say(task: Task, _matters: Matters) -> Said:
        names = ("reason", "detail", "error", "fact", "from", "name", "address")
        given = dict.fromkeys(names, "") | _texts(task.params)
        given["detail"] = results.said(given["detail"])
        return Said(sentence() % given, link(_("Look at it"), where), (done(task, _("Taken care of")),))

    return say


def _stopped(task: Task, matters: Matters) -> Said:
    if task.params.get("own"):
        return _house(lambda: _("Your own mailbox is stopped: %(detail)s"), "mail_privacy")(task, matters)
    return _house(lambda: _("A mail account is stopped: %(detail)s"), "settings_mail")(task, matters)


def _unread(task: Task, _matters: Matters) -> Said:
    """``refused``: the link leads to where it is connected again."""
    params = {"refused": False, "detail": "", "own": False, "address": ""} | task.params
    words = {"address": params["address"], "detail": results.said(params["detail"])}
    if params["detail"].startswith(PASSWORD):
        said = _("The password of the mailbox %(address)s was refused. Enter it again.") % words
    elif params["detail"]:
        said = _("The mailbox of %(address)s cannot be read. %(detail)s") % words
    else:
        said = _("The mailbox of %(address)s cannot be read.") % words
    if not params["own"]:
        said += " " + _("Meanwhile nobody is chased: they may have answered.")
    here = "web:mail_privacy" if params["own"] else "web:settings_mail"
    act = Act(_("Look at it"), reverse(here), post=False)
    if params["refused"]:
        act = Act(_("Connect it again"), mending_of(params["address"], own=params["own"]), post=False)
    return Said(said, act, (done(task, _("Taken care of")),))


def _texts(params: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in params.items()}


HOUSE_WORDS: Mapping[str, Callable[[Task, Matters], Said]] = {
    "account_paused": _stopped,
    "mailbox_unread": _unread,
    "sending_paused": _house(lambda: _("Nothing leaves: sending is paused."), "outbox"),
    "mail_unreadable": _house(
        lambda: _("A mail from %(from)s could not be read. It rests in the raw store."), "inbox"
    ),
    "endpoint_stopped": _house(
        lambda: _("“%(name)s” does not listen any more, so it is told nothing. Look at its address."),
        "settings_webhooks",
    ),
    "calendar_failing": _house(
        lambda: _("“%(name)s” could not be read for a day, so reminders do not follow it. Look at it."),
        "calendars",
    ),
    "backup_failed": _house(lambda: _("The nightly backup could not be made: %(reason)s"), "today"),
    "fact_failed": _house(lambda: _("Automation could not take in “%(fact)s”: %(error)s"), "outbox"),
}
