"""R86: the worker dies before and after each commit and at each moment on the wire; nothing is lost,
marketing goes at most once, must-arrive mail at most twice with the same bytes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from tactful.channels.types import OutboundMessage
from tactful.delivery import handoff
from tactful.delivery.models import Batch, Dispatch
from tactful.delivery.queries import audience
from tactful.delivery.recovery import recover
from tactful.delivery.tests.house import (
    JOURNALS,
    Clerk,
    House,
    Provider,
    due_at_once,
    make_account,
    make_contacts,
    make_touchpoint,
    queue,
)
from tactful.delivery.tests.test_recovery import Killed
from tactful.events.models import Event
from tactful.touchpoints.types import MessageClass


@dataclass
class Death:
    """Dies at the point with this number; ``reached`` counts the points on the way."""

    at: int
    reached: int = 0
    happened: bool = False

    def point(self, *_: Any) -> None:
        self.reached += 1
        if self.reached == self.at:
            self.happened = True
            raise Killed


@contextmanager
def mortal(death: Death, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    wrapper_class: Any = type(connections["default"])
    commit = wrapper_class._commit

    def around(wrapper: Any) -> None:
        try:
            death.point()
        except Killed:
            wrapper.connection.rollback()  # as the server does when its client is gone
            raise
        commit(wrapper)
        death.point()

    with monkeypatch.context() as patch:
        patch.setattr(wrapper_class, "_commit", around)
        provider.before = provider.after = death.point
        try:
            yield
        except Killed:
            connection.close()
        finally:
            provider.before = provider.after = lambda message: None


@pytest.mark.slow
@pytest.mark.usefixtures("committed_db")
def test_every_crash_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handoff, "FIRST_GROUP", 2)
    monkeypatch.setattr(handoff, "GROUPS", (2, 2))
    make_account()
    line, points = make_touchpoint(), 0
    for at in range(1, 200):
        death = Death(at)
        _one_life(death, tmp_path, line, at, monkeypatch)
        if not death.happened:
            points = death.reached
            break
    assert 20 <= points < 200


def _one_life(death: Death, folder: Path, line: Any, cause: int, monkeypatch: pytest.MonkeyPatch) -> None:
    provider, house = Provider(), House()
    must = queue(make_contacts(2), line, message_class=MessageClass.AWAITED, cause_id=cause)
    may = queue(make_contacts(3), line, message_class=MessageClass.MARKETING, cause_id=cause)
    victim = Clerk(house, provider, folder)
    with mortal(death, provider, monkeypatch):
        while victim.turn():
            pass
    victim.die()
    recover(JOURNALS)
    heir = Clerk(house, provider, folder)
    due_at_once()
    while heir.turn():
        pass
    heir.die()
    recover(JOURNALS)
    _check(provider, must, may, cause)


def _check(provider: Provider, must: list[int], may: list[int], cause: int) -> None:
    copies = provider.copies()
    assert max((copies[ident] for ident in may), default=0) <= 1
    assert max(copies[ident] for ident in must) <= 2
    for ident in must:
        assert len({message.payload for message in _of(provider, ident)}) == 1
    stand = audience("broadcast", cause)
    assert (stand.total, stand.live) == (5, 0)
    assert stand.final + stand.unknown == 5
    sent = set(Dispatch.objects.filter(pk__in=must + may, state="sent").values_list("pk", flat=True))
    assert sent <= set(copies)
    assert set(must) <= sent
    told = Event.objects.filter(name="message.sent", data__message__in=must + may)
    assert told.count() == len(sent)
    assert Batch.objects.count() == 0


def _of(provider: Provider, ident: int) -> list[OutboundMessage]:
    return [message for message in provider.accepted if message.ident == ident]
