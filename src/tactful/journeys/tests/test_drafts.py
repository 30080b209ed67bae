"""A draft remembers, forgets in the right order, and is never overwritten unseen."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tactful.foundation.models import Audit
from tactful.journeys import actions, queries
from tactful.journeys.actions import Did, DraftGone, Meanwhile, NewTest, Writing
from tactful.journeys.models import DraftEntry, Journey, JourneyDraft
from tactful.journeys.recipes import text
from tactful.journeys.rules.definition import read

from .build import MONDAY

RECIPE = text("quote-follow-up")
pytestmark = pytest.mark.usefixtures("db")


def begun() -> tuple[JourneyDraft, Writing]:
    draft = actions.begin_journey("quote-follow-up", RECIPE, acting_user=1, now=MONDAY)
    return draft, Writing(draft.journey_id, 1, 1, MONDAY)


def edited(writing: Writing, text: str, code: str = "changed") -> Writing:
    return replace(writing, revision=actions.edit(writing, text, Did(code)).revision)


def stands() -> str:
    draft = queries.draft_of("quote-follow-up")
    assert draft is not None
    return draft.text


def test_undo_and_redo_give_back_the_same_text_byte_for_byte() -> None:
    _, writing = begun()
    texts = [RECIPE, "one: ✓\n", "two\r\n", "three"]
    for each in texts[1:]:
        writing = edited(writing, each)
    for each in reversed(texts[:-1]):
        writing = replace(writing, revision=actions.undo(writing).revision)
        assert stands() == each
    assert actions.undo(writing).revision == writing.revision  # there is nothing before
    for each in texts[1:]:
        writing = replace(writing, revision=actions.redo(writing).revision)
        assert stands() == each


def test_a_new_edit_forgets_what_was_undone() -> None:
    _, writing = begun()
    writing = edited(edited(writing, "one"), "two")
    writing = replace(writing, revision=actions.undo(writing).revision)
    writing = edited(writing, "other")
    draft = actions.redo(writing)
    assert draft.text == "other"
    assert not queries.has_later(draft)


def test_two_windows_never_overwrite_each_other() -> None:
    _, writing = begun()
    edited(writing, "mine")
    with pytest.raises(Meanwhile) as found:
        actions.edit(writing, "theirs", Did("changed"))
    assert found.value.draft.text == "mine"
    with pytest.raises(Meanwhile):
        actions.undo(writing)
    assert stands() == "mine"


def test_typing_is_undone_in_one_go_and_the_same_text_changes_nothing() -> None:
    _, writing = begun()
    writing = edited(edited(writing, "a", "typed"), "ab", "typed")
    assert edited(writing, "ab", "typed") == writing
    later = replace(writing, now=MONDAY + timedelta(minutes=5))
    later = edited(later, "abc", "typed")
    assert [entry.text for entry in DraftEntry.objects.order_by("number")] == [RECIPE, "ab", "abc"]


def test_it_is_published_with_its_tests_and_put_away() -> None:
    draft, writing = begun()
    version = actions.publish_draft(writing)
    assert (version.number, version.source) == (1, RECIPE)
    assert queries.draft_of("quote-follow-up") is None
    with pytest.raises(DraftGone):
        actions.undo(writing)
    again = actions.open_draft(draft.journey_id, acting_user=2, now=MONDAY)
    assert again.text == RECIPE
    assert again.base == version
    assert actions.open_draft(draft.journey_id, acting_user=1, now=MONDAY).id == again.id
    verbs = set(Audit.objects.values_list("verb", flat=True))
    assert {"journey.draft_begun", "journey.imported"} <= verbs


def test_a_test_that_fails_stops_it_and_the_draft_stays() -> None:
    draft, writing = begun()
    document = {"client": {"zone": "Europe/Oslo"}, "events": [], "until": "2026-03-10T08:00:00+00:00"}
    expected = [{"at": "2026-03-04T08:00:00+00:00", "task": "call"}]
    actions.keep_test(NewTest(draft.journey_id, "calls", document, expected), acting_user=1, now=MONDAY)
    with pytest.raises(queries.FailedTests):
        actions.publish_draft(writing)
    assert stands() == RECIPE
    assert actions.publish_draft(writing, despite_tests=True).number == 1


def test_the_short_name_stays() -> None:
    _, writing = begun()
    writing = edited(writing, RECIPE.replace("slug: quote-follow-up", "slug: another"))
    with pytest.raises(ValueError, match="quote-follow-up"):
        actions.publish_draft(writing)
    with pytest.raises(FileExistsError):
        actions.begin_journey("quote-follow-up", RECIPE, acting_user=1, now=MONDAY)


def test_put_away_a_journey_that_never_lived_goes_too() -> None:
    _, writing = begun()
    actions.discard(writing)
    assert not Journey.objects.exists()
    assert read(RECIPE).slug == "quote-follow-up"
    assert Audit.objects.filter(verb="journey.draft_discarded").exists()
