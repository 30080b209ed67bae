"""The pytest plugin. Imported before Django reads its settings, so the environment is prepared here."""

import os

import pytest
from hypothesis import settings

from tactful.testing.server import prepare_environ

prepare_environ(os.environ)
settings.register_profile("nightly", max_examples=20_000)


def pytest_configure(config: pytest.Config) -> None:
    """The last one that offers a fixture wins, so ours come after those of pytest-django."""
    config.pluginmanager.import_plugin("tactful.testing.fixtures")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With ``--dist loadgroup`` the largest groups start first, so that no long test is left for the end."""
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.xdist_group("slow"))
