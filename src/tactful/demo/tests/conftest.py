from pathlib import Path

import pytest
from django.conf import LazySettings

from tactful.testing.casts import remembered
from tactful.web.tests.cast import Cast, make_cast


@pytest.fixture
def cast(db: None, settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """Everybody, in a demo with a postbox of its own."""
    settings.ROOT_URLCONF, settings.DEMO = "tactful.web.tests.all_urls", True
    monkeypatch.setattr("tactful.demo.letters.postbox_folder", lambda: tmp_path / "postbox")
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # WhiteNoise warns about a missing folder
    return remembered(make_cast)
