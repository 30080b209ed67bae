"""Every address of the house, asked by everybody, with ids that do not exist (R57, R66)."""

import re
from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tactful.web.tests.cast import Cast

ROLES = ("nobody", "reader", "colleague", "owner")
DOORS = (
    "account/login/",
    "account/logout/",
    "account/2fa/webauthn/login/",
    "account/inactive/",
    "language/",
    "parts/",
)
"""What somebody may open who has not signed in, besides the client pages under c/.
The parts page shows samples, and only in a demo or while developing."""
OWN = ("me/", "account/", "language/", "c/")
"""What readers may change: their own account, language and session."""
FRAMES = re.compile(r"/body/$|/html/$|/frame/$")
"""Mail in a frame without scripts carries its own styles."""
ENDLESS = {"live"}  # a stream
GIVEN = {"id": "999999999", "int": "999999999", "slug": "no-such-thing", "str": "no-such-token", "path": "x"}


def _routes(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, str]]:
    """(name, address) of every pattern, parts filled in with what cannot exist."""
    for each in patterns:
        here = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _routes(each.url_patterns, here)
        else:
            yield each.name or "", re.sub(r"<(\w+):\w+>", lambda part: GIVEN[part[1]], here)


def routes() -> list[tuple[str, str]]:
    resolver = get_resolver("tactful.web.tests.all_urls")
    return [(name, url) for name, url in _routes(resolver.url_patterns) if name not in ENDLESS]


@pytest.fixture
def house(cast: Cast, settings: LazySettings) -> Cast:
    settings.ROOT_URLCONF = "tactful.web.tests.all_urls"
    settings.DEMO = True
    cache.clear()
    return cast


def _client(house: Cast, role: str) -> Client:
    client = (
        Client(headers={"host": "localhost"}) if role == "nobody" else house.signed_in(getattr(house, role))
    )
    client.raise_request_exception = False
    return client


def test_the_walk_sees_the_whole_house() -> None:
    found = dict(routes())
    assert {"today", "conversation", "why", "postbox", "account_login", "import_run", "person"} <= set(found)
    assert len(routes()) > 90


@pytest.mark.parametrize("role", ROLES)
def test_nothing_breaks_and_nothing_opens_that_must_not(house: Cast, role: str) -> None:
    broken = []
    client = _client(house, role)
    for name, url in routes():
        for method in ("get", "post"):
            response = getattr(client, method)(f"/{url}")
            if "logout" in url:
                client = _client(house, role)
            if trouble := _trouble(role, url, method, response):
                broken.append(f"{method} /{url} ({name}): {trouble}")
    assert broken == []


def _trouble(role: str, url: str, method: str, response: HttpResponseBase) -> str:
    status = response.status_code
    if status >= 500:
        return f"answered {status}"
    if not _is_policy_strict(url, response):
        return f"policy {response.get('Content-Security-Policy')!r}"
    if role == "nobody" and not url.startswith(("c/", *DOORS)) and not _is_closed(response):
        return f"open to everybody: {status}"
    if role == "reader" and method == "post" and not url.startswith(OWN) and status not in (403, 404, 405):
        return f"lets readers change something: {status}"
    if role in ("reader", "colleague") and url.startswith("settings/") and status not in (403, 405):
        return f"opens settings to {role}: {status}"
    is_others = "999999999" in url or "no-such" in url
    if is_others and not url.startswith("account/") and status not in (302, 403, 404, 405):
        return f"answered {status} for what does not exist"
    return ""


def _is_closed(response: HttpResponseBase) -> bool:
    if response.status_code in (404, 405):
        return True
    return response.status_code == 302 and response.get("Location", "").startswith("/account/login/")


def _is_policy_strict(url: str, response: HttpResponseBase) -> bool:
    policy = response.get("Content-Security-Policy", "")
    if FRAMES.search(f"/{url}") and "sandbox" in policy:
        return "default-src 'none'" in policy and "script-src" not in policy
    return "default-src 'none'" in policy and "unsafe-inline" not in policy
