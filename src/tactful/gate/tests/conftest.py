"""Properties are judged by what they say, never by how long a busy machine takes."""

import os

from django.conf import settings as django_settings
from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

if not django_settings.configured and "DJANGO_SETTINGS_MODULE" not in os.environ:
    django_settings.configure(USE_I18N=True, USE_TZ=True, LANGUAGE_CODE="en")  # sentences need no more
