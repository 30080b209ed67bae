"""The worker's own backups."""

import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tactful.config.backup import nightly, rotation
from tactful.config.environment import Environment
from tactful.delivery.actions import pause_everything
from tactful.events.models import Event
from tactful.foundation.clock import business_now, machine_now
from tactful.testing.fixtures import CommittedDatabase


class Stop(threading.Event):
    """Says how long it was waited for, and does not wait."""

    waited: float | None = None

    def wait(self, timeout: float | None = None) -> bool:
        self.waited = timeout
        return False


@pytest.fixture
def house(
    committed_db: CommittedDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Environment]:
    here: Environment = replace(
        settings.ENVIRONMENT, home=tmp_path, backup_folder=tmp_path / "safe", nightly_backups=True
    )
    monkeypatch.setattr(settings, "ENVIRONMENT", here)
    here.backup_folder.mkdir()
    yield here
    nightly._told.clear()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What was run; it fails while ``asked.code`` says so."""
    commands: list[list[str]] = []

    def run(command: list[str], **_: Any) -> "subprocess.CompletedProcess[str]":
        commands.append(command[3:])
        code = CODES.pop(0) if CODES else 0
        return subprocess.CompletedProcess(command, code, "done\n", "There is no room for a backup.\n")

    CODES.clear()
    monkeypatch.setattr(subprocess, "run", run)
    return commands


CODES: list[int] = []


def test_a_missed_night_is_made_good_once(house: Environment, asked: list[list[str]]) -> None:
    stop = Stop()
    nightly.back_up_when_due(stop)
    assert asked == [["backup", "--rotate"]]  # the house is older than a day: it has no key file at all
    (house.backup_folder / rotation.name_of(machine_now())).write_bytes(b"x")
    nightly.back_up_when_due(stop)
    assert (len(asked), stop.waited) == (1, nightly.LOOK)


def test_none_where_somebody_else_does_it_or_nobody_has_confirmed(
    house: Environment, asked: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    pause_everything(reason="restored", now=business_now())
    nightly.back_up_when_due(Stop())
    pause_everything(reason="", now=business_now())
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(house, nightly_backups=False))
    nightly.back_up_when_due(Stop())
    assert asked == []


def test_an_owner_is_told_once_that_it_fails(house: Environment, asked: list[list[str]]) -> None:
    CODES.extend([2, 2, 0, 2])
    stop = Stop()
    for _ in range(2):
        nightly.back_up_when_due(stop)
        assert stop.waited == nightly.AGAIN
    facts = Event.objects.filter(name="task.wanted", data__kind=nightly.FAILED)
    assert [fact.data["reason"] for fact in facts] == ["There is no room for a backup."]
    for _ in range(2):
        nightly.back_up_when_due(stop)
    assert facts.all().count() == 2
