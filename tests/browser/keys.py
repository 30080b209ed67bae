"""Using a page with the keyboard alone."""

from playwright.sync_api import Locator, Page

MOST_TABS = 200
COMPLETE = """() => !document.querySelector("[hx-trigger='load'][hx-swap='outerHTML']")"""
"""What a page loads after itself has come: its links are others then."""
IS_FOCUSED = "each => each === document.activeElement"
REACHABLE = """() => {
    const fields = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
    const shown = each => each.checkVisibility({visibilityProperty: true}) && each.tabIndex >= 0
        && !each.closest(':disabled, [inert]');
    const chosen = each => each.type !== 'radio' || each.checked
        || !each.form.querySelector(`[name="${each.name}"]:checked`);
    window.reachable = [...document.querySelectorAll(fields)].filter(each => shown(each) && chosen(each));
    return window.reachable.map(each => each.outerHTML.slice(0, 110));
}"""
FOCUSED = """() => {
    const focused = document.activeElement;
    if (focused.tagName === 'IFRAME') return [null, true];
    const around = [focused, focused.parentElement, ...focused.labels ?? []];
    const ringed = around.some(each => parseFloat(getComputedStyle(each).outlineWidth) >= 2
        && getComputedStyle(each).outlineStyle !== 'none');
    return [window.reachable.indexOf(focused), ringed];
}"""


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the focus is there."""
    target.wait_for()
    for _press in range(MOST_TABS):
        if target.evaluate(IS_FOCUSED):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {target}.")


def press_on(page: Page, target: Locator, key: str = "Enter") -> None:
    tab_to(page, target)
    page.keyboard.press(key)


def walk_through(page: Page) -> tuple[list[str], list[str], bool]:
    """Tab through the page once: what was not reached, what was reached without a visible ring, and
    whether the order was that of the page."""
    page.wait_for_function(COMPLETE)
    names: list[str] = page.evaluate(REACHABLE)
    seen: list[int] = []
    plain: list[str] = []
    in_frame = False
    for _press in range(MOST_TABS):
        page.keyboard.press("Tab")
        place, ringed = page.evaluate(FOCUSED)
        if place is None or (place < 0 and in_frame):
            in_frame = place is None  # its own links come one by one, and then, for a moment, nothing
            continue
        in_frame = False
        if place < 0 or (seen and place < seen[0]) or (len(set(seen)) > 1 and place == seen[0]):
            break
        seen.append(place)
        if not ringed:
            plain.append(names[place])
    missed = [name for place, name in enumerate(names) if place not in seen]
    return missed, plain, seen == sorted(seen)
