"""``tactful journeys``: what it prints, and its exit codes."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tactful.config import journey_desk
from tactful.config.commands import journeys as command
from tactful.config.trouble import Trouble
from tactful.foundation.clock import business_now
from tactful.journeys.actions import NewTest, keep_test
from tactful.journeys.queries import journey_by_slug
from tactful.journeys.recipes import text
from tactful.touchpoints.models import Touchpoint, TouchpointRevision

pytestmark = pytest.mark.django_db
SLUG = "annual-accounts-documents"
GIVEN = """
client: {language: nb, zone: Europe/Oslo, country: "NO"}
facts: [{fact: "documents.missing:engagement=17", value: true}]
events:
- {name: engagement.documents_wanted, at: "2027-01-11T09:00:00+01:00", data: {engagement: 17}}
- {name: question.asked, at: "2027-01-17T10:00:00+01:00"}
- {name: question.answered, at: "2027-01-19T10:00:00+01:00"}
until: "2027-02-20T12:00:00+01:00"
"""
Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    for slug in ("document-request", "document-reminder", "document-received"):
        point = Touchpoint.objects.create(
            slug=slug, name_en=slug, name_nb=slug, phase="working", position=1, message_class="relationship"
        )
        revision = TouchpointRevision.objects.create(touchpoint=point, line="structural", at=business_now())
        Touchpoint.objects.filter(pk=point.pk).update(current=revision)
    file(tmp_path, "given.yaml", GIVEN)
    file(tmp_path, "draft.yaml", text(SLUG))

    def act(*words: str) -> int:
        parser = argparse.ArgumentParser()
        command.add_arguments(parser)
        given = parser.parse_args([str(tmp_path / w) if (tmp_path / w).exists() else w for w in words])
        return journey_desk.ACTS[given.act](given)

    return act


def file(folder: Path, name: str, words: str) -> None:
    (folder / name).write_bytes(words.encode())


def keep(expected: list[dict[str, Any]]) -> None:
    import yaml  # noqa: PLC0415

    row = journey_by_slug(SLUG)
    assert row is not None
    new = NewTest(row.id, "A question in between", yaml.safe_load(GIVEN), expected)
    keep_test(new, acting_user=None, now=business_now())


def test_files_come_back_byte_for_byte(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    strange = "# Æ, and blanks  \r\n" + text(SLUG).replace("\n", "\r\n") + "# no newline"
    for words in (text(SLUG), strange):
        file(tmp_path, "draft.yaml", words)
        assert run("import", "draft.yaml") == 0
        capsys.readouterr()
        assert run("export", SLUG) == 0
        assert capsys.readouterr().out == words


def test_a_story_is_told_in_both_languages(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("simulate", "draft.yaml", "given.yaml") == 0
    english = capsys.readouterr().out.splitlines()
    assert "Monday 11 January at 09:00: “What we need from you” is sent." in english[:2]
    assert any("is held" in line and "again on Tuesday 19 January at 13:00" in line for line in english)
    assert run("simulate", "draft.yaml", "given.yaml", "--language", "nb") == 0
    assert "Dette trenger vi fra deg" in capsys.readouterr().out


def test_a_simulation_with_expectations_says_what_differs(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file(tmp_path, "given.yaml", GIVEN + "expected: [{message: request}, {message: call}]\n")
    assert run("simulate", "draft.yaml", "given.yaml", "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert [line["message"] for line in found["lines"] if "message" in line] == [
        "request",
        "remind",
        "remind-again",
    ]
    assert any("Expected and not there" in sentence for sentence in found["differences"])


def test_stored_tests_run_and_stop_an_import(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("import", "draft.yaml") == 0
    keep([{"message": "request"}, {"message": "remind"}, {"message": "remind-again"}])
    assert run("test") == 0
    assert "1 of 1 tests pass." in capsys.readouterr().out
    file(tmp_path, "draft.yaml", text(SLUG).replace("    days: 7\n", "    days: 70\n"))
    assert run("test", "draft.yaml", "--json") == 1
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["passes"], found["journey"]) == (False, SLUG)
    assert run("import", "draft.yaml") == 1
    assert "FAILS" in capsys.readouterr().out
    assert run("import", "draft.yaml", "--despite-tests") == 0
    assert "version 2" in capsys.readouterr().out


def test_two_versions_are_told_apart(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("import", "draft.yaml") == 0
    assert run("diff", SLUG, "draft.yaml") == 0
    file(tmp_path, "draft.yaml", text(SLUG).replace("    days: 7\n", "    days: 17\n"))
    capsys.readouterr()
    assert run("diff", f"{SLUG}@1", "draft.yaml") == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line[:2] for line in lines] == ["- ", "+ "]
    assert "7 days" in lines[0]
    assert "17 days" in lines[1]


def test_a_replay_of_nothing_says_so_and_what_is_not_kept(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("replay", "draft.yaml", "--days", "30") == 0
    out = capsys.readouterr().out
    assert "0 messages would have gone out." in out
    assert "Not kept" in out
    assert run("replay", "draft.yaml", "--json") == 0
    assert json.loads(capsys.readouterr().out)["counts"]["sent"] == 0


@pytest.mark.parametrize("words", [("export", "nothing"), ("test", "nothing@3"), ("diff", SLUG, "nothing")])
def test_what_is_not_there_is_named(run: Run, words: tuple[str, ...]) -> None:
    run("import", "draft.yaml")
    with pytest.raises(Trouble, match="nothing"):
        run(*words)


def test_a_file_that_is_no_journey_says_why(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file(tmp_path, "draft.yaml", "slug: x\n")
    with pytest.raises(Trouble, match="no journey yet"):
        run("check", "draft.yaml")
    assert "missing" in capsys.readouterr().err
