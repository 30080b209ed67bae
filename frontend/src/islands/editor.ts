/* The editor of a journey. Everything works without this; it adds keys (Ctrl+Z, Ctrl+Shift+Z, and with Alt
   on a step: arrows, C, Delete), the text that saves itself, and line numbers beside it. */

const SAVES_AFTER_MS = 900;
const ACTS: Record<string, string> = { ArrowUp: "up", ArrowDown: "down", KeyC: "copy", Delete: "remove" };

function press(page: Document, selector: string): boolean {
  const button = page.querySelector<HTMLElement>(selector);
  if (button === null || button.ariaDisabled === "true") return false;
  button.click();
  return true;
}

/* In a field that holds words of its own, Ctrl+Z belongs to the browser. */
function isWriting(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input:not([type=checkbox]), textarea") !== null;
}

function history(page: Document, event: KeyboardEvent): boolean {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || isWriting(event.target)) return false;
  const key = event.key.toLowerCase();
  if (key === "z") return press(page, event.shiftKey ? "[data-redo]" : "[data-undo]");
  return key === "y" && press(page, "[data-redo]");
}

function stepKey(event: KeyboardEvent): boolean {
  const act = ACTS[event.code];
  if (!event.altKey || event.ctrlKey || event.metaKey || act === undefined) return false;
  if (!(event.target instanceof Element) || isWriting(event.target)) return false;
  const button = event.target.closest(".st")?.querySelector<HTMLElement>(`[data-act="${act}"]`);
  button?.focus();
  button?.click();
  return button !== null && button !== undefined;
}

function toLine(field: HTMLTextAreaElement, line: number): void {
  const rows = field.value.split("\n");
  const start = rows.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  field.focus();
  field.setSelectionRange(start, start + (rows[line - 1]?.length ?? 0));
  field.scrollTop = (line - 4) * (field.scrollHeight / rows.length);
}

function number(field: HTMLTextAreaElement, gutter: HTMLElement): void {
  const count = field.value.split("\n").length;
  gutter.textContent = Array.from({ length: count }, (_, place) => place + 1).join("\n");
  gutter.scrollTop = field.scrollTop;
}

async function save(form: HTMLFormElement, state: HTMLElement): Promise<void> {
  const answer = await fetch(form.action, {
    method: "POST",
    body: new FormData(form),
    headers: { "X-Saves-Itself": "1" },
  });
  if (!answer.ok) {
    form.requestSubmit(); // somebody else was here meanwhile: the page says so, and keeps what was typed
    return;
  }
  state.innerHTML = await answer.text();
  const revision = state.querySelector<HTMLElement>("[data-revision]")?.dataset["revision"];
  const field = form.querySelector<HTMLInputElement>("#text-revision");
  if (field !== null && revision !== undefined) field.value = revision;
}

function installText(page: Document): void {
  const form = page.querySelector<HTMLFormElement>("form[data-saves-itself]");
  const field = form?.querySelector("textarea");
  const state = page.getElementById("text-state");
  const gutter = form?.querySelector<HTMLElement>("[data-numbers]");
  if (!form || !field || !state || !gutter) return;
  let timer = 0;
  let saving = Promise.resolve();
  number(field, gutter);
  field.addEventListener("scroll", () => (gutter.scrollTop = field.scrollTop));
  field.addEventListener("input", () => {
    number(field, gutter);
    window.clearTimeout(timer);
    timer = window.setTimeout(() => (saving = saving.then(() => save(form, state))), SAVES_AFTER_MS);
  });
  form.addEventListener("submit", () => window.clearTimeout(timer));
  state.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-line]") : null;
    if (link === null) return;
    event.preventDefault();
    toLine(field, Number(link.dataset["line"]));
  });
}

export function installEditor(page: Document): void {
  installText(page);
  // The draft may have been published or put away meanwhile: the page anew says so.
  page.addEventListener("htmx:responseError", () => {
    if (page.body.classList.contains("p-editor")) window.location.reload();
  });
  page.addEventListener("keydown", (event) => {
    if (page.body.classList.contains("p-editor") && (history(page, event) || stepKey(event))) {
      event.preventDefault();
    }
  });
}
