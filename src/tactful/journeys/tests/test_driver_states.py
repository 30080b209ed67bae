"""Anything in any order (R20, R85): events, moments, outcomes, answers, releases, stops, beginnings."""

from itertools import groupby

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import Phase as Generate
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tactful.delivery.models import Dispatch
from tactful.journeys import driver
from tactful.journeys.models import Enrolment
from tactful.journeys.rules.moves import Phase
from tactful.journeys.tests.build import hours
from tactful.journeys.tests.counted import what_follows_the_rows_is_right
from tactful.journeys.tests.world import World, client, furnish, make_world
from tactful.journeys.types import Reentry, ReentryMode

WAITING = ("queued", "held", "claimed")
ENDS = {"sent": "sent", "refused": "refused", "expired": "expired", "dead": "dead", "cancelled": "cancelled"}
people = st.integers(0, 2)
NIGHTLY = 20_000  # examples with ``--hypothesis-profile=nightly`` (R85)


class Walks(RuleBasedStateMachine):
    """Three clients, the last of whom has facts that cannot be loaded at all."""

    world: World

    @initialize(mode=st.sampled_from(ReentryMode))
    def begin(self, mode: ReentryMode) -> None:
        self.sid = transaction.savepoint()
        self.world = make_world(reentry=Reentry(mode))
        self.people = [client() for _ in range(3)]
        self.told: list[object] = []
        load = self.world.load

        def picky(asked):  # type: ignore[no-untyped-def]
            if any(state.contact_id == self.people[2] for state, _ in asked):
                raise RuntimeError("bad facts")
            return load(asked)

        self.world.load = picky  # type: ignore[method-assign]

    def teardown(self) -> None:
        if hasattr(self, "sid"):
            transaction.savepoint_rollback(self.sid)

    def live(self, who: int) -> Enrolment | None:
        return Enrolment.objects.filter(contact_id=self.people[who], ended_at=None).first()

    def message_of(self, row: Enrolment):  # type: ignore[no-untyped-def]
        found = Dispatch.objects.filter(message__cause_id=row.id, message__cause_visit=row.visit)
        return found.filter(state__in=WAITING)

    @rule(who=people, name=st.sampled_from(["wanted", "viewed", "complete", "cancelled", "reply.received"]))
    def something_happens(self, who: int, name: str) -> None:
        self.told.append(self.world.hear(name, self.people[who], engagement=17))

    @rule(who=people, name=st.sampled_from(["wanted", "wanted", "viewed"]), together=st.integers(1, 3))
    def much_happens_at_once(self, who: int, name: str, together: int) -> None:
        self.world.feed(*(self.world.fact(name, self.people[who], engagement=17) for _ in range(together)))

    @rule(place=st.integers(0, 50))
    def something_is_told_again(self, place: int) -> None:
        if self.told:
            self.world.feed(self.told[place % len(self.told)])  # type: ignore[arg-type]

    @rule(number=st.sampled_from([0, 1, 25, 49, 200]))
    def time_passes(self, number: int) -> None:
        Enrolment.objects.filter(retry_at__isnull=False).update(retry_at="2020-01-01T00:00Z")
        self.world.pass_time(hours(number))
        stuck = Enrolment.objects.filter(contact_id__in=self.people[:2], due_at__lte=self.world.now)
        assert not stuck.exists(), "everybody whose moment had come has moved"

    @rule(who=people, end=st.sampled_from(list(ENDS)), late=st.booleans())
    def a_message_comes_to_its_end(self, who: int, end: str, late: bool) -> None:
        row = self.live(who)
        if row is not None and row.phase == Phase.SENDING:
            self.message_of(row).update(state=ENDS[end], clearance=1)
            visit = {"visit": row.visit - 1} if late else {}
            self.told.append(self.world.outcome(row, f"message.{end}", **visit))
            if late:
                self.told.append(self.world.outcome(row, f"message.{end}"))

    @rule(who=people)
    def a_hold_is_released(self, who: int) -> None:
        row = self.live(who)
        if row is not None and row.phase == Phase.SENDING:
            self.message_of(row).update(state="cancelled")
            self.told.append(self.world.outcome(row, "message.released"))

    @rule(who=people, answer=st.sampled_from(["again", "done"]))
    def a_person_answers(self, who: int, answer: str) -> None:
        row = self.live(who)
        if row is not None:
            self.told.append(self.world.answer(row, answer))

    @rule(who=people)
    def a_person_stops_it(self, who: int) -> None:
        row = self.live(who)
        if row is not None:
            assert driver.stop([row.id, row.id], "taken_out", self.world.load, self.world.now) == 1

    @invariant()
    def all_is_in_order(self) -> None:
        rows = list(
            Enrolment.objects.filter(contact_id__in=getattr(self, "people", [])).order_by(
                "contact_id", "entry_no"
            )
        )
        for _, own in groupby(rows, key=lambda row: row.contact_id):
            one_runs_and_all_are_numbered(list(own))
        for row in rows:
            nobody_suffers_for_another(row, self.people[2])
        only_what_is_wanted_waits_to_be_sent(rows)
        what_follows_the_rows_is_right()


def one_runs_and_all_are_numbered(rows: list[Enrolment]) -> None:
    assert [row.entry_no for row in rows] == list(range(1, len(rows) + 1))
    assert all(row.ended_at is not None for row in rows[:-1])
    assert len({row.trigger_id for row in rows}) == len(rows)


def nobody_suffers_for_another(row: Enrolment, unlucky: int) -> None:
    assert row.contact_id == unlucky or (row.failures == 0 and row.retry_at is None)


def only_what_is_wanted_waits_to_be_sent(rows: list[Enrolment]) -> None:
    wanted = [(row.id, row.visit) for row in rows if row.phase == Phase.SENDING]
    waiting = Dispatch.objects.filter(message__cause_id__in=[row.id for row in rows], state__in=WAITING)
    assert sorted(waiting.values_list("message__cause_id", "message__cause_visit")) == sorted(wanted)


@pytest.mark.slow
@pytest.mark.django_db
def test_any_order(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL", logger="tactful.journeys.moving")
    furnish()  # once, for each example is rolled back to here
    run_state_machine_as_test(
        Walks,
        settings=settings(
            max_examples=200 if settings().max_examples < NIGHTLY else NIGHTLY,
            stateful_step_count=12,
            phases=[Generate.generate],
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
