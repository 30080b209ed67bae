/* A mail in a frame is as tall as its words, within reason, so that only the page scrolls. Nothing of
   the mail runs: the frame stays sandboxed without scripts, and we only look at its height. */

const TALLEST_PX = 2400;

function fit(frame: HTMLIFrameElement): void {
  const root = frame.contentDocument?.documentElement;
  if (!root) return;
  frame.style.minHeight = frame.style.height = "0";
  const borders = frame.offsetHeight - frame.clientHeight;
  const height = Math.min(root.scrollHeight, TALLEST_PX) + borders;
  frame.style.minHeight = "";
  frame.style.height = `${height}px`;
}

export function installFrames(page: Document): void {
  const frames = [...page.querySelectorAll<HTMLIFrameElement>("iframe[data-fit]")];
  for (const frame of frames) {
    let width = 0;
    const refit = (): void => {
      if (frame.clientWidth === width) return;
      width = frame.clientWidth;
      fit(frame);
    };
    // A frame may have loaded before this code came: no event of it is waited for.
    frame.addEventListener("load", () => fit(frame));
    new ResizeObserver(refit).observe(frame);
    fit(frame);
  }
}
