"""Where the database lives when its account cannot reach the data folder."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from tactful.config.postgres import folders, postmaster
from tactful.config.postgres.account import Account
from tactful.config.trouble import Trouble


@dataclass(frozen=True, slots=True)
class Elsewhere(Account):
    """An account that is not ours and reaches nothing of ours."""

    @property
    def is_another(self) -> bool:
        return True

    def reaches(self, path: Path) -> bool:
        return False


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Account:
    monkeypatch.setattr(folders, "STATE", tmp_path / "state")
    (tmp_path / "state").mkdir()
    return Elsewhere("tactful", os.getuid(), os.getgid())


def data_in(home: Path, account: Account) -> Path:
    home.mkdir(exist_ok=True)
    real = folders.reachable_data(home / "postgres", account)
    real.mkdir(exist_ok=True)
    return real


def test_a_data_folder_finds_its_database_again(tmp_path: Path, account: Account) -> None:
    real = data_in(tmp_path / "home", account)
    (real / "PG_VERSION").write_text("18")
    assert data_in(tmp_path / "home", account) == real
    assert (real / "PG_VERSION").exists()


def test_a_new_data_folder_in_the_place_of_a_deleted_one_begins_empty(
    tmp_path: Path, account: Account
) -> None:
    home = tmp_path / "home"
    for round_number in ("first", "second"):
        real = data_in(home, account)
        assert list(real.iterdir()) == []
        (real / round_number).touch()
        (home / "postgres").unlink()
    kept = sorted(path.name for path in (tmp_path / "state").glob("*.old-*/*"))
    assert kept == ["first"], "what was there is laid aside, not deleted"


def test_a_server_that_still_runs_there_is_left_alone(
    tmp_path: Path, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_in(tmp_path / "home", account)
    (tmp_path / "home" / "postgres").unlink()
    monkeypatch.setattr(postmaster, "find", lambda _data: 4711)
    with pytest.raises(Trouble, match="4711"):
        data_in(tmp_path / "home", account)
