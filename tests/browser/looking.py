"""What is looked at on every page."""

from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"]
"""A theme is nothing but colours: the styles know ``light-dark()`` and no question for the theme."""
# Mail in frames is no page of ours, and its sandbox lets axe in no more than any other script.
RUN_AXE = """([type, values]) => axe.run({runOnly: {type, values}, resultTypes: ['violations'],
        iframes: false})
    .then(found => found.violations.map(each => [each.id, each.nodes.map(node => node.html.slice(0, 200) +
        ' — ' + node.failureSummary)]))"""
TOO_WIDE = """() => {
    const wide = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= wide) return [];
    return [...document.querySelectorAll('body *')]
        .filter(each => each.getBoundingClientRect().right > wide + 1)
        .slice(-5).map(each => each.outerHTML.slice(0, 120));
}"""
RUNNING = """() => document.getAnimations().length === 0"""


def faults(page: Page) -> list[str]:
    """What axe finds, one sentence per element. The page has been given axe when it opened."""
    return _asked(page, "tag", RULES)


def faults_in_both_themes(page: Page) -> list[str]:
    """Of a page that is hard to come by: it is looked at in dark and in light without another load."""
    page.evaluate(AXE_SCRIPT)
    page.emulate_media(color_scheme="dark")
    found = [f"dark: {each}" for each in faults(page)]
    page.emulate_media(color_scheme="light")
    return found + [f"light: {each}" for each in _asked(page, "rule", RULES_OF_COLOUR)]


def _asked(page: Page, kind: str, rules: list[str]) -> list[str]:
    """``kind``: whether the rules are named one by one (``rule``) or by what they belong to (``tag``)."""
    page.wait_for_function(RUNNING)
    found: list[Any] = page.evaluate(RUN_AXE, [kind, rules])
    return [f"{rule}: {node}" for rule, nodes in found for node in nodes]


def too_wide(page: Page) -> list[str]:
    """Elements that make the page scroll sideways."""
    found: list[str] = page.evaluate(TOO_WIDE)
    return found


def missing_headers(headers: dict[str, str]) -> list[str]:
    """What a page of ours should have said to the browser (R66)."""
    policy = headers.get("content-security-policy", "")
    rules = {words[0]: words[1:] for words in (rule.split() for rule in policy.split(";")) if words}
    scripts = rules.get("script-src", rules.get("default-src", ["*"]))
    wanted = {
        "a policy that runs no inline script": not {"'unsafe-inline'", "'unsafe-eval'", "*"} & set(scripts),
        "a policy without inline styles": "'unsafe-inline'"
        not in rules.get("style-src", rules.get("default-src", [])),
        "no plug-ins": rules.get("object-src", rules.get("default-src")) == ["'none'"],
        "no other base": rules.get("base-uri") in (["'none'"], ["'self'"]),
        "nobody frames it": rules.get("frame-ancestors") == ["'none'"],
        "X-Frame-Options": headers.get("x-frame-options") == "DENY",
        "X-Content-Type-Options": headers.get("x-content-type-options") == "nosniff",
        "Referrer-Policy": headers.get("referrer-policy") in ("same-origin", "no-referrer"),
        "Cross-Origin-Opener-Policy": headers.get("cross-origin-opener-policy") == "same-origin",
    }
    return [name for name, said in wanted.items() if not said]


def path_of(url: str) -> str:
    return urlsplit(url).path
