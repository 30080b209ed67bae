// The script for a firm's own site: <script src="…/v1/tactful.js" data-key="tb_…" defer></script>
//
// It tells of pages and of forms marked with data-tactful-form. Until the visitor has agreed
// (tactful.consent(true)) it reads and writes nothing on the device: the id lives in this page alone.

type Words = Record<string, unknown>;

(() => {
  const script = document.currentScript as HTMLScriptElement;
  const key = script.dataset.key ?? "";
  const door = new URL("batch", script.src).href;
  const STORED = "tactful.visitor";

  let agreed = script.dataset.consent === "given";
  let anonymousId = "";
  let user: Words = {};

  function newId(): string {
    return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
  }

  function visitor(): string {
    if (!anonymousId) {
      try {
        anonymousId = (agreed && localStorage.getItem(STORED)) || newId();
        if (agreed) localStorage.setItem(STORED, anonymousId);
      } catch {
        anonymousId = newId(); // a browser that keeps nothing
      }
    }
    return anonymousId;
  }

  function send(call: Words): void {
    const at = new Date().toISOString();
    const context = { ...(user.userHash ? { userHash: user.userHash } : {}), locale: navigator.language };
    const who = { anonymousId: visitor(), ...(user.userId ? { userId: user.userId } : {}) };
    const batch = [{ messageId: newId(), timestamp: at, ...who, context, ...call }];
    const body = JSON.stringify({ writeKey: key, sentAt: at, batch });
    // Plain text needs no question beforehand, so the last words of a page are heard too.
    if (!navigator.sendBeacon?.(door, new Blob([body], { type: "text/plain" }))) {
      fetch(door, { method: "POST", body, keepalive: true, credentials: "omit" }).catch(() => {});
    }
  }

  let shown = "";

  function page(): void {
    const url = location.href.split("#", 1)[0] ?? "";
    if (url === shown) return;
    send({ type: "page", properties: { url, path: location.pathname, title: document.title, referrer: shown || document.referrer } });
    shown = url;
  }

  function submitted(event: Event): void {
    const form = event.target as HTMLFormElement;
    const name = form.dataset?.tactfulForm;
    if (name === undefined) return;
    const said: Words = {};
    for (const part of Array.from(form.elements) as HTMLInputElement[]) {
      const silent = !part.name || /^(password|file|hidden|submit|button)$/.test(part.type);
      const unticked = /^(checkbox|radio)$/.test(part.type) && !part.checked;
      if (!silent && !unticked && part.dataset.tactfulIgnore === undefined) said[part.name] = part.value.slice(0, 2000);
    }
    const box = form.querySelector<HTMLInputElement>("[data-tactful-consent]");
    const mail = form.querySelector<HTMLInputElement>("input[type=email]");
    if (box?.checked && mail?.value) ask(mail.value, form);
    send({ type: "track", event: "form.submitted", properties: { ...said, form: name } });
  }

  // The answer is always the same. Whoever owns the address gets one mail, and says yes there, or does nothing.
  function ask(address: string, form: HTMLFormElement): void {
    const value = (name: string) => (form.elements.namedItem(name) as HTMLInputElement | null)?.value ?? "";
    const language = document.documentElement.lang || navigator.language;
    const page = location.href.split(/[?#]/, 1)[0];
    const body = JSON.stringify({ key, address, name: value("name"), language, page, trap: value("website") });
    fetch(new URL("/c/news/", script.src), { method: "POST", mode: "no-cors", body, keepalive: true, credentials: "omit" }).catch(() => {});
  }

  const tactful = {
    track: (event: string, properties: Words = {}) => send({ type: "track", event, properties }),
    /** userHash: made on your server with the secret of this key; without it the user id proves nothing. */
    identify(userId: string, userHash = "", traits: Words = {}) {
      user = { userId, userHash };
      send({ type: "identify", traits });
    },
    page,
    consent(yes: boolean) {
      agreed = yes;
      try {
        if (yes) localStorage.setItem(STORED, (anonymousId = localStorage.getItem(STORED) || visitor()));
        else localStorage.removeItem(STORED);
      } catch {
        // nothing is kept then
      }
      if (!yes) anonymousId = "";
    },
  };

  (window as unknown as { tactful: typeof tactful }).tactful = tactful;
  addEventListener("submit", submitted, true);
  addEventListener("popstate", page);
  const push = history.pushState;
  history.pushState = function (...given) {
    push.apply(this, given);
    page();
  };
  page();
})();
