"""A replay in the background: told to its end, cancelled, interrupted by a stop, and broken."""

import multiprocessing
import os
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tactful.config import background_replay
from tactful.config.background_replay import replay_waiting, tell_run
from tactful.foundation.clock import business_now
from tactful.foundation.models import Role, User
from tactful.journeys import actions
from tactful.journeys.models import ReplayRun
from tactful.journeys.recipes import text
from tactful.journeys.rules.definition import read

pytestmark = pytest.mark.django_db


class Helper:
    """In the place of the process: ``work`` is done when it starts; it lives for so many looks after."""

    def __init__(self, work: Callable[..., None], looks: int = 1, exitcode: int = 0) -> None:
        self.work, self.looks, self.exitcode = work, looks, exitcode
        self.was_ended = False

    def Pipe(self, duplex: bool) -> Any:  # noqa: N802, as the standard library calls it
        return multiprocessing.Pipe(duplex)

    def Process(self, *, args: tuple[Any, ...], **_rest: object) -> "Helper":  # noqa: N802
        self.args = args
        return self

    def start(self) -> None:
        self.work(*self.args)

    def is_alive(self) -> bool:
        self.looks -= 1
        return self.looks >= 0

    def join(self, _timeout: float | None = None) -> None:
        return

    def terminate(self) -> None:
        self.was_ended = True


@pytest.fixture
def run(db: None) -> ReplayRun:
    who = User.objects.add(email="ingrid@fjord.example", name="Ingrid Solheim", role=Role.OWNER)
    return actions.ask_replay(
        read(text("quote-follow-up")), days=90, version=1, acting_user=who.id, now=business_now()
    )


def with_helper(helper: Helper, monkeypatch: pytest.MonkeyPatch, stop: threading.Event | None = None) -> bool:
    monkeypatch.setattr(multiprocessing, "get_context", lambda _how: helper)
    monkeypatch.setattr(os, "nice", lambda _by: 0)
    kept_open = SimpleNamespace(close=lambda: None)  # the test's own connection
    monkeypatch.setattr(background_replay, "connection", kept_open)
    return replay_waiting(stop or threading.Event())


def test_nothing_waits(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not with_helper(Helper(tell_run), monkeypatch)


def test_it_is_told_to_its_end(run: ReplayRun, monkeypatch: pytest.MonkeyPatch) -> None:
    assert with_helper(Helper(tell_run), monkeypatch)
    run.refresh_from_db()
    assert run.state == "done"
    assert run.summary["begun"] == 0
    assert not with_helper(Helper(tell_run), monkeypatch)


def progress(_run: int, pipe: Any) -> None:
    pipe.send((0, 40))
    pipe.send((20, 40))


def test_how_far_it_is_stands_on_its_row(run: ReplayRun, monkeypatch: pytest.MonkeyPatch) -> None:
    with_helper(Helper(progress), monkeypatch)
    run.refresh_from_db()
    assert (run.state, run.done, run.total) == ("running", 20, 40)
    assert run.beat_at is not None


def test_a_person_cancels_it(run: ReplayRun, monkeypatch: pytest.MonkeyPatch) -> None:
    def cancel(run_id: int, _pipe: Any) -> None:
        actions.cancel_replay(run_id, acting_user=1, now=business_now())

    helper = Helper(cancel, looks=1_000)
    assert with_helper(helper, monkeypatch)
    assert helper.was_ended
    assert helper.looks > 900  # seen at the first look
    run.refresh_from_db()
    assert run.state == "cancelled"


def test_a_worker_that_stops_hands_it_on(run: ReplayRun, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    helper = Helper(lambda *_: stop.set(), looks=1_000)
    assert with_helper(helper, monkeypatch, stop)
    assert helper.was_ended
    run.refresh_from_db()
    assert (run.state, run.interrupted) == ("queued", 1)


def test_what_breaks_says_so(run: ReplayRun, monkeypatch: pytest.MonkeyPatch) -> None:
    assert with_helper(Helper(lambda *_: None, exitcode=1), monkeypatch)
    run.refresh_from_db()
    assert (run.state, run.error) == ("failed", "broken")
