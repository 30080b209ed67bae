"""Any sequence of edits leaves a journey that can be written and read, with nothing dangling."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tactful.journeys import recipes
from tactful.journeys.rules import editing
from tactful.journeys.rules.definition import read, write
from tactful.journeys.rules.edges import BEGIN, Edge, all_edges, edge_of, reached, slots
from tactful.journeys.rules.editing import NotPossible, places
from tactful.journeys.rules.flow import every_line, lay_out, spot_of
from tactful.journeys.types import (
    END,
    NOTHING,
    Arm,
    Branch,
    Definition,
    Delay,
    Exit,
    Send,
    Step,
    Wait,
)

from .build import MISSING, definition, unhurried
from .test_roundtrip import definitions, steps_called

DAY = Delay(days=1)


def whole(made: Definition) -> None:
    """Ids are unique, every way leads somewhere, and every step stands on the page once."""
    ids = [step.id for step in made.steps]
    assert len(ids) == len(set(ids))
    assert END not in ids
    assert {goes for _, goes in all_edges(made)} <= {*ids, END, NOTHING}
    shown = [spot.line.target for spot in every_line(lay_out(made)) if spot.line.kind == "step"]
    assert sorted(shown) == sorted(ids)


def some_edit(made: Definition, draw: Callable[..., int], step: Step) -> Definition:
    where = places(made)
    place = where[draw(st.integers(0, len(where) - 1))][0]
    who = made.steps[draw(st.integers(0, len(made.steps) - 1))].id
    act = draw(st.integers(0, 5))
    fresh = editing.fresh_id(made, "new")
    if act == 0:
        return editing.add(made, Wait(fresh, END, DAY), place)
    if act == 1:
        arms = (Arm(MISSING, END), Arm(MISSING, made.steps[0].id))
        return editing.add(made, Branch(fresh, END, arms), place)
    if act == 2:
        return editing.move(made, who, place)
    if act == 3:
        return editing.copy(made, who)[0]
    if act == 4:
        return editing.remove(made, who)
    return editing.lead(made, place, END)


@settings(unhurried, max_examples=25, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(definitions, steps_called("spare"), st.data())
def test_any_edits_leave_a_whole_journey(made: Definition, step: Step, data: st.DataObject) -> None:
    whole(made)
    for _ in range(data.draw(st.integers(1, 6))):
        try:
            made = some_edit(made, data.draw, step)
        except NotPossible:
            continue
        whole(made)
    assert read(write(made)) == made


@pytest.mark.parametrize("slug", recipes.names())
def test_every_recipe_is_laid_out_moved_and_emptied(slug: str) -> None:
    made = read(recipes.text(slug))
    whole(made)
    for name in [step.id for step in made.steps]:
        for place, _ in places(made):
            with suppress(NotPossible):
                whole(editing.move(made, name, place))
    for _ in range(len(made.steps)):
        made = editing.remove(made, made.steps[-1].id) if len(made.steps) > 1 else made
        whole(made)
    assert len(made.steps) == 1
    assert read(write(made)) == made


def order(made: Definition) -> list[str]:
    return [step.id for step in made.steps]


def line() -> Definition:
    """ask, rest, call, one after the other."""
    steps = (Send("ask", "rest", "tip", "tip"), Wait("rest", "call", DAY), Wait("call", END, DAY))
    return definition(steps=steps, goal=None)


def forked() -> Definition:
    """look: if so ask, else rest; both go on at last."""
    steps = (
        Branch("look", "rest", (Arm(MISSING, "ask"),)),
        Send("ask", "last", "tip", "tip"),
        Wait("rest", "last", DAY),
        Wait("last", END, DAY),
    )
    return definition(steps=steps, goal=None)


def after(made: Definition, name: str) -> tuple[Edge, ...]:
    spot = spot_of(lay_out(made), name)
    assert spot is not None
    assert spot.after is not None
    return spot.after.place


def before(made: Definition, name: str) -> tuple[Edge, ...]:
    spot = spot_of(lay_out(made), name)
    assert spot is not None
    return spot.line.place


def test_a_step_is_put_at_the_beginning_between_and_at_the_end() -> None:
    new = Wait("new", "", DAY)
    first = editing.add(line(), Wait("new", "ask", DAY), (BEGIN,))
    assert order(first) == ["new", "ask", "rest", "call"]
    between = editing.add(line(), Wait("new", "rest", DAY), after(line(), "ask"))
    assert [slots(step) for step in between.steps][:2] == [{"next": "new"}, {"next": "rest"}]
    assert order(between) == ["ask", "new", "rest", "call"]
    last = editing.add(line(), Wait("new", END, DAY), after(line(), "call"))
    assert order(last)[-1] == new.id


def test_columns_stand_beside_each_other_and_meet_again() -> None:
    (strand,) = lay_out(forked())
    fork, last, end = strand.lines
    assert [column.lines[0].target for column in fork.columns] == ["ask", "rest"]
    assert [column.lines[1].kind for column in fork.columns] == ["below", "below"]
    assert (last.target, end.kind) == ("last", "end")
    assert last.place == (Edge("ask", "next"), Edge("rest", "next"))


def test_what_is_put_under_columns_comes_on_every_way() -> None:
    made = editing.add(forked(), Wait("new", "last", DAY), before(forked(), "last"))
    assert {goes for edge, goes in all_edges(made) if edge.step in ("ask", "rest")} == {"new"}
    assert order(made) == ["look", "ask", "rest", "new", "last"]


def test_a_step_moves_out_of_a_column_and_back() -> None:
    below = editing.move(forked(), "ask", before(forked(), "last"))
    assert before(below, "ask") == (Edge("look", "arm-0"), Edge("rest", "next"))
    again = editing.move(below, "ask", (Edge("look", "arm-0"),))
    assert dict(all_edges(again)) == dict(all_edges(forked()))


def test_columns_move_and_are_copied_as_one() -> None:
    made = editing.move(forked(), "look", after(forked(), "last"))
    assert order(made) == ["last", "look", "ask", "rest"]
    doubled, name = editing.copy(forked(), "look")
    assert name == "look-2"
    assert order(doubled) == ["look", "ask", "rest", "look-2", "ask-2", "rest-2", "last"]
    assert before(doubled, "last") == (Edge("ask-2", "next"), Edge("rest-2", "next"))
    for inside in (before(forked(), "ask"), after(forked(), "ask")):
        with pytest.raises(NotPossible, match="inside"):
            editing.move(forked(), "look", inside)


def test_what_is_removed_hands_its_readers_on() -> None:
    assert dict(all_edges(editing.remove(line(), "rest")))[Edge("ask", "next")] == "call"
    assert order(editing.remove(line(), "ask"))[0] == "rest"
    assert order(editing.remove(forked(), "look")) == ["last"]  # its columns go with it
    alone = definition(steps=(Exit("only"),), goal=None)
    with pytest.raises(NotPossible, match="last"):
        editing.remove(alone, "only")


def test_removing_the_goals_step_sends_the_goal_on() -> None:
    made = editing.remove(definition(), "receipt")
    assert made.goal is not None
    assert made.goal.next == END


def test_a_way_taken_away_takes_its_steps_along() -> None:
    made = forked()
    look = made.steps[0]
    assert isinstance(look, Branch)
    other = Branch("look", "rest", (Arm(MISSING, "last"),))
    assert order(editing.replaced(made, other)) == ["look", "rest", "last"]
    assert reached(made) == {"look", "ask", "rest", "last"}


def test_what_nothing_leads_to_stays_in_sight() -> None:
    made = editing.add(line(), Exit("stop"), after(line(), "ask"))
    strands = lay_out(made)
    assert [strand.edge for strand in strands] == [BEGIN, None]
    assert [each.target for each in strands[1].lines[:2]] == ["rest", "call"]


def test_a_place_that_is_gone_is_refused() -> None:
    assert editing.place_of(line(), editing.place_text(after(line(), "ask"))) == after(line(), "ask")
    for text in ("", "x", "nobody.next", "ask.next~rest.next", "ask.arm-7"):
        with pytest.raises(NotPossible, match="gone"):
            editing.place_of(line(), text)
    assert edge_of("ask") is None
