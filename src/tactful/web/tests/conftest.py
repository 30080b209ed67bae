from pathlib import Path

import pytest
from django.conf import LazySettings

from tactful.web.tests.cast import Cast, make_cast


@pytest.fixture
def cast(db: None, settings: LazySettings) -> Cast:
    """Everybody, and a client's requests find the real addresses."""
    settings.ROOT_URLCONF = "tactful.web.tests.live_urls"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # slow on purpose otherwise
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # WhiteNoise warns about a missing folder
    return make_cast()
