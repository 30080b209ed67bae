"""Whatever happens in whatever order: no recipe talks too much, and none loses a client on the way."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tactful.journeys import recipes
from tactful.journeys.rules.definition import read
from tactful.journeys.rules.plan import Plan, compile_plan
from tactful.journeys.tests.build import unhurried
from tactful.journeys.tests.told import fullest_week, run
from tactful.journeys.types import DateEntry, EventEntry, Task, WaitFor
from tactful.touchpoints.rules.catalogue import suggestions
from tactful.touchpoints.types import Line, MessageClass

PLANS = {slug: compile_plan(read(recipes.text(slug))) for slug in recipes.names()}
OPTIONAL = frozenset({MessageClass.RELATIONSHIP, MessageClass.MARKETING})
COUNTING = frozenset(each.slug for each in suggestions() if each.message_class in OPTIONAL)
STRUCTURAL = frozenset(each.slug for each in suggestions() if each.suggested is Line.STRUCTURAL)
START = datetime(2027, 3, 1, 9, tzinfo=UTC)
FIELDS = ("by_us", "needs_approval", "to_collect", "advice", "times_missed")

truth = st.booleans()
hours = st.integers(min_value=0, max_value=24 * 60)


def at(hour: int) -> str:
    return (START + timedelta(hours=hour)).isoformat()


@st.composite
def stories(draw: st.DrawFn, plan: Plan) -> Mapping[str, Any]:
    """One client, the events that this journey knows in any order, and people who answer at any time."""
    made, key = plan.definition, plan.key_field
    data: dict[str, Any] = {key: "7"} if key else {}
    data |= {name: draw(truth) for name in FIELDS[:4]} | {"times_missed": draw(st.integers(1, 3))}
    data |= {name: "https://example.com/x" for name in ("cart_url", "review_url") if draw(truth)}
    data |= {"due_on": "2027-03-15", "starts_at": at(draw(hours)), "next_step": "x"}
    waits = {step.watch.event for step in made.steps if isinstance(step, WaitFor)}
    known = sorted(plan.listens | waits)
    events = [
        {"name": draw(st.sampled_from(known)), "at": at(draw(hours)), "data": data}
        for _ in range(draw(st.integers(0, 5)) if known else 0)
    ]
    if isinstance(made.entry, EventEntry):
        events.append({"name": made.entry.event, "at": at(0), "data": data})
    tasks = [step for step in made.steps if isinstance(step, Task)]
    replies = [
        {
            "step": task.id,
            "answer": draw(st.sampled_from([*(answer.id for answer in task.answers), ""])),
            "at": at(draw(hours)),
        }
        for task in tasks
        if draw(truth)
    ]
    suffix = f":{key}=7" if key else ""
    names = ("documents.missing", "appointment.active", "contact.complained_lately", "contact.bereaved")
    facts = [
        {"fact": name if name.startswith("contact.") else name + suffix, "value": draw(truth)}
        for name in names
    ]
    if isinstance(made.entry, DateEntry):
        own = made.entry.of.startswith("contact.")
        value = "1984-03-20" if own else at(draw(hours))
        facts.append({"fact": made.entry.of + ("" if own else suffix), "value": value, "from": at(0)})
    return {
        "given": {
            "client": {"zone": draw(st.sampled_from(["Europe/Oslo", "Europe/London", "America/New_York"]))},
            "facts": facts,
            "events": sorted(events, key=lambda event: str(event["at"])),
            "replies": sorted(replies, key=lambda reply: str(reply["at"])),
            "until": at(24 * 200),
        }
    }


@pytest.mark.parametrize("slug", PLANS)
@settings(unhurried, max_examples=40)
@given(data=st.data())
def test_it_never_talks_too_much(slug: str, data: st.DataObject) -> None:
    """At most two in any seven days of what nobody waits for, and only where automation may speak."""
    came = run(PLANS[slug], data.draw(stories(PLANS[slug])))
    assert fullest_week(came.sent, COUNTING) <= 2
    assert {touchpoint for _, touchpoint in came.sent} <= STRUCTURAL
    assert came.ended != "circles"


@pytest.mark.parametrize("slug", PLANS)
@settings(unhurried, max_examples=40)
@given(data=st.data())
def test_it_never_leaves_a_client_between_steps(slug: str, data: st.DataObject) -> None:
    """After half a year it is over, or a person has a task: nobody is simply forgotten."""
    came = run(PLANS[slug], data.draw(stories(PLANS[slug])))
    tasks = [step for kind, step, _ in came.lines if kind == "task"]
    assert came.ended or tasks or not came.lines
