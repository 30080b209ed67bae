"""Every address of the house, asked by everybody, with ids that do not exist (R57, R66)."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.core.cache import cache
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tactful.broadcasts.actions import create
from tactful.broadcasts.types import Plan
from tactful.calendars.actions import NewFeed, add_feed
from tactful.calendars.models import Appointment
from tactful.calendars.types import CalendarKind
from tactful.channels.models import Account
from tactful.connectors.actions import connect
from tactful.connectors.models import Delivery
from tactful.contacts.models import ImportRun
from tactful.engagements.models import RequestedDocument
from tactful.foundation.keys.actions import KeyWish, make_key
from tactful.gate.actions import NewHold, place_hold
from tactful.inbox.models import EntryFile, Task
from tactful.journeys.actions import NewTest, ask_replay, import_journey, keep_test
from tactful.journeys.models import Journey, JourneyTest, PeopleAct
from tactful.journeys.recipes import text
from tactful.journeys.rules.definition import read
from tactful.tracking.actions import NewProperty, add_source, declare_attribute, define_property
from tactful.tracking.types import ComputedKind, KeyKind, ValueType
from tactful.web.tests.cast import Cast, a_file
from tactful.webhooks.actions import add_endpoint
from tactful.webhooks.models import Endpoint
from tactful.webhooks.types import NewEndpoint
from tactful.wiring.merging import merge

ROLES = ("nobody", "reader", "colleague", "owner")
DOORS = (
    "account/login/",
    "account/logout/",
    "account/2fa/webauthn/login/",
    "account/inactive/",
    "account/invitation/no-such-token/",
    "language/",
    "parts/",
)
"""What somebody may open who has not signed in, besides the client pages under c/.
The parts page shows samples, and only in a demo or while developing."""
OWN = ("me/", "account/", "language/", "c/")
"""What readers may change: their own account, language and session."""
PROGRAMS = "api/v1/"
"""For keys only: who has signed in is a stranger there, and its description is for everybody."""
FRAMES = re.compile(r"/body/$|/html/$|/frame/$")
"""Mail in a frame without scripts carries its own styles."""
JOURNEY = "quote-follow-up"
ENDLESS = {"live"}  # a stream
GUARDS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": "max-age=31536000",
}
"""On every page, whatever its status (R66)."""
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
    settings.SECURE_HSTS_SECONDS = 31_536_000  # as with an https address
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
            response = getattr(client, method)(f"/{url}", secure=True)
            if "logout" in url:
                client = _client(house, role)
            if trouble := _trouble(role, url, method, response):
                broken.append(f"{method} /{url} ({name}): {trouble}")
    assert broken == []


def _trouble(role: str, url: str, method: str, response: HttpResponseBase) -> str:
    status = response.status_code
    if status >= 500:
        return f"answered {status}"
    if unguarded := _unguarded(url, response):
        return unguarded
    if url.startswith(PROGRAMS):
        return (
            ""
            if status == 401 or (url.endswith("openapi.json") and status in (200, 405))
            else f"open: {status}"
        )
    if role == "nobody" and not url.startswith(("c/", *DOORS)) and not _is_closed(response):
        return f"open to everybody: {status}"
    if role == "reader" and method == "post" and not url.startswith(OWN) and status not in (403, 404, 405):
        return f"lets readers change something: {status}"
    owners = url.startswith("settings/") and not url.startswith(EVERYBODYS) and url != LIST_OF_ROOMS
    if role in ("reader", "colleague") and owners and status not in (403, 405):
        return f"opens settings to {role}: {status}"
    is_others = "999999999" in url or "no-such" in url
    if is_others and not url.startswith("account/") and status not in (302, 403, 404, 405):
        return f"answered {status} for what does not exist"
    return ""


def _unguarded(url: str, response: HttpResponseBase) -> str:
    if not _is_policy_strict(url, response):
        return f"policy {response.get('Content-Security-Policy')!r}"
    missing = [name for name, wanted in GUARDS.items() if wanted not in response.get(name, "")]
    return f"without {missing}" if missing else ""


def _is_closed(response: HttpResponseBase) -> bool:
    if response.status_code in (404, 405):
        return True
    return response.status_code == 302 and response.get("Location", "").startswith("/account/login/")


def _is_policy_strict(url: str, response: HttpResponseBase) -> bool:
    policy = response.get("Content-Security-Policy", "")
    if "frame-ancestors" not in policy:
        return False
    if FRAMES.search(f"/{url}") and "sandbox" in policy:
        return "default-src 'none'" in policy and "script-src" not in policy
    return "default-src 'none'" in policy and "unsafe-inline" not in policy


EVERYBODYS = ("settings/mail/privacy/", "settings/mailboxes/")
"""Rooms of Settings for one's own mailbox; others' are not there (404)."""
LIST_OF_ROOMS = "settings/"  # everybody finds their own there (``test_settings``)
OWNERS_ALONE = ("/erasure/",)
"""Pages outside of Settings that owners alone may open."""


def _real_ids(house: Cast) -> dict[str, int]:
    """One of each thing that an address names, by what stands before its id."""
    entry = house.writes(house.consenting, "Could you call me?", files=(a_file("0" * 32),))
    held = house.holds(house.consenting)
    engagement = house.asks_for_documents(house.consenting)
    away = NewHold(scope="contact", scope_id=house.left.id, reason="away")
    hold = place_hold(away, acting_user=house.owner.id, now=house.now)
    shape = {"header": ["Name"], "delimiter": ";"}
    run = ImportRun.objects.create(
        file_name="a.csv", file_hash=b"", started_at=house.now, finished_at=house.now, shape=shape
    )
    return {
        "tasks": Task.objects.earliest("id").id,
        "documents": RequestedDocument.objects.filter(engagement_id=engagement).earliest("id").id,
        "inbox": house.thread(house.consenting).id,
        "entries": entry.id,
        "files": EntryFile.objects.earliest("id").id,
        "clients": house.consenting.id,
        "holds": hold if isinstance(hold, int) else hold.id,
        "outbox": held.pk,
        "import": run.id,
        "people": house.colleague.id,
        "mailboxes": Account.objects.create(channel="mail", name="Post", address="a@b.example").id,
        "webhooks": _listener(house).id,
        "tellings": _listener(house).id,
        "keys": make_key(KeyWish("Shop", ["tasks:read"]), acting_user=house.owner.id, now=house.now)[0].id,
        **_tracked(house),
        **_connected(house),
        **_read(house),
        "broadcasts": create(plan=Plan("News"), acting_user=house.owner.id, now=house.now).id,
        "versions": 1,
        "merges": merge(
            house.client("Twin").id, house.client("Double").id, acting_user=house.owner.id, now=house.now
        ),
        "tests": _kept_test(house).id,
        "asked": _asked(house).id,
        "replays": ask_replay(read(text(JOURNEY)), days=90, acting_user=house.owner.id, now=house.now).id,
    }


def _asked(house: Cast) -> PeopleAct:
    when = {"asked_at": house.now, "due_at": house.now + timedelta(seconds=30)}
    journey = Journey.objects.get(slug=JOURNEY)
    return PeopleAct.objects.create(
        journey=journey, what="pause", enrolments=[], rested=[], by=house.owner.id, **when
    )


def _listener(house: Cast) -> Endpoint:
    new = NewEndpoint("Shop", "https://shop.example/", ("task.done",))
    return add_endpoint(new, acting_user=house.owner.id, now=house.now)[0]


def _tracked(house: Cast) -> dict[str, int]:
    who: dict[str, Any] = {"acting_user": house.owner.id, "now": house.now}
    orders = NewProperty("Orders", ComputedKind.COUNT, "Order Completed")
    return {
        "connections": add_source("Shop", KeyKind.SERVER, **who).source_id,
        "attributes": declare_attribute("plan", "Plan", ValueType.TEXT, **who).id,
        "properties": define_property(orders, **who).id,
    }


def _connected(house: Cast) -> dict[str, int]:
    row = connect("other", "Till", acting_user=house.owner.id, now=house.now)
    more = {"headers": {}, "body": b"{}", "state": "failed", "received_at": house.now}
    return {"systems": row.id, "deliveries": Delivery.objects.create(connection=row, key="a", **more).id}


def _read(house: Cast) -> dict[str, int]:
    new = NewFeed("Chair", CalendarKind.ICS, "https://calendar.example/a.ics")
    feed = add_feed(new, acting_user=house.owner.id, now=house.now)
    row = Appointment.objects.create(feed=feed, uid="a", key="a", starts_at=house.now, ends_at=house.now)
    return {"calendars": feed.id, "appointments": row.id}


def _kept_test(house: Cast) -> JourneyTest:
    version = import_journey(text(JOURNEY), acting_user=house.owner.id, now=house.now)
    new = NewTest(version.journey_id, "One", {"until": "2027-01-01T00:00:00+01:00"}, [{"no_message": "ask"}])
    return keep_test(new, acting_user=house.owner.id, now=house.now)


def _real_addresses(house: Cast) -> list[tuple[str, str]]:
    ids = _real_ids(house)
    found = []
    for name, url in routes():
        before = url.partition("999999999")[0].rstrip("/").rpartition("/")[2]
        if "999999999" in url and not url.startswith(("account/", "c/", "demo/", "postbox/", PROGRAMS)):
            assert before in ids, f"{url}: name one of these in _real_ids"
            found.append((name, url.replace("999999999", str(ids[before])).replace("no-such-thing", JOURNEY)))
    return found


FORM = {"do": "send", "text": "x", "how": "phone", "reason": "x"}


def _everything() -> dict[str, int]:
    """How often each table was written to in this transaction, as far as rows show it."""
    return {
        model.__name__: hash(tuple(map(str, model._default_manager.order_by("pk").values_list())))
        for model in apps.get_models()
        if model._meta.app_label in {"contacts", "inbox", "delivery", "gate", "engagements", "foundation"}
    }


def test_what_exists_is_out_of_reach_for_whoever_may_not_touch_it(house: Cast) -> None:
    """R57 with ids of things that are there: nobody may open them, readers change none."""
    urls = _real_addresses(house)
    assert len(urls) > 25
    before, broken = _everything(), []
    for role in ("nobody", "reader", "colleague"):
        client = _client(house, role)
        for name, url in urls:
            if role == "colleague" and not url.startswith("settings/"):
                continue
            for method in ("get", "post"):
                response = getattr(client, method)(f"/{url}", FORM, secure=True)
                status = response.status_code
                owners = url.startswith("settings/") or url.endswith(OWNERS_ALONE)
                open_to_readers = role == "reader" and method == "get" and not owners
                fine = (200, 404, 405) if open_to_readers else (403, 404, 405)
                if not (_is_closed(response) if role == "nobody" else status in fine):
                    broken.append(f"{role} {method} /{url} ({name}): {status}")
    assert broken == []
    after = _everything()
    assert {name for name in before if before[name] != after[name]} <= {"User"}  # last_login


HALF, MANY = "\ud83d", "9" * 40
CRAFTED: list[dict[str, str]] = [
    {
        **dict.fromkeys(("do", "text", "name", "q", "find", "show", "client", "slug", "email", "tag"), HALF),
        **dict.fromkeys(("value", "days", "count", "n", "weight", "hours", "score", "frequency"), "inf"),
        **dict.fromkeys(("before", "at", "day", "until", "from", "moment"), "9999-12-31T23:59:59+14:00"),
        **dict.fromkeys(("doc", "document", "plan"), "[" * 5_000),
    },
    {
        **dict.fromkeys(("id", "client", "contact", "pk", "before", "after", "page", "to", "owner"), MANY),
        **dict.fromkeys(("value", "days", "count", "n", "weight", "hours", "score", "frequency"), "nan"),
        **dict.fromkeys(("at", "day", "until", "from", "moment"), "0001-01-01T00:00:00-14:00"),
        "story": "&".join(f"f{n}=1" for n in range(700)),
    },
]
"""Fields that pages read, with what no page sends."""


def test_crafted_input_is_an_answer(house: Cast) -> None:
    """Whoever has signed in can send anything by hand: it is answered below 500, wherever it goes."""
    client, broken = _client(house, "owner"), []
    plain = [each for each in routes() if "999999999" not in each[1] and "logout" not in each[1]]
    for name, url in [*_real_addresses(house), *plain]:
        if url.startswith(("demo/", "account/", "c/", PROGRAMS)):
            continue
        shown, typed = CRAFTED if len(url) % 2 else CRAFTED[::-1]  # each reaches every second address
        query = "&".join(f"{key}={_percent(value[:500])}" for key, value in shown.items())
        body = "&".join(f"{key}={_percent(value)}" for key, value in typed.items())
        answers = {
            "get": client.get(f"/{url}?{query}", secure=True),
            "post": client.post(f"/{url}", body, content_type=TYPED, secure=True),
        }
        broken += [f"{how} /{url} ({name})" for how, each in answers.items() if each.status_code >= 500]
    assert broken == []


TYPED = "application/x-www-form-urlencoded"


def _percent(value: str) -> str:
    return "".join(f"%{byte:02x}" for byte in value.encode(errors="surrogatepass"))


@pytest.mark.parametrize("url", ["clients/", "inbox/", "segments/a%00b/", "me/"])
def test_a_nul_is_refused_in_words(house: Cast, url: str) -> None:
    client = _client(house, "owner")
    answers = [
        client.get(f"/{url}?q=a%00b", secure=True),
        client.post(f"/{url}", "text=a%00b", content_type=TYPED, secure=True),
        client.post(f"/{url}", {"te\0xt": "a"}, secure=True),
    ]
    assert {answer.status_code for answer in answers} <= {400, 404, 405}
    assert answers[0].status_code == 400
    assert b"character" in answers[0].content


def test_ids_that_no_row_can_have_are_no_pages(house: Cast) -> None:
    client = _client(house, "owner")
    for ident in ("0", "9" * 19, "9" * 40, "-1", "1e5", "%EF%BC%91"):
        assert client.get(f"/clients/{ident}/", secure=True).status_code == 404
