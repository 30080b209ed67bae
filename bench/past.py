"""Ninety days of a business, copied into the database of a bench, and a draft that is replayed over them.

Every client was asked for documents once; two of three handed them in. One in five asked something, one in
fifty complained, and each heard from others of the house twice. All other events are of names that the
draft does not use.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from bench.crowd import FIRST, _copy
from bench.machine import Peak, cpu_seconds
from tactful.config.replaying import replay_on_two_cores
from tactful.events.types import LANES
from tactful.foundation.clock import business_now
from tactful.journeys.recipes import text
from tactful.journeys.rules.definition import read
from tactful.journeys.types import Definition

RECIPE = "annual-accounts-documents"
DAYS = 90
BASE = FIRST * 10  # ids of these clients
OTHERS = ("page.viewed", "order.placed", "invoice.paid", "form.opened", "file.viewed")
NO_DATA = "{}"
EVENT = "id,lane,contact_id,name,ts,recorded_at,source,data"
SPELL = "id,contact_id,kind,ref,from_at,to_at,recorded_at,end_recorded_at,waits_on_client,data"


def make(clients: int, events: int) -> tuple[Definition, datetime, datetime]:
    until = business_now()
    since = until - timedelta(days=DAYS)
    numbers = range(clients)
    _copy("contact", "id,name,given_name,sort_key,language,time_zone,country,subdivision,tier,attributes,source,"
          "created_at,gate_rev,pieces",
          ((BASE + n, "Kari Hansen", "Kari", "hansen", "nb", "Europe/Oslo", "NO", "", "", "{}", "", since, 0, "{}")
           for n in numbers))  # fmt: skip
    _copy("identity", "id,contact_id,kind,value,shown,is_primary,added_at",
          ((BASE + n, BASE + n, "email", f"k{n}@past.example", "k", True, since) for n in numbers))  # fmt: skip
    _copy("basis_spell", "id,contact_id,purpose,channel,kind,from_at,recorded_at",
          ((BASE + n, BASE + n, "service", "mail", "contract", since, since) for n in numbers))  # fmt: skip
    _copy("engagement", "id,contact_id,kind,title_en,title_nb,year,due_on,opened_at",
          ((BASE + n, BASE + n, "annual_accounts", "Accounts", "Regnskap", 2026, until.date(), since)
           for n in numbers))  # fmt: skip
    _copy("requested_document", "id,engagement_id,slug,name_en,name_nb,position",
          ((BASE + n * 2 + d, BASE + n, f"d{d}", "Bank", "Bank", d) for n in numbers for d in range(2)))  # fmt: skip
    _copy("document_spell", "id,document_id,state,how,from_at,to_at,recorded_at,end_recorded_at",
          _documents(clients, since))  # fmt: skip
    _copy("talk_spell", SPELL, _talks(clients, since))
    _sent(clients, since)
    _copy("event", EVENT, _events(clients, events, since))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
    return read(text(RECIPE)), since, until


def measure(
    definition: Definition, since: datetime, until: datetime, server: int, say: Callable[[str], None]
) -> dict[str, float | int]:
    """``server``: the process of PostgreSQL. Memory is that of Tactful's two processes."""

    def progress(done: int, total: int) -> None:
        if done == total or done * 10 // total != (done - 2_000) * 10 // total:
            say(f"{done} of {total} clients, {time.monotonic() - began:.1f} s")

    roots = [os.getpid(), server]
    before, began = cpu_seconds(roots), time.monotonic()
    with Peak(lambda: roots[:1]) as peak:
        found = replay_on_two_cores(definition, since, until, progress)
    took, used = time.monotonic() - began, cpu_seconds(roots) - before
    say(f"{found.counts()} of {found.events} events; held by {found.held_by_reason()}")
    if found.troubles or found.not_known or not found.lines:
        raise SystemExit(f"Not every way could be told: {found.troubles[:3]} {found.not_known[:3]}")
    return {
        "replay_s": round(took, 1),
        "replay_cpu_s": round(used, 1),
        "replay_mb": round(peak.mb),
        "replay_clients": found.clients,
        "replay_lines": len(found.lines),
    }


def _wanted_at(n: int, since: datetime) -> datetime:
    return since + timedelta(minutes=1 + n * 7_919 % (DAYS * 1440 - 60))


def _comes_at(n: int, since: datetime) -> datetime | None:
    """Between a day and three weeks later, but for one in three."""
    return None if n % 3 == 0 else _wanted_at(n, since) + timedelta(minutes=1440 + n * 104_729 % 30_240)


def _documents(clients: int, since: datetime) -> Iterator[tuple[Any, ...]]:
    for n in range(clients):
        at, comes = _wanted_at(n, since), _comes_at(n, since)
        for d in range(2):
            ident = BASE + n * 4 + d * 2
            document = BASE + n * 2 + d
            yield ident, document, "missing", "request", at, comes, at, comes
            if comes is not None:
                yield ident + 1, document, "received", "upload", comes, None, comes, None


def _talks(clients: int, since: datetime) -> Iterator[tuple[Any, ...]]:
    for n in range(0, clients, 5):
        at = _wanted_at(n, since) + timedelta(days=6)
        kind = "complaint" if n % 50 == 0 else "question"
        end = at + timedelta(days=3)
        yield BASE + n, BASE + n, kind, BASE + n, at, end, at, end, False, NO_DATA


def _sent(clients: int, since: datetime) -> None:
    def rows() -> Iterator[tuple[int, int, datetime]]:
        for n in range(clients):
            for k in range(2):
                yield (
                    BASE + n * 2 + k,
                    BASE + n,
                    since + timedelta(minutes=(n * 31 + k * 50_000) % (DAYS * 1440)),
                )

    _copy("message", "id,contact_id,channel,message_class,purpose,cause_kind,cause_id,dedupe_key,may_merge,due_at,"
          'condition,topics,allow,template,language,variables,subject,body,in_reply_to,"references",is_auto_reply,'
          "key_id,created_at",
          ((i, c, "mail", "relationship", "service", "broadcast", 1, f"past:{i}", False, at, "{}", "{}", "{}", "x", "",
            "{}", "", "", "", "", False, 1, at) for i, c, at in rows()))  # fmt: skip
    _copy("dispatch", "message_id,contact_id,lane,author,line,state,not_before,attempt,tries,misses,resent,clearance,"
          "cleared_at,approved_by,approved_hash,body_hash,cap_day,first_handoff_at,settled_at,on_release,address,"
          "result,provider_id",
          ((i, c, 5, "automation", "structural", "sent", at, 1, 0, 0, False, 1, at, 1, b"x", b"x", at.date(), at, at,
            "", "", "", "") for i, c, at in rows()))  # fmt: skip


def _events(clients: int, events: int, since: datetime) -> Iterator[tuple[Any, ...]]:
    """In the order of time, so that those of one client lie far apart."""
    each = max(1, events // clients)
    used = 0
    for n in range(clients):
        for name, at, data in _story(n, since):
            used += 1
            yield BASE * 10 + used, (BASE + n) % LANES, BASE + n, name, at, at, "tactful", data
    for k in range(events - used):
        n, at = k % clients, since + timedelta(days=DAYS) * (k // clients) / each
        yield BASE * 10 + used + k + 1, (BASE + n) % LANES, BASE + n, OTHERS[k % 5], at, at, "shop", NO_DATA


def _story(n: int, since: datetime) -> Iterator[tuple[str, datetime, str]]:
    at, comes = _wanted_at(n, since), _comes_at(n, since)
    data = json.dumps({"engagement": BASE + n, "kind": "annual_accounts", "year": 2026})
    yield "engagement.documents_wanted", at, data
    if n % 5 == 0:
        kind = "complaint.closed" if n % 50 == 0 else "question.answered"
        yield kind, at + timedelta(days=9), NO_DATA
    if comes is not None:
        yield "documents.complete", comes, data


__all__ = ["make", "measure"]
