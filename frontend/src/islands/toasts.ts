/* A toast leaves after eight seconds, or when it has been read: never while it is pointed at or
   focused. Fragments may bring new ones by an out-of-band swap into #toasts. */

const STAYS_MS = 8000;

function arm(toast: HTMLElement): void {
  if (toast.dataset["armed"] !== undefined) return;
  toast.dataset["armed"] = "";
  let timer = 0;
  const leave = (): void => toast.remove();
  const wait = (): void => {
    timer = window.setTimeout(leave, STAYS_MS);
  };
  const stay = (): void => window.clearTimeout(timer);
  toast.addEventListener("pointerenter", stay);
  toast.addEventListener("focusin", stay);
  toast.addEventListener("pointerleave", wait);
  toast.addEventListener("focusout", wait);
  toast.querySelector("[data-dismiss]")?.addEventListener("click", leave);
  wait();
}

export function installToasts(page: Document): void {
  const region = page.getElementById("toasts");
  if (region === null) return;
  const armAll = (): void => region.querySelectorAll<HTMLElement>(".toast").forEach(arm);
  armAll();
  new MutationObserver(armAll).observe(region, { childList: true });
}
