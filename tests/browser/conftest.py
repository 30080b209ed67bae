"""One browser and one house for all tests of pages, and people who have signed in once."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tactful.demo.cast import PASSWORD
from tactful.testing.server import SharedServer
from tests.browser.chromium import Desk, desk, find_chromium, launch
from tests.browser.houses import House, bare_house, demo_house

NO_CHROMIUM = (
    "No Chromium was found, so no page was opened. Install one (Debian and Ubuntu: apt install chromium), "
    "or name it: CHROMIUM=/path/to/chromium"
)
WIDE, PHONE = (1440, 900), (390, 844)
INGRID, MARYAM = "ingrid@fjordkontoret.example", "maryam@fjordkontoret.example"
"""The owner, who reads Norwegian, and a colleague who reads English here."""

Signed = Callable[..., Desk]

# Playwright leaves an event loop running in its thread, in which Django then refuses to work. So the bodies
# of these tests run in a thread of their own, and the tests of other folders notice nothing.
stage = ThreadPoolExecutor(max_workers=1, thread_name_prefix="playwright")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool:
    names = pyfuncitem._fixtureinfo.argnames
    given = {name: pyfuncitem.funcargs[name] for name in names}
    stage.submit(pyfuncitem.obj, **given).result()
    return True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A skipped test is one small letter. That no page was opened shall be seen."""
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    if count := sum(NO_CHROMIUM in reason for reason in skipped):
        terminalreporter.section(f"{count} tests of pages did not run", yellow=True, bold=True)
        terminalreporter.line(NO_CHROMIUM, yellow=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    driver = stage.submit(lambda: sync_playwright().start()).result()
    try:
        path = find_chromium(driver)
        if path is None and os.environ.get("CI"):
            pytest.fail(NO_CHROMIUM)
        if path is None:
            pytest.skip(NO_CHROMIUM)
        yield stage.submit(launch, driver, path).result()
    finally:
        stage.submit(driver.stop).result()


@pytest.fixture(scope="session")
def house(
    browser: Browser,
    tmp_path_factory: pytest.TempPathFactory,
    test_server: SharedServer,
    database_template: str,
) -> Iterator[House]:
    """The demo business. Tests that change it take a client of their own."""
    with demo_house(tmp_path_factory.mktemp("demo"), test_server, database_template) as running:
        running.rows("UPDATE staff SET language = 'en' WHERE email = %s", MARYAM)
        yield running


@pytest.fixture(scope="session")
def quiet_house(
    browser: Browser,
    tmp_path_factory: pytest.TempPathFactory,
    test_server: SharedServer,
    database_template: str,
) -> Iterator[House]:
    """Pages without a worker, for what would disturb the demo business."""
    with bare_house(tmp_path_factory.mktemp("bare"), test_server, database_template) as running:
        yield running


@pytest.fixture(scope="session")
def states() -> dict[tuple[str, str], Any]:
    """Cookies of those who have signed in: a password costs the server a tenth of a second each time."""
    return {}


@pytest.fixture
def signed_in(browser: Browser, states: dict[tuple[str, str], Any]) -> Iterator[Signed]:
    """``signed_in(house, who, theme="dark", size=PHONE)``: a desk of somebody who has signed in."""
    with put_away_at_the_end() as desks:

        def sit_down(house: House, who: str = INGRID, theme: str = "light", size: Any = WIDE) -> Desk:
            if (house.url, who) not in states:
                states[house.url, who] = sign_in(browser, house, who)
            options = {"storage_state": states[house.url, who], **looks(theme, size)}
            return desks.enter_context(desk(browser, house.url, **options))

        yield sit_down


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Signed]:
    """``visitor(house, theme="dark", size=PHONE)``: a desk of somebody without an account."""
    with put_away_at_the_end() as desks:

        def sit_down(house: House, theme: str = "light", size: Any = WIDE, locale: str = "nb-NO") -> Desk:
            return desks.enter_context(desk(browser, house.url, locale=locale, **looks(theme, size)))

        yield sit_down


@contextmanager
def put_away_at_the_end() -> Iterator[ExitStack]:
    desks = ExitStack()
    try:
        yield desks
    finally:
        stage.submit(desks.close).result()


def looks(theme: str, size: tuple[int, int]) -> dict[str, Any]:
    return {"color_scheme": theme, "viewport": {"width": size[0], "height": size[1]}}


def sign_in(browser: Browser, house: House, who: str) -> Any:
    with desk(browser, house.url) as door:
        page = door.show("/account/login/")
        page.locator("[name=login]").fill(who)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("[name=password]").press("Enter")
        page.wait_for_url(house.url + "/")
        return page.context.storage_state()
