"""Every address that the templates name, answered by nothing: for rendering without views."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, include, path

from tactful.web.views.parts import parts


def _nothing(request: HttpRequest, **_: object) -> HttpResponse:
    return HttpResponse()


def _route(pattern: str, name: str) -> URLPattern:
    return path(pattern, _nothing, name=name)


WEB = {
    "today": "",
    "inbox": "inbox",
    "conversation": "inbox/<int:pk>",
    "clients": "clients",
    "client": "clients/<int:pk>",
    "line": "line",
    "touchpoint": "line/<slug:slug>",
    "touchpoint_preview": "line/<slug:slug>/preview",
    "late": "late",
    "late_decisions": "late/decisions",
    "touches": "before",
    "journeys": "journeys",
    "journey": "journeys/<slug:slug>",
    "outbox": "outbox",
    "message": "outbox/<int:pk>",
    "import": "import",
    "import_run": "import/<int:pk>",
    "settings_business": "settings/business",
    "settings_mail": "settings/mail",
    "settings_mail_test": "settings/mail/test",
    "settings_quiet": "settings/quiet",
    "settings_caps": "settings/caps",
    "settings_people": "settings/people",
    "settings_keys": "settings/keys",
    "settings_webhooks": "settings/webhooks",
    "settings_connections": "settings/connections",
    "settings_attributes": "settings/attributes",
    "account": "account-mine",
    "hold_everything": "hold",
    "release_everything": "hold/release",
    "language": "language",
}
MORE = {
    "touchpoint_add": "line/new",
    "import_mapping": "import/columns",
    "import_start": "import/runs",
    "journey_departures": "journeys/<slug:slug>/departures",
    "journey_new": "journeys/new",
    "journey_source": "journeys/<slug:slug>/definition.yaml",
    "recipes": "recipes",
    "attribute": "settings/attributes/<int:pk>",
    "properties": "settings/properties",
    "segments": "clients/segments",
    "segment_new": "clients/segments/new",
    "segment_preview": "clients/segments/preview",
}
DEMO = {"next_morning": "demo/next-morning", "postbox": "demo/postbox", "write": "demo/write"}
ACCOUNT = {
    "account_login": "account/login",
    "account_logout": "account/logout",
    "account_reset_password": "account/reset",
    "account_change_password": "account/password",
    "mfa_login_webauthn": "account/webauthn",
    "mfa_index": "account/2fa",
    "mfa_authenticate": "account/2fa/authenticate",
    "usersessions_list": "account/sessions",
}

_web = ([path("parts", parts, name="parts"), *(_route(p, name) for name, p in (WEB | MORE).items())], "web")
_demo = ([_route(p, name) for name, p in DEMO.items()], "demo")
urlpatterns = [
    path("", include(_web)),
    path("", include(_demo)),
    *(_route(p, name) for name, p in ACCOUNT.items()),
]
