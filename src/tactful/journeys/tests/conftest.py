"""These rules need no Django; only the sentences need its translations, and they run without a project too."""

import os

import django
from django.conf import settings

if not settings.configured and "DJANGO_SETTINGS_MODULE" not in os.environ:
    settings.configure(USE_I18N=True, LANGUAGE_CODE="en", LANGUAGES=[("en", "English"), ("nb", "Norsk")])
    django.setup()
