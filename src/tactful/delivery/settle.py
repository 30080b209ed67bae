"""T3: what became of each message, by the retry table, with the facts that follow."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from tactful.channels.actions import sending as accounts
from tactful.channels.types import Outcome, SendResult
from tactful.delivery.batch import Item
from tactful.delivery.bounces import bounced
from tactful.delivery.dice import roll
from tactful.delivery.hot import claim as hot_caps
from tactful.delivery.hot import settle as hot
from tactful.delivery.judging import held_places
from tactful.delivery.merged import revive
from tactful.delivery.rules.caps import Place
from tactful.delivery.rules.retry import Attempted, Next, after
from tactful.delivery.rules.words import words_hash
from tactful.delivery.verdicts import fact_data, facts_data
from tactful.events import actions as events
from tactful.events.types import NewFact
from tactful.foundation import pg
from tactful.foundation.clock import business_now, machine_now

ASK_AFTER = timedelta(hours=24)  # an unknown that nobody has explained by then becomes a task
PAUSING = {Outcome.ACCOUNT: "auth", Outcome.POLICY: "policy"}

Outcomes = Sequence[tuple[Item, SendResult]]


@transaction.atomic
def settle(outcomes: Outcomes, worker_id: int) -> None:
    """Write outcomes where worker and attempt still match; whoever lost the message changes nothing."""
    if not outcomes:
        return
    now = business_now()
    sent = [pair for pair in outcomes if pair[1].outcome is Outcome.SENT]
    others = [pair for pair in outcomes if pair[1].outcome is not Outcome.SENT]
    if sent:
        _write_sent(sent, worker_id, now)
    facts = _write_others(others, worker_id, now) if others else []
    facts += _tell_accounts(outcomes, now)
    events.record(facts, now=now)


def _write_sent(outcomes: Outcomes, worker_id: int, now: datetime) -> None:
    written = hot.sent(
        {
            "now": now,
            "worker": worker_id,
            "ids": pg.numbers([item.id for item, _ in outcomes]),
            "attempts": pg.numbers([item.attempt for item, _ in outcomes]),
            "codes": pg.numbers([result.code for _, result in outcomes]),
            "providers": pg.texts([result.provider_id[:200] for _, result in outcomes]),
        }
    )
    done = [item for item, _ in outcomes if item.id in written]
    events.record_alike("message.sent", [item.contact_id for item in done], facts_data(done), now=now)


def _write_others(outcomes: Outcomes, worker_id: int, now: datetime) -> list[NewFact]:
    rows = [(item, result, after(result, _attempted(item), now, roll())) for item, result in outcomes]
    written = hot.others(
        {
            "now": now,
            "worker": worker_id,
            "ids": pg.numbers(item.id for item, _, _ in rows),
            "attempts": pg.numbers(item.attempt for item, _, _ in rows),
            "states": [step.state for _, _, step in rows],
            "delays": [step.delay for _, _, step in rows],
            "counts": [step.counts for _, _, step in rows],
            "resents": [step.resent for _, _, step in rows],
            "codes": pg.numbers(result.code for _, result, _ in rows),
            "results": [_words(result) for _, result, _ in rows],
            "hashes": [_person_hash(item) if step.state == "dead" else None for item, _, step in rows],
            "tasks": [now + ASK_AFTER if step.state == "unknown" else None for _, _, step in rows],
        }
    )
    settled = [row for row in rows if row[0].id in written]
    _after_death([item for item, _, step in settled if step.state == "dead"])
    return [fact for row in settled for fact in _facts(*row, now)]


def _after_death(dead: Sequence[Item]) -> None:
    """What never arrived holds no place under a cap, and its riders go on their own."""
    changes: dict[Place, int] = {}
    for item in dead:
        for place in held_places(item):
            changes[place] = changes.get(place, 0) - 1
    hot_caps.reserve(changes)
    revive({item.id: item.contact_id for item in dead if item.may_merge})


def _facts(item: Item, result: SendResult, step: Next, now: datetime) -> list[NewFact]:
    data = fact_data(item) | {"outcome": str(result.outcome), "code": result.code, "detail": _words(result)}
    facts = []
    if step.state in ("dead", "unknown"):
        facts.append(NewFact(f"message.{step.state}", item.contact_id, data | {"why": step.why}))
    if step.bounce:
        facts.append(bounced(data | {"address": item.address}, step.bounce, item.contact_id, now))
    return facts


def _tell_accounts(outcomes: Outcomes, now: datetime) -> list[NewFact]:
    """Breakers, and at most one alert per account that its provider refuses (R17)."""
    facts: list[NewFact] = []
    machine = machine_now()
    by_account: dict[int, list[SendResult]] = {}
    for item, result in outcomes:
        by_account.setdefault(item.account_id, []).append(result)
    for account, results in sorted(by_account.items()):
        failures = sum([result.outcome is Outcome.SAFE for result in results])
        answers = sum([result.code is not None for result in results])
        accounts.note_attempts(account, failures, answers, machine)
        results = [result for result in results if result.outcome is not Outcome.SENT]  # noqa: PLW2901
        waits = [result.retry_after for result in results if result.outcome is Outcome.RATE]
        if waits:
            accounts.rest_account(account, max(wait or 60.0 for wait in waits), machine)
        for result in results:
            if result.outcome in PAUSING:
                facts += accounts.pause_account(account, PAUSING[result.outcome], _words(result), now)
    return facts


def _attempted(item: Item) -> Attempted:
    return Attempted(item.tries, item.must_arrive, item.resent, item.first_handoff_at)


def _words(result: SendResult) -> str:
    return f"{result.enhanced} {result.detail}".strip()[:500]


def _person_hash(item: Item) -> bytes | None:
    """What a person has approved may die before it was ever built; the promise names their words all the
    same."""
    if item.approved_hash is None or item.due.template:
        return item.approved_hash
    return words_hash(item.subject, item.body)
