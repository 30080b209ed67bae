"""Renders each template from plausible data, without views and without a database."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.utils import timezone, translation

from tactful.web import samples
from tactful.web.tests.pages import (
    clients,
    demo,
    forms,
    imports,
    inbox,
    journeys,
    line,
    outbox,
    settings,
    today,
)
from tactful.web.views.parts import sample_form

Context = dict[str, object]


def _staff(template: str, section: str, page: object) -> tuple[str, Context]:
    return f"{template}.html", {"shell": samples.shell(section), "page": page}


STAFF: dict[str, tuple[str, str, object]] = {
    "today": ("web/today", "today", today.PAGE),
    "today-empty": ("web/today", "today", today.EMPTY),
    "conversation": ("web/inbox", "inbox", inbox.PAGE),
    "inbox": ("web/inbox", "inbox", inbox.LIST_ONLY),
    "clients": ("web/clients", "clients", clients.LIST),
    "clients-searched": ("web/clients", "clients", clients.SEARCHED),
    "client": ("web/client", "clients", clients.PAGE),
    "line": ("web/line", "line", line.LINE),
    "touchpoint": ("web/touchpoint", "line", line.TOUCHPOINT),
    "touchpoint-read-only": ("web/touchpoint", "line", replace(line.TOUCHPOINT, can_decide=False)),
    "journeys": ("web/journeys", "journeys", journeys.LIST),
    "journey": ("web/journey", "journeys", journeys.PAGE),
    "outbox": ("web/outbox", "outbox", outbox.HELD),
    "outbox-empty": ("web/outbox", "outbox", outbox.EMPTY),
    "message": ("web/message", "outbox", outbox.MESSAGE),
    "message-by-person": ("web/message", "outbox", outbox.BY_PERSON),
    "import": ("web/import", "import", imports.START),
    "import-run": ("web/import_run", "import", imports.DONE),
    "import-reading": ("web/import_run", "import", imports.READING),
    "import-failed": ("web/import_run", "import", imports.FAILED),
    "settings-home": ("web/settings/home", "settings", None),
    "settings-business": ("web/settings/business", "settings", settings.BUSINESS),
    "settings-mail": ("web/settings/mail", "settings", settings.MAIL),
    "settings-quiet": ("web/settings/quiet", "settings", settings.QUIET),
    "settings-caps": ("web/settings/caps", "settings", settings.CAPS),
    "settings-people": ("web/settings/people", "settings", settings.PEOPLE),
    "account": ("web/settings/account", "settings", settings.ACCOUNT),
    "postbox": ("demo/postbox", "postbox", demo.PAGE),
}


def _parts() -> tuple[str, Context]:
    return "web/parts.html", {**samples.everything(), "form": sample_form()}


def _login() -> tuple[str, Context]:
    context = {
        "form": forms.Login(),
        "PASSKEY_LOGIN_ENABLED": True,
        "business_name": "Fjordkontoret Regnskap",
    }
    return "account/login.html", context


def _second_step() -> tuple[str, Context]:
    context = {"form": forms.Code({"code": ""}), "webauthn_form": forms.Key(), "js_data": {}}
    return "mfa/authenticate.html", context


def _demo_shell() -> tuple[str, Context]:
    shell = replace(
        samples.shell("today"),
        is_demo=True,
        hold_all="Since 09:40, by Ingrid",
        theme="dark",
        single_keys=False,
    )
    return "web/today.html", {"shell": shell, "page": today.PAGE}


def _read_only() -> tuple[str, Context]:
    shell = replace(
        samples.shell("today"), can_write=False, is_owner=False, holding=0, paused="Restored backup"
    )
    return "web/today.html", {"shell": shell, "page": today.PAGE}


PAGES: dict[str, Callable[[], tuple[str, Context]]] = {
    **{name: partial(_staff, *given) for name, given in STAFF.items()},
    "parts": _parts,
    "login": _login,
    "second-step": _second_step,
    "today-demo": _demo_shell,
    "today-read-only": _read_only,
}


def render(name: str, language: str) -> str:
    """The page as HTML, in Bergen's time zone, at 09:42 on 9 April 2026."""
    request = RequestFactory().get(f"/{name}")
    zone = timezone.override(ZoneInfo("Europe/Oslo"))
    with zone, translation.override(language), override_settings(ROOT_URLCONF="tactful.web.tests.urls"):
        template, context = PAGES[name]()
        full = {"now": samples.NOW, "csrf_token": "token", **context, "request": request}
        return render_to_string(template, full)
