import pytest
from django.conf import LazySettings
from django.conf import settings as live_settings

from tactful.testing.casts import remembered
from tactful.web.tests.cast import Cast, make_cast


@pytest.fixture
def cast(db: None, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """Everybody, and a client's requests find the real addresses."""
    # Not by the fixture: it tells Django, which then reads all addresses anew.
    monkeypatch.setattr(live_settings, "ROOT_URLCONF", "tactful.web.tests.live_urls")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # slow on purpose otherwise
    settings.WHITENOISE_USE_FINDERS = False  # each test client would list all static files
    return remembered(make_cast)
