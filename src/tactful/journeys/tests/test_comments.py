"""Comments go where their part goes, and with it when it goes."""

import pytest

from tactful.journeys import recipes
from tactful.journeys.rules import editing
from tactful.journeys.rules.comments import with_comments
from tactful.journeys.rules.definition import read, write

TEXT = """# Above all.
format: tactful.journey/1
slug: told  # short
name:
  en: Told # with care
  nb: Fortalt
entry:
  event: order.shipped
# The steps
steps:
# First we wait.
- id: rest
  kind: wait
  delay:
    # a working week
    working_days: 5
- id: gone   # soon
  kind: exit
  reason:
    en: "# no comment"
    nb: ferdig
# The end.
"""


def test_comments_survive_what_does_not_touch_them() -> None:
    again = with_comments(TEXT, write(read(TEXT)))
    kept = (
        "# Above all.\nformat",
        "slug: told  # short",
        "en: Told  # with care",
        "# First we wait.\n- id: rest",
    )
    also = ("    # a working week\n    working_days", "- id: gone  # soon", "# The end.\n")
    assert all(said in again for said in (*kept, *also))
    assert read(again) == read(TEXT)
    assert with_comments(again, write(read(again))) == again


def test_what_goes_takes_its_comments_along() -> None:
    made = editing.remove(read(TEXT), "rest")
    again = with_comments(TEXT, write(made))
    assert "First we wait" not in again
    assert "working week" not in again
    assert "- id: gone  # soon" in again


@pytest.mark.parametrize("slug", recipes.names())
def test_recipes_keep_theirs(slug: str) -> None:
    text = recipes.text(slug)
    again = with_comments(text, write(read(text)))
    assert again.count("#") >= text.count("#")
    assert read(again) == read(text)


def test_a_text_that_cannot_be_read_gives_none() -> None:
    assert with_comments("# lost\nx: [", "y: 1\n") == "y: 1\n"
