import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tactful.config.postgres.server import Server


def throwaway_server(home: Path) -> Server:
    return Server(home, lambda _: None, durable=False)


@pytest.fixture(scope="session")
def _made_home() -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="tactful-"))
    throwaway_server(home).start()
    yield home
    throwaway_server(home).erase()
    shutil.rmtree(home)


@pytest.fixture
def home(_made_home: Path) -> Iterator[Path]:
    """A data folder with a database in it whose server does not run, neither before nor after the test."""
    throwaway_server(_made_home).halt()
    yield _made_home
    throwaway_server(_made_home).halt()


@pytest.fixture
def server(home: Path) -> Server:
    return throwaway_server(home)
