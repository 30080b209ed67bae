"""Which Chromium is taken, and that none is found where there is none."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.browser.chromium import find_chromium


def playwright(own: str) -> Any:
    return SimpleNamespace(chromium=SimpleNamespace(executable_path=own))


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    return monkeypatch


def test_there_is_none(bare: pytest.MonkeyPatch) -> None:
    assert find_chromium(playwright("/nowhere/chrome")) is None


def test_the_one_that_playwright_brought(bare: pytest.MonkeyPatch) -> None:
    assert find_chromium(playwright(sys.executable)) == sys.executable


def test_the_system_comes_before_playwright(bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "chromium").symlink_to(sys.executable)
    assert find_chromium(playwright("/nowhere/chrome")) == str(tmp_path / "chromium")


def test_a_name_that_leads_nowhere_is_not_replaced_in_silence(bare: pytest.MonkeyPatch) -> None:
    bare.setenv("CHROMIUM", "/nowhere/chrome")
    assert find_chromium(playwright(sys.executable)) is None
