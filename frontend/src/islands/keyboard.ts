/* Single keys. A page says what a key does with data-key="r" on the control; J and K walk through
   the links marked data-step. <html data-keys="off"> switches all of it off. */

const FIELDS = "input, textarea, select, [contenteditable=true]";

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(FIELDS) !== null;
}

function isOff(page: Document): boolean {
  return page.documentElement.dataset["keys"] === "off" || page.querySelector("dialog[open]") !== null;
}

function steps(page: Document): HTMLElement[] {
  return [...page.querySelectorAll<HTMLElement>("[data-step]")].filter((item) => item.offsetParent !== null);
}

function walk(page: Document, by: 1 | -1): void {
  const items = steps(page);
  const focused = items.findIndex((item) => item === page.activeElement);
  const current = focused >= 0 ? focused : items.findIndex((item) => item.ariaCurrent === "true");
  const next = current < 0 ? (by > 0 ? 0 : items.length - 1) : current + by;
  items[Math.min(Math.max(next, 0), items.length - 1)]?.focus();
}

/* What stands in a folded menu can be acted on as long as the menu itself is there. */
function isHere(item: HTMLElement): boolean {
  return (item.closest<HTMLElement>("details") ?? item).offsetParent !== null;
}

function act(page: Document, key: string): boolean {
  const control = [...page.querySelectorAll<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)].find(isHere);
  if (control === undefined) return false;
  if (control.matches(FIELDS)) control.focus();
  else control.click();
  return true;
}

function help(page: Document): void {
  const dialog = page.querySelector<HTMLDialogElement>("#keys-help");
  if (dialog?.open === false) dialog.showModal();
}

export function installKeyboard(page: Document): void {
  page.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return;
    if (isTyping(event.target) || isOff(page)) return;
    const key = event.key.toLowerCase();
    if (key === "j") walk(page, 1);
    else if (key === "k") walk(page, -1);
    else if (key === "?") help(page);
    else if (!act(page, key)) return;
    event.preventDefault();
  });
  page.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    if (event.target.closest("[data-opens-keys]")) help(page);
  });
}
