"""Writing a batch's verdicts and the facts that follow from them."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tactful.delivery.batch import Item
from tactful.delivery.dice import roll
from tactful.delivery.hot import claim as hot
from tactful.delivery.hot.claim import Judged as Row
from tactful.delivery.judging import Judged
from tactful.delivery.merged import revive
from tactful.delivery.rules.retry import back_off
from tactful.events import actions as events
from tactful.events.types import NewFact
from tactful.foundation import pg
from tactful.gate.rules.codes import TOO_LATE, Code
from tactful.gate.types import UNKNOWN, Check, Facts, OnRelease, Reason, Verdict, VerdictKind

NEEDS_PERSON = "task.wanted"
MISSES = 5  # facts that could not be read so often become a person's task

Cleared = tuple[Item, Verdict, Facts]


def write(judged: Judged, revs: Mapping[int, int], worker_id: int, now: datetime) -> list[Item]:
    """Answers with the cleared messages, their attempt raised."""
    cleared = [row for row in judged.verdicts if row[1].kind is VerdictKind.CLEAR]
    others = [row for row in judged.verdicts if row[1].kind is not VerdictKind.CLEAR]
    if cleared:
        _write_cleared(cleared, judged, revs, worker_id, now)
    rows: list[Row] = []
    facts: list[NewFact] = []
    for item, verdict, _ in others:
        _OTHERS[verdict.kind](item, verdict, now, rows, facts)
    for item in judged.missing:
        _retry(item, Verdict(VerdictKind.RETRY), now, rows, facts)
    _write_silent(judged, now, rows, facts)
    hot.write_judged(rows)
    _note_rehearsed(others, now)
    ended = [row.id for row in rows if row.state in ("refused", "expired")]
    revive({item.id: item.contact_id for item in _all(judged) if item.may_merge and item.id in ended})
    events.record(facts, now=now)
    return [item for item, _, _ in cleared]


def _write_cleared(
    cleared: Sequence[Cleared], judged: Judged, revs: Mapping[int, int], worker_id: int, now: datetime
) -> None:
    days: list[Any] = []
    scopes: list[str | None] = []
    masks: list[int] = []
    for item, verdict, _ in cleared:
        item.attempt += 1
        scope = judged.scopes.get(item.contact_id) if item.id in judged.reserved else None
        day, _, household, company = scope or _NO_PLACE
        item.cap_day = day
        item.cap_scopes = [household, company] if scope else None
        days.append(day)
        alone = household is None and company is None
        scopes.append(None if alone else str(pg.numbers((household, company))))
        if verdict.clearance is None:
            raise AssertionError("A clear verdict without a clearance cannot be.")
        item.clearance = verdict.clearance.mask
        masks.append(item.clearance)
    hot.write_claimed(
        {
            "worker": worker_id,
            "now": now,
            "ids": pg.numbers([item.id for item, _, _ in cleared]),
            "revs": pg.numbers([revs[item.contact_id] for item, _, _ in cleared]),
            "masks": pg.numbers(masks),
            "accounts": pg.numbers([item.account_id for item, _, _ in cleared]),
            "receipts": pg.numbers([_receipt(facts) for _, _, facts in cleared]),
            "days": pg.moments(days),
            "scopes": pg.texts(scopes),
        }
    )


_NO_PLACE = (None, None, None, None)


def _receipt(facts: Facts) -> int | None:
    return None if facts.basis is UNKNOWN else facts.basis.receipt_id


def _hold(item: Item, verdict: Verdict, now: datetime, rows: list[Row], facts: list[NewFact]) -> None:
    since = item.due.request.held_since
    rows.append(
        Row(
            item.id,
            "held",
            not_before=verdict.until,
            reasons=encode(verdict.reasons),
            wake_on=_texts(verdict.wake_on),
            owner=verdict.owner_id,
            on_release=_on_release(verdict),
            task_at=verdict.task_at,
            held_since=since or now,
        )
    )
    if since is None:
        facts.append(_fact("message.held", item, verdict.reasons, until=_iso(verdict.until)))
    elif item.wake_on:  # its expiry came and it still holds: the owner is asked
        facts.append(_fact(NEEDS_PERSON, item, verdict.reasons, kind="hold_expired", owner=verdict.owner_id))


def _note_rehearsed(others: Sequence[Cleared], now: datetime) -> None:
    """What only the trial week keeps from leaving, at the moment at which it would have left."""
    kept = [
        (item.id, verdict.reasons[0].params["ref"])
        for item, verdict, _ in others
        if verdict.reasons and verdict.reasons[0].code == Code.STANDING_TRIAL
    ]
    if kept:
        ids, trials = zip(*kept, strict=True)
        hot.note_rehearsed(pg.numbers(ids), pg.numbers(trials), now)


def _on_release(verdict: Verdict) -> str:
    """Only the end of a hold by a fact asks the journey again; time alone just lets the message go."""
    return str(verdict.on_release) if verdict.wake_on else str(OnRelease.SEND)


def _refuse(item: Item, verdict: Verdict, now: datetime, rows: list[Row], facts: list[NewFact]) -> None:
    late = any(reason.code in TOO_LATE for reason in verdict.reasons[:1])
    state = "expired" if late else "refused"
    rows.append(Row(item.id, state, reasons=encode(verdict.reasons), settled_at=now))
    check = str(verdict.reasons[0].check) if verdict.reasons else ""
    facts.append(_fact(f"message.{state}", item, verdict.reasons, check=check))


def _retry(item: Item, verdict: Verdict, now: datetime, rows: list[Row], facts: list[NewFact]) -> None:
    misses = item.misses + 1
    delay = back_off(item.misses, roll())
    reasons = encode(verdict.reasons) if verdict.reasons else None
    rows.append(Row(item.id, "queued", delay=delay, reasons=reasons, misses=misses))
    urgent = verdict.task_at is not None and verdict.task_at <= now and item.misses == 0
    if misses == MISSES or urgent:
        facts.append(_fact(NEEDS_PERSON, item, verdict.reasons, kind="fact_unreadable"))


_OTHERS = {VerdictKind.HOLD: _hold, VerdictKind.REFUSE: _refuse, VerdictKind.RETRY: _retry}


def _write_silent(judged: Judged, now: datetime, rows: list[Row], facts: list[NewFact]) -> None:
    late = encode([Reason(Check.NOT_TOO_LATE, Code.LATE_LATEST)])
    for item in judged.expired:
        rows.append(Row(item.id, "expired", reasons=late, settled_at=now))
        facts.append(_fact("message.expired", item, ()))
    for item, speaker in judged.merged:
        rows.append(Row(item.id, "merged", merged_into=speaker, settled_at=now))
        facts.append(_fact("message.merged", item, (), into=speaker))
    full = [Reason(Check.FREQUENCY, Code.CAP_CONTACT_DAY, {"used": 1, "limit": 1})]
    for item, until in judged.waiting:
        since = item.due.request.held_since
        release = str(OnRelease.SEND)
        held = Row(item.id, "held", until, reasons=encode(full), on_release=release, held_since=since or now)
        rows.append(held)
        if since is None:
            facts.append(_fact("message.held", item, full, until=_iso(until)))


def _all(judged: Judged) -> list[Item]:
    return [*(item for item, _, _ in judged.verdicts), *judged.expired]


def encode(reasons: Sequence[Reason]) -> str:
    """Reasons as they are stored: codes with parameters, rendered on reading."""
    return json.dumps([as_json(reason) for reason in reasons])


def as_json(reason: Reason) -> dict[str, Any]:
    return {
        "check": str(reason.check),
        "code": str(reason.code),
        "params": reason.params,
        "owner": reason.owner_id,
    }


def _fact(name: str, item: Item, reasons: Sequence[Reason], **more: Any) -> NewFact:
    codes = [str(reason.code) for reason in reasons]
    return NewFact(name, item.contact_id, fact_data(item) | {"reasons": codes} | more)


def fact_data(item: Item) -> dict[str, Any]:
    """What every fact about a message says: enough for journeys and for the time line."""
    due = item.due
    return {
        "message": item.id,
        "touchpoint": due.touchpoint_id,
        "cause": due.cause_kind,
        "cause_id": due.cause_id,
        "visit": due.cause_visit,
    }


def facts_data(items: Sequence[Item]) -> list[bytes]:
    """``fact_data`` of each as JSON. But for its number, a broadcast says the same of all its messages."""
    known: dict[tuple[object, ...], bytes] = {}
    data = []
    for item in items:
        due = item.due
        cause = (due.touchpoint_id, due.cause_kind, due.cause_id, due.cause_visit)
        rest = known.get(cause)
        if rest is None:
            whole = json.dumps(fact_data(item) | {"message": 0}, ensure_ascii=False)
            rest = known[cause] = whole.removeprefix('{"message": 0').encode()
        data.append(b'{"message": %d%b' % (item.id, rest))
    return data


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _texts(values: Sequence[str]) -> str | None:
    return "{" + ",".join(f'"{value}"' for value in values) + "}" if values else None
