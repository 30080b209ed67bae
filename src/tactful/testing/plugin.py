"""The pytest plugin. Imported before Django reads its settings, so the environment is prepared here."""

import os
from typing import Any

import pytest
from hypothesis import settings

from tactful.testing.server import prepare_environ

prepare_environ(os.environ)
settings.register_profile("nightly", max_examples=20_000)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Some million objects of modules and tests are here to stay: not to look through them for garbage again
    and again."""
    from tactful.foundation.collector import calm_collector  # noqa: PLC0415, the environment comes first

    calm_collector()


def pytest_configure(config: pytest.Config) -> None:
    """The last one that offers a fixture wins, so ours come after those of pytest-django."""
    config.pluginmanager.import_plugin("tactful.testing.fixtures")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """``--dist loadscope`` is ours: what is expensive to set up stays in one process."""
    from tactful.testing.sharing import Sharing  # noqa: PLC0415, only where xdist is at work

    return Sharing(config, log) if config.getoption("dist") == "loadscope" else None
