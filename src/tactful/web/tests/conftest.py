import pytest
from django.conf import LazySettings

from tactful.web.tests.cast import Cast, make_cast


@pytest.fixture
def cast(db: None, settings: LazySettings) -> Cast:
    settings.ROOT_URLCONF = "tactful.web.tests.live_urls"
    return make_cast()
