/* A thread opens at its newest words, but never past the client's own, and stays at the end when more arrive
   unless one has scrolled up. */

const NEAR_PX = 120;
const MARGIN_PX = 10;

function toEnd(flow: HTMLElement): void {
  flow.scrollTop = flow.scrollHeight;
}

function toClientsWords(flow: HTMLElement): void {
  toEnd(flow);
  const last = [...flow.querySelectorAll<HTMLElement>(".msg.client")].pop();
  if (last === undefined) return;
  const above = flow.getBoundingClientRect().top - last.getBoundingClientRect().top;
  if (above > 0) flow.scrollTop -= above + MARGIN_PX;
}

function isNearEnd(flow: HTMLElement): boolean {
  return flow.scrollHeight - flow.scrollTop - flow.clientHeight < NEAR_PX;
}

export function installThread(page: Document): void {
  page.querySelectorAll<HTMLElement>("[data-thread]").forEach(toClientsWords);
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
