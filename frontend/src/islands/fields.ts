/* Fields in the words of a letter: typing "{{", or the button under the words, offers them by plain names.
   One without an answer to "and when we do not know it?" asks for it before it is put in: the answer goes
   along with the form, or stands in the words themselves (data-way="here"). */

type Field = { name: string; label: string; usual: string };
type Words = HTMLInputElement | HTMLTextAreaElement;

const OPEN = /\{\{\s*([\p{L}_ ]*)$/u;

function fieldsOf(list: HTMLElement): Field[] {
  return [...list.querySelectorAll<HTMLElement>("[data-name]")].map((item) => ({
    name: item.dataset["name"] ?? "",
    label: item.textContent ?? "",
    usual: item.dataset["default"] ?? "",
  }));
}

function typed(words: Words): RegExpExecArray | null {
  return OPEN.exec(words.value.slice(0, words.selectionStart ?? 0));
}

function put(words: Words, field: Field, unknown = ""): void {
  const at = words.selectionStart ?? words.value.length;
  const start = typed(words)?.index ?? at;
  const after = words.value.slice(at).replace(/^\s*\}\}/, "");
  const mark = unknown === "" ? `{{ ${field.name} }}` : `{{ ${field.name} | default: "${unknown}" }}`;
  words.value = words.value.slice(0, start) + mark + after;
  words.focus();
  words.setSelectionRange(start + mark.length, start + mark.length);
}

function button(text: string, press: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn s quiet";
  made.textContent = text;
  made.addEventListener("click", press);
  return made;
}

function close(words: Words): void {
  words.closest(".f")?.querySelector(".fieldpop")?.remove();
}

function ask(words: Words, list: HTMLElement, field: Field, pop: HTMLElement): void {
  const label = document.createElement("label");
  const answer = document.createElement("input");
  const row = document.createElement("div");
  row.className = "f";
  label.textContent = `${field.label}: ${list.dataset["ask"] ?? ""}`;
  label.htmlFor = answer.id = "field-default";
  answer.className = "field s";
  answer.maxLength = 300;
  const done = (): void => {
    if (answer.value.trim() === "") return answer.focus();
    if (list.dataset["way"] === "here") {
      close(words);
      return put(words, field, answer.value.trim().replaceAll('"', "\u201d").replace(/[{}]/g, ""));
    }
    const kept = document.createElement("input");
    kept.type = "hidden";
    kept.name = `default-${field.name}`;
    kept.value = answer.value;
    words.form?.append(kept);
    close(words);
    put(words, field);
  };
  answer.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    done();
  });
  row.append(label, answer, button(list.dataset["put"] ?? "", done));
  pop.replaceChildren(row);
  answer.focus();
}

function open(words: Words, list: HTMLElement): void {
  close(words);
  const begun = (typed(words)?.[1] ?? "").trim().toLowerCase();
  const found = fieldsOf(list).filter((field) => `${field.label} ${field.name}`.toLowerCase().includes(begun));
  if (found.length === 0) return;
  const pop = document.createElement("div");
  pop.className = "fieldpop";
  pop.role = "group";
  pop.ariaLabel = list.dataset["label"] ?? "";
  for (const field of found) {
    pop.append(
      button(field.label, () => {
        if (field.usual === "") return ask(words, list, field, pop);
        close(words);
        put(words, field);
      }),
    );
  }
  words.after(pop);
}

function step(pop: Element, by: number): void {
  const all = [...pop.querySelectorAll<HTMLElement>("button")];
  const at = all.indexOf(document.activeElement as HTMLElement);
  all[(at + by + all.length) % all.length]?.focus();
}

function isWords(target: EventTarget | null): target is Words {
  return target instanceof HTMLElement && target.matches("[data-fields]");
}

function keys(event: KeyboardEvent): void {
  const pop = event.target instanceof Element ? event.target.closest(".f, .fieldpop")?.querySelector(".fieldpop") : null;
  const inside = event.target instanceof Element ? event.target.closest(".fieldpop") : null;
  const shown = inside ?? pop;
  if (!shown) return;
  const words = shown.parentElement?.querySelector<Words>("[data-fields]");
  if (event.key === "Escape" && words) {
    close(words);
    words.focus();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (shown.querySelector("input")) return;
    step(shown, event.key === "ArrowDown" ? 1 : -1);
  } else return;
  event.preventDefault();
}

export function installFields(page: Document): void {
  page.addEventListener("input", (event) => {
    const list = page.getElementById("letter-fields");
    if (!list || !isWords(event.target)) return;
    if (typed(event.target)) open(event.target, list);
    else close(event.target);
  });
  page.addEventListener("focusin", (event) => {
    const list = page.getElementById("letter-fields");
    const words = event.target;
    if (!list || !isWords(words) || words.dataset["offers"]) return;
    words.dataset["offers"] = "yes";
    const offer = button(list.dataset["insert"] ?? "", () => open(words, list));
    words.closest(".f")?.append(offer);
  });
  page.addEventListener("keydown", keys);
}
