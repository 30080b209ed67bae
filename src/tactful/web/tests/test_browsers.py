"""What browsers are called."""

import pytest

from tactful.web.rules.browsers import browser_name

KHTML = "(KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 {KHTML} Chrome/130.0 Safari/537.36",
            "Chrome, Linux",
        ),
        (f"Mozilla/5.0 (Windows NT 10.0) {KHTML} Chrome/130.0 Safari/537.36 Edg/130.0", "Edge, Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Android 15; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0", "Firefox, Android"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_browsers_have_the_names_that_people_know(agent: str, name: str) -> None:
    assert browser_name(agent) == name
