"""R8 and R85: whatever people, workers, deaths and providers do in whatever order, no client gets more
than one copy, none is skipped, and the books balance."""

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tactful.channels.types import OutboundMessage, Outcome, SendResult
from tactful.delivery.actions import cancel, cancel_cause, pause, release, resume
from tactful.delivery.hot import sweeps
from tactful.delivery.models import CapUse, Dispatch
from tactful.delivery.queries import audience
from tactful.delivery.recovery import recover
from tactful.delivery.tests.house import (
    JOURNALS,
    Clerk,
    Drawn,
    House,
    Provider,
    due_at_once,
    make_account,
    make_contacts,
    make_touchpoint,
    queue,
)
from tactful.delivery.tests.test_recovery import Killed
from tactful.foundation.clock import business_now
from tactful.gate.types import TalkFact
from tactful.touchpoints.types import MessageClass

CLASSES = [MessageClass.AWAITED, MessageClass.REMINDER, MessageClass.RELATIONSHIP, MessageClass.MARKETING]
OUTCOMES = [
    Outcome.SENT,
    Outcome.SENT,
    Outcome.SENT,
    Outcome.SAFE,
    Outcome.TRANSIENT,
    Outcome.RATE,
    Outcome.HARD_ADDRESS,
    Outcome.CONTENT,
    Outcome.AMBIGUOUS,
]
ENDS = ("sent", "dead", "unknown", "merged", "cancelled")
CAUSE = 5
EXAMPLES = 200
"""With ``--hypothesis-profile=nightly`` 20,000 (R8, R85)."""
ROUNDS = 12  # enough for every retry


class Outbox(RuleBasedStateMachine):
    """Each run in a savepoint that is rolled back. What all runs begin with is set by the test."""

    folder: Path
    line: Drawn
    contacts: list[int]

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.house, self.provider = House(), Provider()
        self.clerk = Clerk(self.house, self.provider, self.folder)
        self.must: dict[int, bool] = {}
        self.who: dict[int, int] = {}
        self.called_off: set[int] = set()
        self.dice = random.Random(0)
        self.provider.plan = self._outcome
        self.deaths = 0

    def teardown(self) -> None:
        try:
            self.settle_everything()
        finally:
            self.clerk.leave()
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def _outcome(self, message: OutboundMessage) -> SendResult:
        return SendResult(message.ident, message.attempt, self.dice.choice(OUTCOMES), 250)

    @initialize(seed=st.integers(0, 1_000))
    def shuffle(self, seed: int) -> None:
        self.dice = random.Random(seed)

    @rule(who=st.integers(0, 2), kind=st.sampled_from(CLASSES), merge=st.booleans())
    def enqueue(self, who: int, kind: MessageClass, merge: bool) -> None:
        more: dict[str, Any] = {"message_class": kind, "may_merge": merge, "cause_id": CAUSE}
        (ident,) = queue([self.contacts[who]], self.line, **more)
        self.must[ident], self.who[ident] = kind is MessageClass.AWAITED, who

    @rule()
    def work(self) -> None:
        self.clerk.turn()

    @rule(at=st.integers(1, 3), before=st.booleans())
    def die_on_the_wire(self, at: int, before: bool) -> None:
        """A kill just before or just after a dot."""
        left = [at]

        def kill(_: OutboundMessage) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise Killed

        setattr(self.provider, "before" if before else "after", kill)
        try:
            self.clerk.turn()
        except Killed:
            self._replace()
        finally:
            self.provider.before = self.provider.after = lambda message: None

    @rule()
    def die_after_the_claim(self) -> None:
        self.clerk.claim()
        self._replace()

    def _replace(self) -> None:
        self.deaths += 1
        self.clerk.die()
        recover(JOURNALS)
        self.clerk = Clerk(self.house, self.provider, self.folder)

    @rule(who=st.integers(0, 2))
    def cancel_one(self, who: int) -> None:
        cancel(contact_ids=[self.contacts[who]], now=business_now())
        self.called_off |= {ident for ident, whose in self.who.items() if whose == who}

    @rule()
    def cancel_all(self) -> None:
        cancel_cause(kind="broadcast", ident=CAUSE, now=business_now())
        self.called_off |= set(self.who)

    @rule()
    def pause_it(self) -> None:
        pause(scope="broadcast", scope_id=CAUSE, acting_user=1, now=business_now())

    @rule()
    def resume_it(self) -> None:
        resume(scope="broadcast", scope_id=CAUSE, acting_user=1, now=business_now())

    @rule(who=st.integers(0, 2))
    def somebody_talks(self, who: int) -> None:
        self.house.set(self.contacts[who], talks=(TalkFact("question", business_now(), 1),))

    @rule(who=st.integers(0, 2))
    def silence_again(self, who: int) -> None:
        self.house.set(self.contacts[who], talks=())
        release(names=["question.answered"], contact_ids=[self.contacts[who]], now=business_now())

    @rule()
    def time_heals(self) -> None:
        due_at_once()
        _close_breakers()

    @invariant()
    def nobody_hears_it_twice(self) -> None:
        copies = self.provider.copies()
        assert all(count <= (2 if self.must[ident] else 1) for ident, count in _arrived(self).items())
        for ident in copies:
            payloads = {message.payload for message in self.provider.accepted if message.ident == ident}
            assert len(payloads) == 1

    @invariant()
    def the_books_balance(self) -> None:
        stand = audience("broadcast", CAUSE)
        assert stand.total == len(self.must) == stand.live + stand.final + stand.unknown
        assert not CapUse.objects.filter(used__lt=0).exists()

    def settle_everything(self) -> None:
        """Everybody is silent, nothing is paused, the provider is well: all must end."""
        resume(scope="broadcast", scope_id=CAUSE, acting_user=1, now=business_now())
        self.house.changed.clear()
        self.provider.plan = lambda message: None
        self.house.settings = _no_caps(self.house)
        for _ in range(ROUNDS):
            if audience("broadcast", CAUSE).live == 0:
                break
            self.a_day_passes()
        self.a_day_passes()  # and nothing more happens
        assert audience("broadcast", CAUSE).live == 0
        arrived = _arrived(self)
        for ident, state in Dispatch.objects.filter(pk__in=self.must).values_list("pk", "state"):
            assert (state != "sent") or arrived[ident] >= 1
            assert state in ENDS, f"{ident} was skipped: {state}"
            assert state != "cancelled" or ident in self.called_off, "nobody called it off"
        self.nobody_hears_it_twice()

    def a_day_passes(self) -> None:
        self.time_heals()
        Dispatch.objects.filter(state="held").update(not_before=business_now())
        sweeps.end_holds(business_now() + timedelta(seconds=1))
        self.clerk.turn()


def _arrived(machine: Outbox) -> dict[int, int]:
    """Copies that a server may have kept: those that it refused do not count."""
    counts: dict[int, int] = {}
    for message in machine.provider.accepted:
        counts[message.ident] = counts.get(message.ident, 0) + 1
    return counts


def _no_caps(house: House) -> Any:
    from dataclasses import replace  # noqa: PLC0415

    return replace(house.settings, contact_day=99, contact_week=99, household_day=99, company_day=99)


def _close_breakers() -> None:
    from tactful.channels.models import Account, Breaker  # noqa: PLC0415

    Breaker.objects.all().delete()
    Account.objects.update(paused_reason="")


@pytest.fixture
def beginning(db: None, tmp_path: Path) -> None:
    make_account()
    Outbox.folder, Outbox.line, Outbox.contacts = tmp_path, make_touchpoint(), make_contacts(3)


@pytest.mark.slow
@pytest.mark.usefixtures("beginning")
def test_the_outbox_in_any_order(request: pytest.FixtureRequest) -> None:
    run_state_machine_as_test(
        Outbox,
        settings=settings(
            max_examples=max(EXAMPLES, settings().max_examples),
            stateful_step_count=10,
            phases=[Phase.generate],
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
