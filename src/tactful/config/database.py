"""A libpq URL as Django wants it."""

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from tactful.config.trouble import Trouble

DJANGO_NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def django_database(url: str) -> dict[str, object]:
    """The entry of ``DATABASES``. What Django has no name for goes to the driver as it is.

    Raises ``Trouble``; the URL may hold a password, so the sentence does not repeat it.
    """
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError as error:
        raise Trouble(
            "The database URL cannot be read. It looks like postgresql://user@host/name."
        ) from error
    named = {DJANGO_NAMES[key]: str(value) for key, value in parts.items() if key in DJANGO_NAMES}
    options = {key: value for key, value in parts.items() if key not in DJANGO_NAMES}
    return {"ENGINE": "tactful.foundation.kept", **named, "OPTIONS": options}
