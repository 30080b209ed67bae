from pathlib import Path

import pytest
from django.conf import LazySettings

from tactful.testing.casts import remembered
from tactful.wiring.tests.cast import Cast, make_cast


@pytest.fixture
def cast(db: None, settings: LazySettings, tmp_path: Path) -> Cast:
    settings.FILES_ROOT = tmp_path / "files"
    return remembered(make_cast)
