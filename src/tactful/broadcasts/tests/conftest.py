from collections.abc import Iterator
from pathlib import Path

import pytest

from tactful.broadcasts.tests.cast import Salon, a_clerk, make_salon


@pytest.fixture
def salon(db: None, tmp_path: Path) -> Iterator[Salon]:
    made = make_salon()
    made.clerk = a_clerk(made.provider, tmp_path)
    yield made
    made.clerk.leave()
