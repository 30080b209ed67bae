/* Small kindnesses of forms: a choice marked data-submits sends its form at once, and a file field
   says which files were chosen in the element that data-names points to. */

function names(field: HTMLInputElement): string {
  return [...(field.files ?? [])].map((file) => file.name).join(", ");
}

export function installPicks(page: Document): void {
  page.addEventListener("change", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement)) return;
    if (field.matches("[data-submits]")) field.form?.requestSubmit();
    const target = field.dataset["names"];
    if (target === undefined || !(field instanceof HTMLInputElement)) return;
    const place = page.getElementById(target);
    if (place !== null) place.textContent = names(field);
  });
}
