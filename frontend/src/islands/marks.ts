/* Over the words of a broadcast: buttons for what is else typed with signs, so that nobody need know them.
   The list #word-marks says which there are and how they are called; a field is marked data-marks. */

const PLACE = "https://";

function gap(before: string): string {
  if (before === "" || before.endsWith("\n\n")) return "";
  return before.endsWith("\n") ? "\n" : "\n\n";
}

function change(words: HTMLTextAreaElement, text: string, start: number, end: number): void {
  words.focus();
  words.setRangeText(text, start, end, "end");
  words.dispatchEvent(new Event("input", { bubbles: true }));
}

/* The lines in which something is chosen get the sign, or lose it if all of them have it. */
function begin(words: HTMLTextAreaElement, sign: string): void {
  const value = words.value;
  const start = value.lastIndexOf("\n", words.selectionStart - 1) + 1;
  const next = value.indexOf("\n", words.selectionEnd);
  const end = next < 0 ? value.length : next;
  const lines = value.slice(start, end).split("\n");
  if (lines.every((line) => line.startsWith(sign))) {
    return change(words, lines.map((line) => line.slice(sign.length)).join("\n"), start, end);
  }
  const before = value.slice(0, start);
  const goesOn = before.split("\n").at(-2)?.startsWith(sign) ?? false;
  const text = lines.map((line) => (line.startsWith(sign) ? line : sign + line)).join("\n");
  change(words, (goesOn ? "" : gap(before)) + text, start, end);
}

/* What is chosen becomes the words of the button; the address is chosen then, to be typed or pasted over. */
function link(words: HTMLTextAreaElement, usual: string): void {
  const { selectionStart: start, selectionEnd: end, value } = words;
  const text = value.slice(start, end).trim().replaceAll("\n", " ") || usual;
  const before = gap(value.slice(0, start));
  const after = value.slice(end);
  change(words, `${before}[${text}](${PLACE})${after === "" || after.startsWith("\n\n") ? "" : "\n\n"}`, start, end);
  const at = start + before.length + text.length + 3;
  words.setSelectionRange(at, at + PLACE.length);
}

const DOES: Record<string, (words: HTMLTextAreaElement, usual: string) => void> = {
  title: (words) => begin(words, "# "),
  points: (words) => begin(words, "- "),
  button: link,
};

function tools(words: HTMLTextAreaElement, list: HTMLElement): HTMLElement {
  const row = document.createElement("div");
  row.className = "row marks";
  row.role = "group";
  row.ariaLabel = list.dataset["label"] ?? "";
  for (const item of list.querySelectorAll<HTMLElement>("[data-mark]")) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn s";
    made.textContent = item.textContent;
    made.addEventListener("click", () => DOES[item.dataset["mark"] ?? ""]?.(words, item.dataset["usual"] ?? ""));
    row.append(made);
  }
  return row;
}

export function installMarks(page: Document): void {
  const list = page.getElementById("word-marks");
  if (!list) return;
  for (const words of page.querySelectorAll<HTMLTextAreaElement>("textarea[data-marks]:enabled")) {
    words.before(tools(words, list));
  }
}
