"""What can be invented for a journey: every recipe begins with what is offered first."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.gate.types import Check, Reason, VerdictKind
from tactful.journeys.recipes import names, text
from tactful.journeys.rules.definition import read
from tactful.journeys.rules.digest import digest_of
from tactful.journeys.rules.inventing import (
    KEY,
    asked_facts,
    beginning,
    begins_by_calendar,
    event_data,
    offers,
)
from tactful.journeys.rules.mishaps import KINDS, Mishap
from tactful.journeys.rules.plan import compile_plan
from tactful.journeys.rules.replay_lines import kept_lines, read_summary, said_of, summary_of
from tactful.journeys.rules.replayed import NotKnown, RealSend, Replay, ReplayLine, TaskSeen
from tactful.journeys.rules.tale import Fate, Look

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("slug", names())
def test_a_recipe_says_what_begins_it_and_what_it_hears(slug: str) -> None:
    plan = compile_plan(read(text(slug)))
    first = beginning(plan)
    heard = {offer.event for offer in offers(plan)}
    assert (first is None) == begins_by_calendar(plan.definition)
    assert first is None or first.event in heard
    assert "reply.received" not in heard or plan.definition.entry is not None
    watched = {look.event for look in (*plan.exit_events, *((plan.goal,) if plan.goal else ()))}
    assert watched - {"reply.received"} <= heard
    if plan.key_field and first is not None:
        data = event_data(plan, first.event, {})
        assert data.get(plan.key_field, dict(data.get("data", {})).get(plan.key_field)) == KEY


@pytest.mark.parametrize("slug", names())
def test_facts_have_a_kind_and_a_value_with_which_it_goes_on(slug: str) -> None:
    for field in asked_facts(compile_plan(read(text(slug)))):
        assert field.kind in ("yes_no", "number", "moment", "day", "words")
        assert field.kind != "yes_no" or isinstance(field.sample, bool)


def test_what_must_not_be_so_is_no_by_itself() -> None:
    facts = {each.name: each.sample for each in asked_facts(compile_plan(read(text("birthday-greeting"))))}
    assert facts["contact.bereaved"] is False
    assert facts["contact.complained_lately"] is False


def test_the_mark_of_a_definition_is_its_meaning() -> None:
    source = text("quote-follow-up")
    assert digest_of(read(source)) == digest_of(read("# more words\n" + source))
    assert digest_of(read(source)) != digest_of(read(source.replace("working_days: 3", "working_days: 4")))


moments = st.datetimes(datetime(2027, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001
reasons = st.builds(
    Reason, st.sampled_from(Check), st.sampled_from(["talk.question", "quiet.night", "cap.contact_day"]),
    st.dictionaries(st.sampled_from(["used", "limit"]), st.integers(0, 9)), st.none() | st.integers(1, 9),
)  # fmt: skip
looks = st.builds(
    Look, moments, st.sampled_from(VerdictKind), st.lists(reasons, max_size=2).map(tuple), st.none() | moments
)
wrong = st.builds(Mishap, st.sampled_from(KINDS), moments, st.integers(0, 9))
lines = st.builds(
    ReplayLine, contact=st.integers(1, 9), key=st.text(max_size=3), entry_no=st.integers(1, 3),
    visit=st.integers(1, 9), step=st.just("ask"), touchpoint=st.just("t"), template=st.just("m"),
    wanted_at=moments, at=st.none() | moments, fate=st.sampled_from(Fate),
    looks=st.lists(looks, max_size=3).map(tuple), mishaps=st.lists(wrong, max_size=2).map(tuple),
    change=st.sampled_from(["", "same", "moved", "added"]), message_id=st.none() | st.integers(1, 9),
    really_at=st.none() | moments,
)  # fmt: skip


@given(st.lists(lines, max_size=6), st.integers(0, 3))
def test_what_is_kept_of_a_replay_is_read_as_it_was(found: list[ReplayLine], more: int) -> None:
    replay = Replay(NOW - timedelta(days=90), NOW, clients=9, begun=7, lines=found, notes=("delivered",))
    replay.dropped = [RealSend(n, n, "", "t", "m", NOW) for n in range(more)]
    replay.tasks = [TaskSeen(n, "", "call", NOW, None, "", "") for n in range(more)]
    replay.not_known = [NotKnown(n, "", "ask", ("x",)) for n in range(more)]
    replay.troubles = [(n, "", "It broke") for n in range(more)]
    kept = list(kept_lines(replay))
    again = [said_of(line.contact, line.body) for line in kept]
    back = [each for each in again if isinstance(each, ReplayLine)]
    assert sorted(back, key=repr) == sorted(
        (each._replace(looks=_plain(each.looks)) for each in found), key=repr
    )
    assert sum(isinstance(each, RealSend | TaskSeen | NotKnown) for each in again) == 4 * more
    summary = read_summary(summary_of(replay, kept))
    assert summary.counts["wrong"] == sum(bool(line.mishaps) for line in found)
    assert summary.counts["sent"] == sum(line.fate is Fate.SENT for line in found)
    assert summary.counts["task"] == summary.counts["trouble"] == more
    assert all(set(line.marks) & summary.counts.keys() for line in kept)


def _plain(found: tuple[Look, ...]) -> tuple[Look, ...]:
    """What woke them is not kept."""
    return tuple(look._replace(wake_on=()) for look in found)
