"""The line out of the house and into another: nothing changes but what the file says."""

import pytest

from tactful.touchpoints.actions import decide
from tactful.touchpoints.models import Touchpoint, TouchpointRevision
from tactful.touchpoints.rules.document import BadLine
from tactful.touchpoints.types import Line
from tactful.wiring import line_file
from tactful.wiring.tests.cast import Cast


def test_what_goes_out_changes_nothing_when_it_comes_in(cast: Cast) -> None:
    before = TouchpointRevision.objects.count()
    assert line_file.changes(line_file.export()) == []
    assert line_file.bring_in(line_file.export(), acting_user=cast.owner.id, now=cast.now) == 0
    assert TouchpointRevision.objects.count() == before


def test_a_file_moves_the_line_with_its_reason(cast: Cast) -> None:
    row = cast.touchpoint
    out = line_file.export()
    decide(
        row.id, Line.JUDGEMENT, "We tried", owner_id=cast.owner.id, acting_user=cast.owner.id, now=cast.now
    )
    (change,) = line_file.changes(out)
    assert row.slug in line_file.sentences([change])[0]
    assert "from judgement to structural" in line_file.sentences([change])[0]
    assert line_file.bring_in(out, acting_user=cast.colleague.id, now=cast.now) == 1
    current = Touchpoint.objects.select_related("current").get(id=row.id).current
    assert current is not None
    assert (current.line, current.by) == (Line.STRUCTURAL, cast.colleague.id)


def test_nothing_crosses_the_line_without_a_reason(cast: Cast) -> None:
    text = line_file.export()
    decide(
        cast.touchpoint.id,
        Line.JUDGEMENT,
        "x",
        owner_id=cast.owner.id,
        acting_user=cast.owner.id,
        now=cast.now,
    )
    bare = "\n".join(each for each in text.splitlines() if not each.strip().startswith("why:"))
    with pytest.raises(BadLine, match="say why"):
        line_file.bring_in(bare, acting_user=cast.owner.id, now=cast.now)
