"""The fixtures. Registered after pytest-django's, one of which is replaced."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from tactful.config.postgres.places import APP_ROLE
from tactful.testing.database import clone, django_uses, ensure_template
from tactful.testing.server import SharedServer


@dataclass(frozen=True, slots=True)
class CommittedDatabase:
    """A database of one test's own. ``url``: as the application's role. ``owner_url``: as the owner."""

    name: str
    url: str
    owner_url: str

    @property
    def environ(self) -> dict[str, str]:
        """For a process that should work on this database."""
        return os.environ | {"TACTFUL_DATABASE_URL": self.url, "TACTFUL_OWNER_DATABASE_URL": self.owner_url}


@pytest.fixture(scope="session")
def test_server() -> Iterator[SharedServer]:
    server = SharedServer(os.environ["TACTFUL_DATABASE_URL"])
    yield server
    server.release()


@pytest.fixture(scope="session")
def database_template(
    request: pytest.FixtureRequest,
    test_server: SharedServer,
    django_db_blocker: DjangoDbBlocker,
) -> str:
    """The name of the migrated template database."""
    anew = bool(request.config.getoption("create_db")) and not hasattr(request.config, "workerinput")
    with django_db_blocker.unblock():
        return ensure_template(test_server, anew=anew)


@pytest.fixture(scope="session")
def django_db_setup(
    test_server: SharedServer, database_template: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Instead of pytest-django's: a clone of the template for this process, not a migration run."""
    # WhiteNoise warns about a missing folder, and which test is the first to open a page is left to chance.
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    own = clone(test_server, database_template, _own_name("test"))
    with django_db_blocker.unblock(), own as name, django_uses(name), django_db_blocker.block():
        yield


@pytest.fixture
def committed_db(
    test_server: SharedServer, database_template: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[CommittedDatabase]:
    """Commits are real here: SKIP LOCKED, on-commit and NOTIFY work, also between threads and processes."""
    own = clone(test_server, database_template, _own_name("committed"))
    user = APP_ROLE if test_server.is_embedded else None
    with django_db_blocker.unblock(), own as name, django_uses(name, user):
        yield CommittedDatabase(name, test_server.url(name, APP_ROLE), test_server.url(name))


def _own_name(kind: str) -> str:
    return f"tactful_{kind}_{os.getpid()}"
