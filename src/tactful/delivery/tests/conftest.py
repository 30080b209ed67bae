"""Fixtures of the outbox's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tactful.delivery.tests.house import Clerk, Drawn, House, Provider, make_account, make_touchpoint


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def line() -> Drawn:
    return make_touchpoint()


@pytest.fixture
def account() -> int:
    return make_account()


@pytest.fixture
def clerk(house: House, provider: Provider, account: int, tmp_path: Path) -> Iterator[Clerk]:
    made = Clerk(house, provider, tmp_path)
    yield made
    made.leave()
