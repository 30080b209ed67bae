/* A thread opens at its newest words, and stays there when more arrive unless one has scrolled up. */

const NEAR_PX = 120;

function toEnd(flow: HTMLElement): void {
  flow.scrollTop = flow.scrollHeight;
}

function isNearEnd(flow: HTMLElement): boolean {
  return flow.scrollHeight - flow.scrollTop - flow.clientHeight < NEAR_PX;
}

export function installThread(page: Document): void {
  page.querySelectorAll<HTMLElement>("[data-thread]").forEach(toEnd);
  let follow = false;
  page.addEventListener("htmx:beforeSwap", () => {
    const flow = page.querySelector<HTMLElement>("[data-thread]");
    follow = flow !== null && isNearEnd(flow);
  });
  page.addEventListener("htmx:afterSettle", () => {
    const flow = page.querySelector<HTMLElement>("[data-thread]");
    if (follow && flow !== null) toEnd(flow);
  });
}
